#!/usr/bin/python3
"""test_sample.py PROGRAM: a synthetic consortium from the command line, and simulate reads the same world."""
import json
import os
import subprocess
import sys

from scenario import main, run, scenario

PROGRAM = os.path.abspath(sys.argv[1])


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def sample(out, *more, code=0):
    return run(PROGRAM, 'sample', '--out', out, *more, code=code)


@scenario
def simulate_reads_the_same_world(scratch):
    world, saved = f'{scratch}/world', f'{scratch}/saved'
    told = json.loads(sample(world, '--clients', 3, '--queries', 300, '--seed', 4, '--json')[0])
    run(PROGRAM, 'simulate', '--log', f'{world}/all.jsonl', '--partition', f'{world}/partition.json',
        '--encoder', 'hash:64', '--learner', 'static', '--json', f'{scratch}/result.json', '--save', saved)
    result = json.loads(read(scratch, 'result.json'))
    assert result['models'] == told['models']
    assert result['seeds'][0]['partition']['clients'] == told['clients']
    for client in told['clients']:
        log = ('clients', client['name'], 'log.jsonl')
        assert read(world, *log) == read(saved, *log), client['name']


@scenario
def the_partition_s_cells_are_the_lines_of_the_logs(scratch):
    world = f'{scratch}/world'
    sample(world, '--clients', 4, '--queries', 200)
    partition = json.loads(read(world, 'partition.json'))
    for client in partition['clients']:
        log = read(world, 'clients', client['name'], 'log.jsonl')
        lines = [json.loads(line) for line in log.splitlines()]
        assert [[line['id'], line['model']] for line in lines] == client['train']
        assert not set(client['test']) & {line['id'] for line in lines}
    assert len(partition['clients']) == 4
    assert len(read(world, 'all.jsonl').splitlines()) == 200


@scenario
def what_is_there_is_not_touched(scratch):
    with open(f'{scratch}/mine', 'w', encoding='utf-8') as file:
        file.write('precious')
    for taken in scratch, f'{scratch}/mine':
        errors = sample(taken, code=1)[1]
        assert 'remove it or name another' in errors, errors
    assert os.listdir(scratch) == ['mine'] and read(scratch, 'mine') == 'precious'


@scenario
def a_report_that_nobody_gets_is_a_failure(scratch):
    for i, more in enumerate(((), ('--json',))):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([PROGRAM, 'sample', '--out', f'{scratch}/{i}', '--queries', '80', *more],
                                  stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1 and b'standard output' in done.stderr, done


@scenario
def wrong_usage_is_told_and_writes_nothing(scratch):
    world = f'{scratch}/world'
    for wrong in (('--clients', 0), ('--clients', 'ten'), ('--queries', 7), ('--queries', '1e9'),
                  ('--seed', -1), ('--clients', 100, '--queries', 799), ('--speed', 3), ('more',)):
        errors = sample(world, *wrong, code=2)[1]
        assert '--help' in errors, errors
    run(PROGRAM, 'sample', code=2)
    assert not os.path.exists(world)


@scenario
def help_has_an_example(scratch):
    text = run(PROGRAM, 'sample', '--help', cwd=scratch)[0]
    assert 'Example' in text and '--queries' in text


sys.exit(main())
