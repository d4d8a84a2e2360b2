#!/usr/bin/python3
"""test_federation.py COORDINATOR CLIENT: daemons over real TLS publish what simulate publishes."""
import json
import os
import sys

from consortium import Consortium, wait_until
from scenario import main, run, scenario

COORDINATOR, CLIENT = (os.path.abspath(path) for path in sys.argv[1:3])
LEARNERS = ['static', 'ridge', 'kmeans', 'mlp']


def simulated(scratch, clients=4, queries=400):
    """What simulate says of a small synthetic consortium, and what it saved for daemons."""
    world, saved = f'{scratch}/world', f'{scratch}/saved'
    run(COORDINATOR, 'sample', '--out', world, '--clients', clients, '--queries', queries, '--seed', 3)
    run(COORDINATOR, 'simulate', '--log', f'{world}/all.jsonl', '--encoder', 'hash:64', '--partition',
        f'{world}/partition.json', '--learner', ','.join(LEARNERS), '--scopes', 'federated', '--json',
        f'{scratch}/simulated.json', '--save', saved)
    with open(f'{scratch}/simulated.json', encoding='utf-8') as file:
        routers = json.load(file)['seeds'][0]['routers']
    digests = {router['learner']: router['digest'] for router in routers
               if router['scope'] == 'federated' and router['test'] == 'global'}
    return saved, digests, sorted(os.listdir(f'{saved}/clients'))


def assemble(consortium, saved, names):
    """Invite, enroll and feed every client; start all daemons."""
    consortium.start_coordinator()
    for name in names:
        consortium.join(name)
        consortium.engineer(name, 'import', f'{saved}/clients/{name}/log.jsonl', '--encoder', 'hash:64')
        consortium.start_client(name)


@scenario
def daemons_publish_the_digests_of_simulate(scratch):
    saved, digests, names = simulated(scratch)
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        assemble(consortium, saved, names)
        for learner in LEARNERS:
            consortium.operator('start', '--plan', f'{saved}/plans/{learner}.yaml', '--wait')
        published = {model['learner']: model['digest'] for model in consortium.models()}
        assert published == digests, (published, digests)
        for name in names:
            wait_until(lambda name=name: len(consortium.routers(name)) == len(LEARNERS), f'routers at {name}')
            fetched = {router['learner']: router['digest'] for router in consortium.routers(name)}
            assert fetched == digests, name


if __name__ == '__main__':
    sys.exit(main())
