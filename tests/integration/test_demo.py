#!/usr/bin/python3
"""test_demo.py ROOT BUILD: the demo from end to end, small, with a build that is there."""
import json
import os
import sys
import xml.etree.ElementTree

from scenario import main, run, scenario

DEMO = os.path.join(sys.argv[1], 'deploy', 'demo.sh')
BUILD = {'BUILD': sys.argv[2]}


def check_results(out, clients):
    with open(f'{out}/simulate.json', encoding='utf-8') as file:
        result = json.load(file)
    routers = result['seeds'][0]['routers']
    assert {router['learner'] for router in routers} == {'static', 'ridge', 'kmeans', 'mlp'}
    assert {'federated', 'central', 'local'} <= {router['scope'] for router in routers}
    assert len(result['seeds'][0]['partition']['clients']) == clients
    assert xml.etree.ElementTree.parse(f'{out}/plot.svg').getroot().tag.endswith('svg')
    with open(f'{out}/table.txt', encoding='utf-8') as file:
        return file.read()


@scenario
def from_a_synthetic_consortium_to_table_and_plot_and_again_on_its_log(scratch):
    small = ('--clients', 2, '--queries', 160)
    output, _ = run('bash', DEMO, '--out', 'made', *small, cwd=scratch, env=BUILD)
    table = check_results(f'{scratch}/made', 2)
    assert table.strip() and table in output
    assert 'what to look at' in output and f'{scratch}/made/plot.svg' in output
    again, _ = run('bash', DEMO, '--out', f'{scratch}/made', *small, cwd='/', env=BUILD)
    assert 'what to look at' in again
    log = 'made/consortium/all.jsonl'
    run('bash', DEMO, '--out', 'own', '--log', log, '--clients', 2, cwd=scratch, env=BUILD)
    check_results(f'{scratch}/own', 2)


@scenario
def wrong_usage_is_told(scratch):
    for wrong, code in ((('--outt', 'x'), 2), (('--out',), 2), (('--embeddings', DEMO), 2),
                        (('--log', f'{scratch}/none'), 1)):
        errors = run('bash', DEMO, *wrong, cwd=scratch, env=BUILD, code=code)[1]
        assert errors.startswith('demo.sh: '), errors
    assert '--embeddings FILE' in run('bash', DEMO, '--help', cwd=scratch)[0]
    assert not os.listdir(scratch)


sys.exit(main())
