#!/usr/bin/python3
"""test_kill.py COORDINATOR CLIENT: daemons die at every durable step and at random, the router is the same.

KILLS (30) is how many deaths at random moments there are beside those at every failpoint; a nightly run
sets 200.
"""
import os
import random
import signal
import sys
import time

from consortium import Consortium, assemble, simulated, wait_until
from scenario import main, scenario

COORDINATOR, CLIENT = (os.path.abspath(path) for path in sys.argv[1:3])
KILLS = int(os.environ.get('KILLS', '30'))
# Where the coordinator dies, and in a run of which learner: blobs are written once, so each needs a learner
# whose states are new.
COORDINATOR_POINTS = [('blob-synced', 'kmeans'), ('blob-renamed', 'mlp'), ('blob-published', 'ridge'),
                      ('spool-written:2', 'kmeans'), ('spool-synced:2', 'kmeans'),
                      ('spool-renamed:2', 'kmeans'),
                      ('spool-published', 'kmeans'), ('submission-before-journal:2', 'kmeans'),
                      ('submission-journaled', 'kmeans'), ('before-acknowledgement:3', 'kmeans'),
                      ('phase-before-journal', 'kmeans'), ('phase-journaled:2', 'kmeans'),
                      ('artefact-before-journal', 'static'), ('artefact-journaled', 'static')]
CLIENT_POINTS = ['outbox-synced', 'outbox-renamed', 'outbox-published', 'outbox-journaled',
                 'outbox-before-acknowledged', 'outbox-acknowledged', 'router-synced', 'router-renamed',
                 'router-published', 'router-journaled']


def died_of_kill(consortium, name):
    return consortium.daemons[name].poll() == -signal.SIGKILL


def finish(consortium, run_id):
    """Wait for the run's end, and give its router's digest."""
    wait_until(lambda: consortium.status(run_id)['state'] not in ('waiting', 'collecting', 'closing'), run_id)
    status = consortium.status(run_id)
    assert status['state'] == 'finished', status
    return next(m['digest'] for m in consortium.models() if m['version'] == status['artefact'])


def start(consortium, saved, learner='mlp'):
    return consortium.operator('start', '--plan', f'{saved}/plans/{learner}.yaml').strip()


def restart_coordinator(consortium, env=None):
    consortium.daemons.pop('coordinator').wait()
    consortium.start_coordinator(env)


@scenario
def the_coordinator_dies_at_every_durable_step(scratch):
    saved, digests, names = simulated(scratch, COORDINATOR, clients=4, queries=200)
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        assemble(consortium, saved, names)
        for point, learner in COORDINATOR_POINTS:
            consortium.stop('coordinator', signal.SIGKILL)
            consortium.start_coordinator({'FEDROUTER_FAILPOINT': point})
            run_id = start(consortium, saved, learner)
            wait_until(lambda: died_of_kill(consortium, 'coordinator'), f'death at {point}')
            restart_coordinator(consortium)
            assert finish(consortium, run_id) == digests[learner], point


@scenario
def a_client_dies_at_every_durable_step(scratch):
    saved, digests, names = simulated(scratch, COORDINATOR, clients=3, queries=150)
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        assemble(consortium, saved, names)
        for point in CLIENT_POINTS:
            consortium.stop(names[0], signal.SIGKILL)
            consortium.start_client(names[0], {'FEDROUTER_FAILPOINT': point})
            run_id = start(consortium, saved, 'kmeans')
            wait_until(lambda: died_of_kill(consortium, names[0]), f'death at {point}')
            consortium.daemons.pop(names[0]).wait()
            consortium.start_client(names[0])
            assert finish(consortium, run_id) == digests['kmeans'], point


@scenario
def everyone_dies_at_random_moments(scratch):
    saved, digests, names = simulated(scratch, COORDINATOR, clients=8, queries=400)
    chance = random.Random(1)
    kills = 0
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        assemble(consortium, saved, names)
        while kills < KILLS:
            run_id = start(consortium, saved, 'mlp')
            while kills < KILLS and consortium.status(run_id)['state'] != 'finished':
                time.sleep(chance.random() * 0.5)   # the moment is chance; nothing is measured by it
                victim = chance.choice(['coordinator', *names])
                consortium.stop(victim, signal.SIGKILL)
                if victim == 'coordinator':
                    consortium.start_coordinator()
                else:
                    consortium.start_client(victim)
                kills += 1
            assert finish(consortium, run_id) == digests['mlp'], kills
    logs = ''.join(open(f'{scratch}/{name}.log', encoding='utf-8').read() for name in names)
    print(f'{kills} kills, {logs.count("event=computing")} computations')


if __name__ == '__main__':
    sys.exit(main())
