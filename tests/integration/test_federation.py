#!/usr/bin/python3
"""test_federation.py COORDINATOR CLIENT: daemons over real TLS publish what simulate publishes."""
import os
import sys

from consortium import LEARNERS, Consortium, assemble, simulated, wait_until
from scenario import main, scenario

COORDINATOR, CLIENT = (os.path.abspath(path) for path in sys.argv[1:3])


@scenario
def daemons_publish_the_digests_of_simulate(scratch):
    saved, digests, names = simulated(scratch, COORDINATOR)
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
