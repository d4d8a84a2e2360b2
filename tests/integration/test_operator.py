#!/usr/bin/python3
"""test_operator.py COORDINATOR CLIENT: the operator's commands, with the daemon down and up."""
import json
import os
import re
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request

from consortium import Consortium, wait_until
from scenario import main, run, scenario

COORDINATOR, CLIENT = (os.path.abspath(path) for path in sys.argv[1:3])
SECRET = ['ca.key', 'ca.pem', 'server.key', 'server.pem', 'signing.key', 'signing.pub', 'coordinator.yaml',
          'coordinator.db']
PLAN = """version: 1
learner: static
seed: 1
clients: [acme, beta]
rounds: 1
participation: 1
quorum: 1
deadline_s: 3600
held_out: 0
encoder: {name: hash, dimension: 64}
models: auto
limits: {rows: 100, cohort: 4}
settings: {}
"""


def consortium(scratch):
    return Consortium(scratch, COORDINATOR, CLIENT)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def put(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def listed(members, command, *words):
    """The JSON of a command; the same with the daemon down and up."""
    return json.loads(members.operator(command, *words, '--json'))


def fetch(folder, path):
    """Status and text of a path at the HTTP address of a daemon with this folder."""
    with open(f'{folder}/run/http', encoding='utf-8') as file:
        address = file.read().strip()
    try:
        with urllib.request.urlopen(f'http://{address}{path}', timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@scenario
def init_makes_files_only_their_owner_can_read(scratch):
    previous = os.umask(0o000)
    try:
        with consortium(scratch) as members:
            assert mode(members.dir) == 0o700, oct(mode(members.dir))
            for name in SECRET:
                assert mode(f'{members.dir}/{name}') == 0o600, (name, oct(mode(f'{members.dir}/{name}')))
            pem = subprocess.run(['openssl', 'x509', '-in', f'{members.dir}/server.pem', '-noout', '-ext',
                                  'subjectAltName'], capture_output=True, text=True, check=True).stdout
            assert 'DNS:localhost' in pem, pem
    finally:
        os.umask(previous)


@scenario
def init_takes_an_empty_folder_and_no_other(scratch):
    words = ['--listen', '127.0.0.1:0', '--host', 'localhost']
    os.mkdir(f'{scratch}/empty')
    run(COORDINATOR, 'init', '--dir', f'{scratch}/empty', *words)
    with open(f'{scratch}/empty/ca.key', encoding='utf-8') as file:
        before = file.read()
    told = run(COORDINATOR, 'init', '--dir', f'{scratch}/empty', *words, code=1)[1]
    assert 'not an empty folder' in told, told
    with open(f'{scratch}/empty/ca.key', encoding='utf-8') as file:
        assert file.read() == before
    put(f'{scratch}/file', '')
    run(COORDINATOR, 'init', '--dir', f'{scratch}/file', *words, code=1)
    run(COORDINATOR, 'init', '--dir', f'{scratch}/no/parent', *words, code=1)


@scenario
def wrong_usage_ends_with_2_and_a_word_about_it(scratch):
    with consortium(scratch) as members:
        config = ['--config', f'{members.dir}/coordinator.yaml']
        new = ['init', '--dir', f'{scratch}/x']
        for words, word in [(['init'], '--dir'),
                            ([*new, '--listen', '127.0.0.1:0'], '--host'),
                            ([*new, '--listen', '127.0.0.1', '--host', 'a'], '--listen'),
                            ([*new, '--listen', '127.0.0.1:0', '--host', 'a b'], '--host'),
                            (['invite', *config, '--out', f'{scratch}/i'], 'CLIENT'),
                            (['invite', *config, 'acme'], '--out'),
                            (['invite', *config, 'Acme Ltd', '--out', f'{scratch}/i'], 'name'),
                            (['start', *config], '--plan'),
                            (['start', *config, '--plan', f'{scratch}/none.yaml'], 'none.yaml'),
                            (['stop', *config], 'RUN'),
                            (['revoke', *config], 'CLIENT'),
                            (['status', *config, 'a', 'b'], 'one too many'),
                            (['clients'], '--config'),
                            (['models', '--config', f'{scratch}/none/coordinator.yaml'], 'none'),
                            (['run'], '--config'),
                            (['nonsense'], 'nonsense')]:
            told = run(COORDINATOR, *words, code=2)[1]
            assert word in told, (words, told)
        assert not os.path.exists(f'{scratch}/x') and not os.path.exists(f'{scratch}/i')
        for command in ['init', 'run', 'invite', 'clients', 'revoke', 'start', 'stop', 'runs', 'status',
                        'models']:
            told = run(COORDINATOR, command, '--help')[0]
            assert 'Example:' in told and command in told, command
        put(f'{members.dir}/bad.yaml', 'listen: 127.0.0.1\nlisten: 3\nnonsense: 1\n')
        told = run(COORDINATOR, 'runs', '--config', f'{members.dir}/bad.yaml', code=2)[1]
        assert 'bad.yaml:2' in told, told


@scenario
def an_invitation_is_complete_and_secret(scratch):
    with consortium(scratch) as members:
        path = put(f'{scratch}/acme.json', 'something that everyone can read')
        os.chmod(path, 0o644)
        members.operator('invite', 'acme', '--out', path)
        assert mode(path) == 0o600, oct(mode(path))
        with open(path, encoding='utf-8') as file:
            invitation = json.load(file)
        assert set(invitation) >= {'address', 'authority', 'artefact_key', 'client', 'token', 'expires'}
        assert invitation['address'] == f'localhost:{members.port}' and invitation['client'] == 'acme'
        for name, key in [('ca.pem', 'authority'), ('signing.pub', 'artefact_key')]:
            with open(f'{members.dir}/{name}', encoding='utf-8') as file:
                assert file.read() == invitation[key], key
        assert re.fullmatch(r'[0-9a-f]{64}', invitation['token'])
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', invitation['expires'])
        with open(f'{members.dir}/coordinator.db', 'rb') as file:
            assert invitation['token'].encode() not in file.read()
        members.operator('invite', 'acme', '--out', f'{scratch}/again.json')
        with open(f'{scratch}/again.json', encoding='utf-8') as file:
            assert json.load(file)['token'] != invitation['token']


@scenario
def lists_are_the_same_with_the_daemon_down_and_up(scratch):
    with consortium(scratch) as members:
        members.operator('invite', 'acme', '--out', f'{scratch}/acme.json')
        members.operator('invite', 'beta', '--out', f'{scratch}/beta.json')
        members.operator('revoke', 'beta')
        members.operator('revoke', 'nobody', code=1)
        commands = [['runs'], ['status'], ['clients'], ['models']]
        down = [listed(members, *command) for command in commands]
        assert down[:2] == [{'runs': []}] * 2 and down[3] == []
        assert [(row['name'], row['state'], row['last_seen'], row['rows']) for row in down[2]] == \
            [('acme', 'invited', None, 0), ('beta', 'revoked', None, 0)]
        plan = put(f'{scratch}/plan.yaml', PLAN)
        config = ['--config', f'{members.dir}/coordinator.yaml']
        told = run(COORDINATOR, 'start', *config, '--plan', plan, code=1)[1]
        assert 'fedrouter-coordinator run' in told, told
        members.operator('stop', 'static-1', code=1)
        members.start_coordinator()
        assert [listed(members, *command) for command in commands] == down
        assert mode(f'{members.dir}/admin.sock') == 0o600
        members.operator('status', 'none', code=1)
        assert members.stop('coordinator') == 0
        members.operator('status', 'none', code=1)
        assert not os.path.exists(f'{members.dir}/admin.sock') and not os.listdir(f'{members.dir}/run')


@scenario
def a_run_is_started_watched_and_stopped(scratch):
    with consortium(scratch) as members:
        for name in ['acme', 'beta']:
            members.operator('invite', name, '--out', f'{scratch}/{name}.json')
        plan = put(f'{scratch}/plan.yaml', PLAN)
        members.start_coordinator()
        run_id = members.operator('start', '--plan', plan).strip()
        (row,) = listed(members, 'status', run_id)['runs']
        assert row['run'] == run_id and row['learner'] == 'static' and row['state'] == 'waiting'
        assert row['clients'] == 2 and row['artefact'] is None and {'phase', 'phases'} <= set(row)
        config = ['--config', f'{members.dir}/coordinator.yaml']
        waiting = subprocess.Popen([COORDINATOR, 'start', *config, '--plan', plan, '--wait', '--json'],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        watching = subprocess.Popen([COORDINATOR, 'status', run_id, *config, '--watch'],
                                    stdout=subprocess.PIPE)
        wait_until(lambda: len(listed(members, 'runs')['runs']) == 2, 'the second run')
        members.stop('coordinator', signal.SIGKILL)
        assert len(listed(members, 'runs')['runs']) == 2
        members.start_coordinator()
        second = listed(members, 'runs')['runs'][0]['run']
        members.operator('stop', run_id)
        members.operator('stop', second)
        members.operator('stop', second, code=1)
        output = waiting.communicate(timeout=60)[0]
        assert waiting.returncode == 1 and json.loads(output)['state'] == 'stopped', output
        output = watching.communicate(timeout=60)[0].decode()
        assert watching.returncode == 0 and 'waiting' in output and 'stopped' in output, output


@scenario
def a_plan_that_is_wrong_is_refused_as_a_whole(scratch):
    with consortium(scratch) as members:
        members.operator('invite', 'acme', '--out', f'{scratch}/acme.json')
        members.start_coordinator()
        config = ['--config', f'{members.dir}/coordinator.yaml']
        wrong = PLAN.replace('rounds: 1', 'rounds: x').replace('seed: 1', 'seed: x')
        plan = put(f'{scratch}/plan.yaml', wrong)
        told = run(COORDINATOR, 'start', *config, '--plan', plan, code=2)[1]
        assert 'plan.yaml:3' in told and 'plan.yaml:5' in told and 'column' in told, told
        told = run(COORDINATOR, 'start', *config, '--plan', put(plan, PLAN), code=2)[1]
        assert 'beta was never invited' in told, told
        assert listed(members, 'runs') == {'runs': []}


@scenario
def monitoring_reads_health_and_metrics(scratch):
    with consortium(scratch) as members:
        members.operator('invite', 'acme', '--out', f'{scratch}/acme.json')
        members.operator('invite', 'beta', '--out', f'{scratch}/beta.json')
        members.start_coordinator()
        wait_until(lambda: os.path.exists(f'{members.dir}/run/port'), 'run/port')
        with open(f'{members.dir}/run/port', encoding='utf-8') as file:
            assert file.read() == f'{members.port}\n'
        members.operator('start', '--plan', put(f'{scratch}/plan.yaml', PLAN))
        assert fetch(members.dir, '/healthz') == (200, 'ok\n')
        assert fetch(members.dir, '/readyz') == (200, 'ok\n')
        assert fetch(members.dir, '/v1/admin')[0] == 404
        status, text = fetch(members.dir, '/metrics')
        assert status == 200
        assert check_metrics(text) == [], text
        for name in ['fedrouter_phases_total', 'fedrouter_handshake_failures_total',
                     'fedrouter_run_phase{run="static-1"}', 'fedrouter_run_quorum_ratio{run="static-1"}',
                     'fedrouter_clients{state="invited"}', 'fedrouter_collect_seconds_count',
                     'fedrouter_certificate_expiry_timestamp_seconds{certificate="server"}',
                     'process_resident_memory_bytes', 'fedrouter_build_info{version="0.1.0"}']:
            assert f'\n{name} ' in text, name


@scenario
def a_client_is_monitored_as_well(scratch):
    with consortium(scratch) as members:
        members.start_coordinator()
        members.join('acme')
        members.start_client('acme')
        folder = f'{scratch}/acme'
        wait_until(lambda: os.path.exists(f'{folder}/run/http'), 'run/http')
        wait_until(lambda: fetch(folder, '/readyz') == (200, 'ok\n'), 'a client that is connected')
        text = fetch(folder, '/metrics')[1]
        assert check_metrics(text) == [], text
        for sample in ['fedrouter_client_connected 1', 'fedrouter_client_failures_total 0']:
            assert f'\n{sample}\n' in text, (sample, text)
        members.stop('coordinator', signal.SIGKILL)
        wait_until(lambda: fetch(folder, '/readyz')[0] == 503, 'a client that has lost its coordinator')
        assert fetch(folder, '/healthz')[0] == 200
        assert members.stop('acme') == 0 and not os.listdir(f'{folder}/run')


def check_metrics(text):
    """What `promtool check metrics` would complain of, as far as it concerns metrics like these."""
    problems, types, helps = [], {}, set()
    for line in text.splitlines():
        if line.startswith('# HELP '):
            helps.add(line.split(' ', 3)[2])
        elif line.startswith('# TYPE '):
            _, _, name, kind = line.split(' ')
            if name in types:
                problems.append(f'{name}: two TYPE lines')
            types[name] = kind
        else:
            label = r'[a-z_]+="[^"\\\n]*"'
            match = re.fullmatch(r'([a-z_][a-z0-9_]*)(?:\{' + label + r'(?:,' + label + r')*\})? (\S+)', line)
            if not match:
                problems.append(f'not a sample: {line}')
                continue
            float(match.group(2))
            family = re.sub(r'_(sum|count)$', '', match.group(1))
            name = family if types.get(family) == 'summary' else match.group(1)
            if name not in types or name not in helps:
                problems.append(f'{name}: no TYPE or HELP before it')
    for name, kind in types.items():
        if (kind == 'counter') != name.endswith('_total'):
            problems.append(f'{name}: {kind}')
        if re.search(r'_(milliseconds|minutes|hours|days|kilobytes|megabytes|percent|count|sum)(_|$)', name):
            problems.append(f'{name}: not in a base unit, or a reserved ending')
        if re.search(r'(gauge|counter|summary)', name):
            problems.append(f'{name}: names its type')
    return problems


if __name__ == '__main__':
    sys.exit(main())
