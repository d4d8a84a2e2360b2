#!/usr/bin/python3
"""test_manual.py COORDINATOR CLIENT: what docs/operate.md tells an operator to do works as it says.

Two clients; plans of the learner static, which differ in what they hold out and therefore in their routers.
"""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

from consortium import Consortium, wait_until
from scenario import main, run, scenario

COORDINATOR, CLIENT = (os.path.abspath(path) for path in sys.argv[1:3])
MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../docs/operate.md')
NAMES = ['acme', 'birch']


def manual():
    with open(MANUAL, encoding='utf-8') as file:
        return file.read()


@contextlib.contextmanager
def assembled(scratch):
    """A consortium of two with rows, its daemons up."""
    world = f'{scratch}/world'
    run(COORDINATOR, 'sample', '--out', world, '--clients', 2, '--queries', 200, '--seed', 4)
    with Consortium(scratch, COORDINATOR, CLIENT) as consortium:
        consortium.start_coordinator()
        for name, log in zip(NAMES, sorted(os.listdir(f'{world}/clients'))):
            consortium.join(name)
            consortium.engineer(name, 'import', f'{world}/clients/{log}/log.jsonl', '--encoder', 'hash:64')
            consortium.start_client(name)
        yield consortium


def plan(consortium, held_out):
    """The manual's plan, for this consortium."""
    text = re.search(r'^```yaml\n(version: 1\n.*?)^```', manual(), re.M | re.S).group(1)
    text = text.replace('learner: ridge ', 'learner: static ').replace('dimension: 384', 'dimension: 64')
    text = re.sub(r'^held_out: \S+', f'held_out: {held_out}', text, flags=re.M)
    path = f'{consortium.scratch}/plan-{held_out}.yaml'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def published(consortium, held_out):
    """Run a plan; its run's id and its router's digest."""
    run_id = consortium.operator('start', '--plan', plan(consortium, held_out), '--wait').split()[0]
    return run_id, next(model['digest'] for model in consortium.models() if model['run'] == run_id)


def metric(consortium, name):
    found = re.search(rf'^{name} (\S+)$', scraped(consortium.dir), re.M)
    return float(found.group(1)) if found else 0


def scraped(folder):
    with open(f'{folder}/run/http', encoding='utf-8') as file:
        address = file.read().strip()
    with urllib.request.urlopen(f'http://{address}/metrics', timeout=30) as answer:
        return answer.read().decode()


@scenario
def a_run_begins_with_the_clients_that_wait_already(scratch):
    with assembled(scratch) as consortium:
        wait_until(lambda: metric(consortium, 'fedrouter_calls') == len(NAMES), 'both clients\' polls')
        for name in NAMES:
            consortium.daemons[name].send_signal(signal.SIGSTOP)    # nobody can poll again
        run_id = consortium.operator('start', '--plan', plan(consortium, .1)).strip()
        wait_until(lambda: consortium.status(run_id)['state'] == 'collecting', 'the first phase')
        for name in NAMES:
            consortium.daemons[name].send_signal(signal.SIGCONT)
        wait_until(lambda: consortium.status(run_id)['state'] == 'finished', 'the end')


@scenario
def a_restored_backup_goes_on_and_earlier_answers_are_not_taken_for_later_ones(scratch):
    with assembled(scratch) as consortium:
        published(consortium, .1)
        consortium.stop('coordinator')
        shutil.copytree(consortium.dir, f'{scratch}/backup')
        consortium.start_coordinator()
        lost, digest_before = published(consortium, .2)
        consortium.stop('coordinator')
        shutil.rmtree(consortium.dir)
        shutil.copytree(f'{scratch}/backup', consortium.dir)
        consortium.start_coordinator()
        assert len(consortium.models()) == 1, 'the backup has one router'
        again, digest = published(consortium, .5)
        assert again == lost, 'ids are given again'
        assert digest != digest_before, 'the outbox answered another plan'
        assert published(consortium, .5)[1] == digest


@scenario
def the_servers_certificate_is_rotated_as_the_manual_says(scratch):
    recipe = section_of('Rotate the server\'s certificate', 'sh')
    assert 'cd /var/lib/fedrouter-coordinator\n' in recipe
    recipe = recipe.replace('/var/lib/fedrouter-coordinator', f'{scratch}/coordinator')
    recipe = re.sub(r'^NAMES=.*$', 'NAMES=DNS:localhost,IP:127.0.0.1', recipe, flags=re.M)
    with assembled(scratch) as consortium:
        with open(f'{consortium.dir}/server.pem', encoding='ascii') as file:
            before = file.read()
        run('bash', '-euo', 'pipefail', '-c', recipe)
        assert os.stat(f'{consortium.dir}/server.key').st_mode & 0o777 == 0o600
        consortium.stop('coordinator')
        consortium.start_coordinator()
        published(consortium, .1)
        with open(f'{consortium.dir}/server.pem', encoding='ascii') as file:
            assert file.read() != before
        ask = ['openssl', 's_client', '-connect', f'127.0.0.1:{consortium.port}', '-showcerts']
        shown = subprocess.run(ask, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               check=False).stdout
        with open(f'{consortium.dir}/server.pem', encoding='ascii') as file:
            assert file.read().strip() in shown, 'the new certificate is not shown'


def section_of(title, language):
    """The first fenced block of a language below a heading of the manual."""
    below = manual().split(f' {title}\n', 1)[1]
    return re.search(rf'^```{language}\n(.*?)^```', below, re.M | re.S).group(1)


@scenario
def metrics_are_those_of_the_manual(scratch):
    with assembled(scratch) as consortium:
        published(consortium, .1)
        run(CLIENT, 'enroll', '--invite', f'{scratch}/acme.invite.json', '--dir', f'{scratch}/thief', code=1)
        table = manual().split('\n| metric |', 1)[1].split('\n\n', 1)[0]
        told = set(re.findall(r'`(\w+_\w+)`', ' '.join(re.findall(r'^\| (.*?) \|', table, re.M))))
        said = set(re.findall(r'^# TYPE (\w+) ', scraped(consortium.dir) + scraped(f'{scratch}/acme'), re.M))
        assert told == said, (told - said, said - told)
        assert 'fedrouter_refusals_total{reason="used-token"} 1' in scraped(consortium.dir)


if __name__ == '__main__':
    sys.exit(main())
