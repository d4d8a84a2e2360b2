"""consortium.py: a real coordinator and real clients on loopback, for integration tests.

with Consortium(scratch, coordinator, client) as consortium: …
Every daemon that is started is ended, by its pid.
"""
import json
import os
import signal
import socket
import subprocess
import time

from scenario import run

PATIENCE_S = 120
LEARNERS = ['static', 'ridge', 'kmeans', 'mlp']


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def wait_until(true, what):
    """Poll until `true()`; the time limit is a test's emergency exit, nothing that is measured."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        value = true()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f'waited in vain for {what}')


class Consortium:
    def __init__(self, scratch, coordinator, client):
        self.scratch, self.coordinator, self.client = scratch, coordinator, client
        self.dir = f'{scratch}/coordinator'
        self.port = free_port()
        self.daemons = {}

    def __enter__(self):
        self.operator('init', '--dir', self.dir, '--listen', f'127.0.0.1:{self.port}', '--host', 'localhost',
                      configured=False)
        return self

    def __exit__(self, *error):
        codes = {name: self.stop(name) for name in reversed(list(self.daemons))}   # the coordinator last
        if error[0] or any(codes.values()):
            for name in os.listdir(self.scratch):
                if name.endswith('.log'):
                    with open(os.path.join(self.scratch, name), encoding='utf-8') as log:
                        print(f'--- {name}\n{log.read()[-6000:]}')
        assert error[0] or not any(codes.values()), f'daemons that were told to end ended with {codes}'

    def operator(self, command, *words, code=0, configured=True):
        config = ['--config', f'{self.dir}/coordinator.yaml'] if configured else []
        return run(self.coordinator, command, *config, *words, code=code)[0]

    def engineer(self, name, command, *words, code=0):
        config = f'{self.scratch}/{name}/client.yaml'
        return run(self.client, command, '--config', config, *words, code=code)[0]

    def spawn(self, name, command, env=None):
        with open(f'{self.scratch}/{name}.log', 'ab') as log:
            self.daemons[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                                  env={**os.environ, **(env or {})})

    def start_coordinator(self, env=None):
        self.spawn('coordinator', [self.coordinator, 'run', '--config', f'{self.dir}/coordinator.yaml'], env)
        wait_until(lambda: self.answers() or self.daemons['coordinator'].poll() is not None,
                   'the coordinator')

    def answers(self):
        """Does somebody listen at the coordinator's port?"""
        with socket.socket() as probe:
            return probe.connect_ex(('127.0.0.1', self.port)) == 0

    def join(self, name):
        self.operator('invite', name, '--out', f'{self.scratch}/{name}.invite.json')
        run(self.client, 'enroll', '--invite', f'{self.scratch}/{name}.invite.json', '--dir',
            f'{self.scratch}/{name}')

    def start_client(self, name, env=None):
        self.spawn(name, [self.client, 'run', '--config', f'{self.scratch}/{name}/client.yaml'], env)

    def stop(self, name, how=signal.SIGTERM):
        daemon = self.daemons.pop(name)
        if daemon.poll() is None:
            daemon.send_signal(how)
        try:
            return daemon.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
            raise AssertionError(f'{name} did not end') from None

    def models(self):
        return json.loads(self.operator('models', '--json'))

    def routers(self, name):
        return json.loads(self.engineer(name, 'routers', '--json'))

    def status(self, run_id):
        return json.loads(self.operator('status', run_id, '--json'))['runs'][0]


def simulated(scratch, coordinator, clients=4, queries=400):
    """What simulate says of a small synthetic consortium, and what it saved for daemons."""
    world, saved = f'{scratch}/world', f'{scratch}/saved'
    run(coordinator, 'sample', '--out', world, '--clients', clients, '--queries', queries, '--seed', 3)
    run(coordinator, 'simulate', '--log', f'{world}/all.jsonl', '--encoder', 'hash:64', '--partition',
        f'{world}/partition.json', '--learner', ','.join(LEARNERS), '--scopes', 'federated', '--json',
        f'{scratch}/simulated.json', '--save', saved)
    with open(f'{scratch}/simulated.json', encoding='utf-8') as file:
        routers = json.load(file)['seeds'][0]['routers']
    digests = {r['learner']: r['digest'] for r in routers
               if r['scope'] == 'federated' and r['test'] == 'global'}
    return saved, digests, sorted(os.listdir(f'{saved}/clients'))


def assemble(consortium, saved, names):
    """Invite, enroll and feed every client; start all daemons."""
    consortium.start_coordinator()
    for name in names:
        consortium.join(name)
        consortium.engineer(name, 'import', f'{saved}/clients/{name}/log.jsonl', '--encoder', 'hash:64')
        consortium.start_client(name)
