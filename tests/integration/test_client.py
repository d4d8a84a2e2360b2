"""test_client.py COORDINATOR CLIENT: import, routers, route, explain and evaluate, on a sample's logs."""
import json
import os
import re
import struct
import subprocess
import sys

import scenario
from scenario import run, scenario as it

COORDINATOR, CLIENT = sys.argv[1], sys.argv[2]
CONFIG = 'coordinator: "localhost:8443"\nname: client-00\n'


def site(folder, config=CONFIG):
    """A client's folder that has not enrolled, as a path of its client.yaml."""
    os.makedirs(f'{folder}/site')
    with open(f'{folder}/site/client.yaml', 'w', encoding='utf-8') as file:
        file.write(config)
    return f'{folder}/site/client.yaml'


def sample(folder):
    """A consortium of three, and what simulate learned from it."""
    run(COORDINATOR, 'sample', '--out', f'{folder}/world', '--clients', 3, '--queries', 1500, '--seed', 7)
    run(COORDINATOR, 'simulate', '--log', f'{folder}/world/all.jsonl', '--partition',
        f'{folder}/world/partition.json', '--learner', 'static,ridge', '--scopes', 'federated', '--save',
        f'{folder}/saved')
    return f'{folder}/world/clients/client-00/log.jsonl', f'{folder}/saved/artefacts/ridge.safetensors'


def rows_of(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def write_rows(path, rows):
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(json.dumps(row) + '\n' for row in rows)
    return path


def digest_of(artefact):
    with open(artefact, 'rb') as file:
        header = json.loads(file.read(struct.unpack('<Q', file.read(8))[0]))
    return header['__metadata__']['digest']


def client(command, config, *words, code=0, env=None):
    return run(CLIENT, command, '--config', config, *words, code=code, env=env)


def imported(config, *words):
    return json.loads(client('import', config, *words, '--json')[0])


@it
def a_log_is_imported_once_and_later_values_win(folder):
    log, _ = sample(folder)
    config, rows = site(folder), rows_of(log)
    first, second = imported(config, log), imported(config, log)
    assert first['store'] == {'added': len(rows), 'same': 0, 'changed': 0, 'reembedded': 0,
                              'queries': len({row['id'] for row in rows})}, first['store']
    assert second['store'] == {'added': 0, 'same': len(rows), 'changed': 0, 'queries': 0, 'reembedded': 0}
    rows[0]['score'] = 0.125
    rows[1]['query'] += ' or so'
    third = imported(config, write_rows(f'{folder}/changed.jsonl', [r for r in rows
                                                                    if r['id'] != rows[1]['id']][:50]))
    assert third['store']['changed'] == 1 and third['store']['same'] == 49, third['store']
    assert third['report']['encoder'] == {'name': 'hash', 'dimension': 384}
    output, _ = client('import', config, log)
    assert re.search(r'observations +\d+ of', output) and 'observations added' in output


@it
def what_is_wrong_with_a_log_changes_nothing(folder):
    log, _ = sample(folder)
    config, rows = site(folder), rows_of(log)
    client('import', config, f'{folder}/missing.jsonl', code=1)
    bad = write_rows(f'{folder}/bad.jsonl', [{**row, 'score': 7} for row in rows[:10]] + rows[10:100])
    _, errors = client('import', config, bad, code=1)
    assert 'score outside [0,1]' in errors and 'bad.jsonl:1' in errors and 'too many bad rows' in errors
    one = write_rows(f'{folder}/one.jsonl', [row for row in rows if row['model'] == rows[0]['model']])
    _, errors = client('import', config, one, code=1)
    assert 'routing needs two models' in errors
    assert imported(config, bad, '--max-bad', 0.2)['store']['added'] == 90
    assert imported(config, one)['store']['added'] > 0      # the others are there already
    _, errors = client('import', config, log, '--encoder', 'hash:64', code=3)
    assert '384' in errors and '64' in errors and "another encoder's embeddings" in errors
    client('import', config, log, '--encoder', 'hash', '--embeddings', 'x.npy', code=2)
    client('import', config, code=2)
    client('import', config, log, '--max-bad', 2, code=2)
    client('import', f'{folder}/none.yaml', log, code=2)


@it
def a_killed_import_leaves_the_store_as_it_was(folder):
    log, router = sample(folder)
    config, rows = site(folder), rows_of(log)
    half = write_rows(f'{folder}/half.jsonl', rows[:len(rows) // 2])
    before = imported(config, half)['store']['added']
    words = [CLIENT, 'import', '--config', config, log]
    for point in ('import-written', 'import-synced', 'import-before-journal'):
        done = subprocess.run(words, env={**os.environ, 'FEDROUTER_FAILPOINT': point}, check=False,
                              capture_output=True)
        assert done.returncode == -9, (point, done.returncode)
        assert imported(config, half)['store'] == {'added': 0, 'same': before, 'changed': 0, 'queries': 0,
                                                   'reembedded': 0}, point
        client('route', config, '--router', router, '--id', rows[0]['id'])
        client('route', config, '--router', router, '--id', rows[-1]['id'], code=1)
    done = subprocess.run(words, env={**os.environ, 'FEDROUTER_FAILPOINT': 'import-journaled'}, check=False,
                          capture_output=True)
    assert done.returncode == -9
    assert imported(config, log)['store']['same'] == len(rows)
    client('route', config, '--router', router, '--id', rows[-1]['id'])


@it
def a_decision_says_what_led_to_it(folder):
    log, router = sample(folder)
    config, text = site(folder), 'Prove that there are infinitely many primes.'
    client('route', config, text, code=1)                       # no router yet
    client('route', config, '--router', router, '--budget', 1, text, code=1)    # nothing to calibrate on
    imported(config, log)
    output, _ = client('route', config, '--router', router, text)
    free = json.loads(client('route', config, '--router', router, '--json', text)[0])
    assert output.split('\n')[0] == free['model'] and 'not signed' in output
    best = max((m for m in free['models'] if m['routable']), key=lambda m: m['score'])
    assert best['model'] == free['model'] and free['lambda'] == 0
    priced = json.loads(client('explain', config, '--router', router, '--lambda', 100, '--json', text)[0])
    best = max((m for m in priced['models'] if m['routable']), key=lambda m: m['score'] - 100 * m['cost'])
    assert best['model'] == priced['model'] and best['utility'] == priced['utility']
    assert best['cost'] < free['cost'] and 'after cost' in priced['reason']
    assert priced['router'] == {'version': 0, 'learner': 'ridge', 'digest': digest_of(router)}
    table, _ = client('explain', config, '--router', router, '--lambda', 100, text)
    assert table.split('\n')[0] == priced['model']
    for model in priced['models']:
        assert re.search(rf'^  {re.escape(model["model"])} .*\d', table, re.M)


@it
def a_budget_is_kept_on_the_own_log(folder):
    log, router = sample(folder)
    config = site(folder)
    imported(config, log)
    costs = []
    for budget in (0.1, 0.5, 2, 50):
        decision = json.loads(client('route', config, '--router', router, '--budget', budget, '--json',
                                     'Summarize this contract.')[0])
        assert decision['budget']['expected_usd_per_1k'] <= budget
        costs.append(decision['lambda'])
    assert costs == sorted(costs, reverse=True) and costs[-1] == 0 and costs[0] > costs[2]
    _, errors = client('route', config, '--router', router, '--budget', 0.0001, 'x y z', code=1)
    assert 'is not enough' in errors


@it
def a_query_comes_as_text_as_id_or_as_embedding(folder):
    log, router = sample(folder)
    config, rows = site(folder), rows_of(log)
    imported(config, log)
    row = rows[3]
    by_id = json.loads(client('explain', config, '--router', router, '--id', row['id'], '--json')[0])
    by_text = json.loads(client('explain', config, '--router', router, '--json', row['query'])[0])
    assert [m['score'] for m in by_id['models']] == [m['score'] for m in by_text['models']]
    logged = {m['model']: m['logged']['score'] for m in by_id['models'] if 'logged' in m}
    assert logged == {r['model']: r['score'] for r in rows if r['id'] == row['id']}, logged
    npy = f'{folder}/two.npy'
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 384), }".ljust(117) + '\n'
    with open(npy, 'wb') as file:
        file.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header.encode())
        file.write(struct.pack('<384f', *[0.0] * 384) + struct.pack('<384f', *[3.0] + [0.0] * 383))
    client('route', config, '--router', router, '--embedding', npy, '--row', 1)
    client('route', config, '--router', router, '--embedding', npy, code=1)             # a zero vector
    client('route', config, '--router', router, '--embedding', npy, '--row', 2, code=1)
    client('route', config, '--router', router, '--id', 'nobody', code=1)
    client('route', config, '--router', router, code=2)
    client('route', config, '--router', router, '--id', row['id'], 'text', code=2)
    client('route', config, '--router', router, '--lambda', 1, '--budget', 1, 'text', code=2)
    client('route', config, '--router', router, '--lambda', -1, 'text', code=2)


@it
def a_router_of_another_encoder_or_a_broken_one_is_refused(folder):
    log, router = sample(folder)
    config = site(folder)
    imported(config, log, '--encoder', 'hash:64')
    _, errors = client('route', config, '--router', router, 'text', code=3)
    assert '384' in errors and '64' in errors
    client('evaluate', config, '--router', router, code=3)
    with open(router, 'r+b') as file:
        file.seek(-5, os.SEEK_END)
        byte = file.read(1)
        file.seek(-5, os.SEEK_END)
        file.write(bytes([byte[0] ^ 1]))
    _, errors = client('route', config, '--router', router, 'text', code=1)
    assert 'not a good artefact' in errors


@it
def an_evaluation_has_local_and_federated_routers_with_intervals(folder):
    log, router = sample(folder)
    config = site(folder)
    client('evaluate', config, code=1)                          # nothing imported
    imported(config, log)
    alone = json.loads(client('evaluate', config, '--json')[0])
    assert [(r['learner'], r['scope']) for r in alone['doubly_robust']['routers']] == [
        ('static', 'local'), ('ridge', 'local')]
    assert json.loads(client('evaluate', config, '--router', router, '--json')[0])['held_out'] == 0.1
    words = ('--router', router, '--held-out', 0.3)
    one = client('evaluate', config, *words, '--json', '--threads', 1, '--plot', f'{folder}/plot.svg')[0]
    assert one == client('evaluate', config, *words, '--json', '--threads', 3)[0]
    result = json.loads(one)
    assert result['schema'] == 'fedrouter.evaluate/1' and result['router_may_have_seen_them']
    queries = result['doubly_robust']['queries']
    assert queries == result['held_out_queries'] > result['observed']['queries'] > 0
    for test in (result['observed'], result['doubly_robust']):
        last = test['routers'][-1]
        assert (last['learner'], last['scope']) == ('ridge', 'federated')
        assert last['aiq_low'] <= last['aiq'] <= last['aiq_high']
        assert last['lift_low'] <= last['lift'] <= last['lift_high']
        assert last['over_local_low'] <= last['over_local'] <= last['over_local_high']
        assert len(last['curve']) == 100
    assert result['doubly_robust']['routers'][-1]['lift'] > 0
    with open(f'{folder}/plot.svg', encoding='utf-8') as file:
        assert 'federated ridge' in file.read()
    output, _ = client('evaluate', config, *words)
    assert 'federated ridge' in output and 'doubly robust' in output and 'may have learned' in output
    client('evaluate', config, '--plot', f'{folder}/none/plot.svg', code=1)
    client('evaluate', config, '--held-out', 2, code=2)


@it
def names_of_client_yaml_are_canonical_ones(folder):
    log, router = sample(folder)
    rows = rows_of(log)
    name = rows[0]['model']
    config = site(folder, CONFIG + f'models:\n  ours: {name}\n')
    renamed = write_rows(f'{folder}/ours.jsonl', [{**row, 'model': 'ours' if row['model'] == name
                                                   else row['model']} for row in rows])
    imported(config, renamed)
    result = json.loads(client('evaluate', config, '--router', router, '--json')[0])
    assert result['unknown_rows'] == 0 and name in result['models'] and 'ours' not in result['models']


@it
def without_a_router_there_is_nothing_to_use_or_roll_back(folder):
    config = site(folder)
    assert json.loads(client('routers', config, '--json')[0]) == []
    client('use', config, 3, code=1)
    client('use', config, 'newest', code=2)
    client('use', config, code=2)
    client('rollback', config, code=1)


if __name__ == '__main__':
    sys.exit(scenario.main())
