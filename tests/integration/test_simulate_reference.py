#!/usr/bin/python3
"""test_simulate_reference.py PROGRAM: recorded logs give the figures of an independent implementation.

Needs the logs (folder $FEDROUTER_SHARED, else $SHARED_DATA) and is skipped without them.
"""
import json
import os
import sys

from scenario import main, run, scenario

PROGRAM = os.path.abspath(sys.argv[1])
FOLDER = os.environ.get('FEDROUTER_SHARED') or os.environ.get('SHARED_DATA', '')


def references():
    with open(f'{FOLDER}/reference.jsonl', encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def near(found, expected, tolerance, what):
    assert abs(found - expected) <= tolerance, f'{what}: {found}, expected {expected}'


def simulate(reference):
    name = reference['log'].removesuffix('.jsonl.gz')
    result = json.loads(run(
        PROGRAM, 'simulate', '--log', f'{FOLDER}/{reference["log"]}', '--embeddings',
        f'{FOLDER}/{name}.minilm.npy', '--partition', f'{FOLDER}/partitions/{reference["partition"]}',
        '--complete-only', '--learner', 'static,ridge', '--scopes', 'federated,central', '--json', '-')[0])
    assert result['schema'] == 'fedrouter.simulate/1'
    assert len(result['models']) == reference['models']
    return result['seeds'][0]


def router(seed, learner, scope):
    found = [entry for entry in seed['routers'] if entry['learner'] == learner and entry['scope'] == scope
             and entry['test'] == 'global']
    assert len(found) == 1, (learner, scope, len(found))
    return found[0]


def compare_ridge(found, expected):
    for name in 'penalties_score', 'penalties_log_cost':
        assert found['settings'][name] == expected[name], (name, found['settings'][name], expected[name])
    for name in 'evidence_score', 'evidence_log_cost':
        near(found['settings'][name], expected[name], 1e-3, name)
    near(found['settings']['sigma2_score'], expected['sigma2_score'], 1e-6, 'sigma2_score')


def compare(reference):
    seed = simulate(reference)
    clients = seed['partition']['clients']
    assert sum(client['train'] for client in clients) == reference['train']
    assert sum(client['test'] for client in clients) == reference['test'] == seed['tests']['comparable']
    near(seed['controls']['static_mix']['aiq'], reference['static_mix_aiq'], 1e-3, 'static mix')
    near(seed['controls']['oracle']['aiq'], reference['oracle_aiq'], 1e-3, 'oracle')
    for learner, expected in ('static', reference['static_learner']), ('ridge', reference['ridge']):
        for scope in 'federated', 'central':
            found = router(seed, learner, scope)
            for figure in 'aiq', 'nauc', 'max_accuracy':
                near(found[figure], expected[figure], 1e-3, f'{learner} {scope} {figure}')
            assert found['aiq_low'] <= found['aiq'] <= found['aiq_high']
    federated, central = router(seed, 'ridge', 'federated'), router(seed, 'ridge', 'central')
    compare_ridge(federated, reference['ridge'])
    compare_ridge(central, reference['ridge'])
    near(federated['aiq'], central['aiq'], 1e-4, 'federated and central')
    near(federated['lift'], federated['aiq'] - router(seed, 'static', 'federated')['aiq'], 1e-12, 'lift')


@scenario
def cascades_100_is_reproduced(_):
    compare(references()[0])


@scenario
def cascades_101_is_reproduced(_):
    compare(references()[1])


@scenario
def cascades_102_is_reproduced(_):
    compare(references()[2])


@scenario
def openllm_is_reproduced(_):
    compare(next(entry for entry in references() if entry['log'].startswith('openllm')))


@scenario
def logparsing_with_one_client_per_system_is_reproduced(_):
    compare(next(entry for entry in references() if 'by-task' in entry['partition']))


if not os.access(f'{FOLDER}/reference.jsonl', os.R_OK):
    print(f'skipped: no recorded logs in "{FOLDER}"; set FEDROUTER_SHARED')
    sys.exit(77)
sys.exit(main())
