#!/usr/bin/python3
"""test_simulate.py PROGRAM: the simulation from the command line: what it says, keeps and refuses."""
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile

from scenario import main, run, scenario

PROGRAM = os.path.abspath(sys.argv[1])
SMALL = ('--encoder', 'hash:32')
LEARNERS = {'static', 'ridge', 'kmeans', 'mlp'}


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def make_world(scratch, *more):
    world = f'{scratch}/world'
    run(PROGRAM, 'sample', '--out', world, '--clients', 3, '--seed', 5, *(more or ('--queries', 240)))
    return world


def simulate(*words, code=0, **more):
    return run(PROGRAM, 'simulate', *words, code=code, **more)


def simulate_world(world, *more, **environment):
    return json.loads(simulate('--log', f'{world}/all.jsonl', '--partition', f'{world}/partition.json',
                               *SMALL, '--json', '-', *more, **environment)[0])


def routers(result, **like):
    return [router for router in result['seeds'][0]['routers']
            if all(router.get(key) == value for key, value in like.items())]


def timeless(result):
    for seed in result['seeds']:
        for router in seed['routers']:
            router.pop('seconds')
    return result


def refused(scratch, *words, code=2, says):
    before = sorted(os.listdir(scratch))
    output, errors = simulate(*words, code=code)
    assert says in errors, f'{says!r} is not in {errors!r}'
    assert output == '', output
    assert sorted(os.listdir(scratch)) == before


# --- figures ---

@scenario
def every_learner_and_scope_has_its_entries_in_a_fixed_order(scratch):
    result = simulate_world(make_world(scratch), '--learner', 'mlp,kmeans,ridge,static')
    assert result['schema'] == 'fedrouter.simulate/1' and result['encoder'] == 'hash'
    assert len(result['models']) == 8
    names = [client['name'] for client in result['seeds'][0]['partition']['clients']]
    expected = []
    for learner in 'static', 'ridge', 'kmeans', 'mlp':
        expected += [(learner, 'federated', 'global', None)]
        expected += [(learner, 'federated', 'own', name) for name in names]
        expected += [(learner, 'central', 'global', None)]
        expected += [(learner, 'central-matched', 'global', None)] if learner == 'mlp' else []
        for name in names:
            expected += [(learner, 'local', 'global', name), (learner, 'local', 'own', name)]
    found = [(router['learner'], router['scope'], router['test'], router.get('client'))
             for router in result['seeds'][0]['routers']]
    assert found == expected, found


@scenario
def entries_have_all_fields_of_the_contract(scratch):
    result = simulate_world(make_world(scratch), '--learner', 'ridge')
    assert {router['learner'] for router in routers(result)} == {'ridge'}
    controls = result['seeds'][0]['controls']
    assert set(controls) >= {'singles', 'best_single', 'cheapest_single', 'random', 'static_mix', 'oracle'}
    assert [single['model'] for single in controls['singles']] == result['models']
    best = max(controls['singles'], key=lambda single: single['accuracy'])
    assert best['model'] == controls['best_single']
    fields = {'aiq', 'aiq_low', 'aiq_high', 'nauc', 'max_accuracy', 'lift', 'lift_low', 'lift_high', 'rounds',
              'bytes_up', 'bytes_down', 'seconds', 'digest', 'settings', 'curve'}
    for router in routers(result):
        assert fields <= set(router), fields - set(router)
        assert len(router['digest']) == 64 and router['lift'] is not None
        assert {'penalties_score', 'penalties_log_cost', 'evidence_score',
                'evidence_log_cost'} <= set(router['settings'])
        assert len(router['curve']) == 100 and set(router['curve'][0]) == {'lambda', 'cost', 'accuracy'}
        assert max(point['accuracy'] for point in router['curve']) == router['max_accuracy']


@scenario
def lift_is_over_the_static_learner_whether_it_was_asked_for_or_not(scratch):
    world = make_world(scratch)
    both = simulate_world(world, '--learner', 'static,ridge')
    alone = simulate_world(world, '--learner', 'ridge')
    for entry in routers(alone):
        like = {key: entry.get(key) for key in ('scope', 'test', 'client')}
        static, = routers(both, learner='static', **like)
        ridge, = routers(both, learner='ridge', **like)
        assert static['lift'] == 0
        assert abs(ridge['lift'] - (ridge['aiq'] - static['aiq'])) < 1e-12
        for figure in 'aiq', 'lift', 'lift_low', 'lift_high', 'digest':
            assert entry[figure] == ridge[figure], (like, figure)


@scenario
def federated_ridge_is_the_central_ridge(scratch):
    result = simulate_world(make_world(scratch), '--learner', 'ridge', '--scopes', 'federated,central')
    federated, = routers(result, scope='federated', test='global')
    central, = routers(result, scope='central')
    assert federated['settings']['penalties_score'] == central['settings']['penalties_score']
    assert abs(federated['aiq'] - central['aiq']) < 1e-4


@scenario
def settings_reach_every_scope_and_defaults_follow_the_scope(scratch):
    world = make_world(scratch)
    result = simulate_world(world, '--learner', 'mlp,kmeans', '--rounds', 2, '--set', 'mlp.lr=0.01')
    for router in routers(result, learner='mlp'):
        assert router['settings']['lr'] == 0.01
    rounds = {router['scope']: router['rounds'] for router in routers(result, learner='mlp')}
    assert rounds == {'federated': 2, 'central': 1, 'central-matched': 1, 'local': 1}
    centres = {router['scope']: router['settings']['k_global']
               for router in routers(result, learner='kmeans')}
    assert centres == {'federated': 20, 'central': 30, 'local': 8}
    epochs = {router['scope']: router['settings']['epochs'] for router in routers(result, learner='mlp')}
    assert epochs == {'federated': 1, 'central': 8, 'central-matched': 1, 'local': 15}


@scenario
def several_seeds_are_several_experiments(scratch):
    world = make_world(scratch)
    words = ('--log', f'{world}/all.jsonl', *SMALL, '--learner', 'static', '--clients', 4, '--json', '-')
    both = json.loads(simulate(*words, '--seed', '7,8')[0])
    eight = json.loads(simulate(*words, '--seed', '8')[0])
    assert [seed['seed'] for seed in both['seeds']] == [7, 8]
    assert timeless(both)['seeds'][1] == timeless(eight)['seeds'][0]
    assert both['seeds'][0]['partition'] != both['seeds'][1]['partition']


@scenario
def every_task_can_be_a_client(scratch):
    world = make_world(scratch)
    with open(f'{world}/all.jsonl', encoding='utf-8') as file:
        tasks = {json.loads(line)['task'] for line in file}
    result = json.loads(simulate('--log', f'{world}/all.jsonl', *SMALL, '--by-task', '--learner', 'static',
                                 '--json', '-')[0])
    assert len(result['seeds'][0]['partition']['clients']) == len(tasks)


@scenario
def a_person_reads_a_table_and_a_picture(scratch):
    world = make_world(scratch)
    text = simulate('--log', f'{world}/all.jsonl', *SMALL, '--learner', 'static,ridge', '--plot',
                    f'{scratch}/plot.svg')[0]
    for part in 'static mix', 'oracle', 'ridge federated', 'ridge local, own', 'single models':
        assert part in text, part
    assert read(scratch, 'plot.svg').startswith(('<svg', '<?xml'))


# --- one label per query ---

def single_labels(world):
    """A log of the consortium's rows, but for the queries that have more than one."""
    rows = []
    for client in sorted(os.listdir(f'{world}/clients')):
        rows += [json.loads(line) for line in read(world, 'clients', client, 'log.jsonl').splitlines()]
    ids = [row['id'] for row in rows]
    single = [json.dumps(row) + '\n' for row in rows if ids.count(row['id']) == 1]
    return write(f'{world}/single.jsonl', ''.join(single))


@scenario
def doubly_robust_values_stand_where_aiq_cannot_and_agree_with_the_truth(scratch):
    world, saved = make_world(scratch, '--queries', 2400), f'{scratch}/saved'
    words = (*SMALL, '--scopes', 'federated', '--learner', 'static,ridge,kmeans', '--json', '-')
    guess = json.loads(simulate('--log', single_labels(world), '--clients', 3, '--save', saved, *words)[0])
    truth = json.loads(simulate('--log', f'{world}/all.jsonl', '--partition', f'{saved}/partition.json',
                                *words)[0])
    assert guess['seeds'][0]['tests']['comparable'] == 0 and guess['seeds'][0]['controls'] is None
    for entry, real in zip(routers(guess, test='global'), routers(truth, test='global'), strict=True):
        assert entry['digest'] == real['digest'] and 'off_policy' not in real
        assert entry['aiq'] is None and entry['curve'] == []
        assert entry['off_policy']['queries'] == guess['seeds'][0]['tests']['queries']
        for value, point in zip(entry['off_policy']['points'], real['curve'][::11], strict=True):
            assert abs(value['lambda'] / point['lambda'] - 1) < 1e-12
            for figure in 'accuracy', 'cost':
                away = abs(value[figure] - point[figure]) / value[f'{figure}_error']
                assert away < 4.5, (entry['learner'], value['lambda'], figure, away)
    static, = routers(guess, learner='static', test='global')
    assert static['off_policy']['points'][0]['accuracy_gain'] == 0


@scenario
def a_person_is_told_how_many_queries_a_curve_is_about(scratch):
    log = single_labels(make_world(scratch, '--queries', 600))
    text = simulate('--log', log, *SMALL, '--clients', 3, '--learner', 'static,ridge', '--plot',
                    f'{scratch}/plot.svg')[0]
    assert 'there is no AIQ' in text and 'Doubly robust' in text


# --- the same bytes ---

@scenario
def threads_and_environment_leave_no_trace_in_any_figure(scratch):
    world = make_world(scratch)
    first = timeless(simulate_world(world, '--threads', 1, '--rounds', 2))
    assert {router['learner'] for router in routers(first)} == LEARNERS
    for threads, blas in (1, '1'), (2, '4'), (3, '1'):
        again = timeless(simulate_world(world, '--threads', threads, '--rounds', 2,
                                        env={'OPENBLAS_NUM_THREADS': blas, 'OMP_NUM_THREADS': blas}))
        assert again == first, (threads, blas)


@scenario
def a_compressed_log_and_one_in_another_order_give_the_same_digests(scratch):
    world = make_world(scratch)
    first = simulate_world(world, '--learner', 'static,ridge')
    lines = read(world, 'all.jsonl').splitlines(keepends=True)
    with gzip.open(f'{world}/other.jsonl.gz', 'wt', encoding='utf-8') as file:
        file.writelines(reversed(lines))
    os.remove(f'{world}/all.jsonl')
    os.rename(f'{world}/other.jsonl.gz', f'{world}/all.jsonl')
    again = simulate_world(world, '--learner', 'static,ridge')
    assert timeless(again) == timeless(first)


# --- what is kept ---

def artefact_metadata(path):
    with open(path, 'rb') as file:
        length, = struct.unpack('<Q', file.read(8))
        return json.loads(file.read(length))['__metadata__']


def npy_rows(path):
    with open(path, 'rb') as file:
        assert file.read(8) == b'\x93NUMPY\x01\x00'
        length, = struct.unpack('<H', file.read(2))
        header = eval(file.read(length), {})   # a literal by definition of the format
        rows, columns = header['shape']
        assert header['descr'] == '<f4' and not header['fortran_order']
        return [struct.unpack(f'<{columns}f', file.read(4 * columns)) for _ in range(rows)]


@scenario
def what_is_saved_gives_the_same_digests_again(scratch):
    world, saved = make_world(scratch), f'{scratch}/saved'
    words = ('--log', f'{world}/all.jsonl', *SMALL, '--rounds', 2, '--scopes', 'federated', '--seed', 9,
             '--json', '-')
    drawn = json.loads(simulate(*words, '--clients', 4, '--save', saved)[0])
    again = json.loads(simulate(*words, '--partition', f'{saved}/partition.json')[0])
    assert timeless(again) == timeless(drawn)
    assert sorted(os.listdir(saved)) == ['artefacts', 'clients', 'partition.json', 'plans']
    assert set(os.listdir(f'{saved}/artefacts')) == {f'{name}.safetensors' for name in LEARNERS}
    for router in routers(drawn, test='global'):
        metadata = artefact_metadata(f'{saved}/artefacts/{router["learner"]}.safetensors')
        assert metadata['digest'] == router['digest']
        assert json.loads(metadata['models']) == drawn['models']


@scenario
def saved_plans_and_clients_are_those_of_the_experiment(scratch):
    world, saved = make_world(scratch), f'{scratch}/saved'
    result = json.loads(simulate('--log', f'{world}/all.jsonl', *SMALL, '--rounds', 2, '--participation', 0.5,
                                 '--clients', 4, '--learner', 'static,mlp', '--scopes', 'federated',
                                 '--set', 'mlp.lr=0.002', '--save', saved, '--json', '-')[0])
    plan = read(saved, 'plans', 'mlp.yaml')
    for line in ('version: 1', 'learner: mlp', 'seed: 100', 'rounds: 2', 'participation: 0.5', 'quorum: 1.0',
                 'deadline_s: 3600', 'held_out: 0.0', 'lr: 0.002'):
        assert line in plan, line
    partition = json.loads(read(saved, 'partition.json'))['clients']
    for client, cells in zip(result['seeds'][0]['partition']['clients'], partition, strict=True):
        log = [json.loads(line) for line in
               read(saved, 'clients', client['name'], 'log.jsonl').splitlines()]
        assert [[row['id'], row['model']] for row in log] == cells['train']
        assert len(log) == client['observations']
        assert len(npy_rows(f'{saved}/clients/{client["name"]}/embeddings.npy')) == client['train']


@scenario
def saved_embeddings_are_the_input_s_rows_untouched(scratch):
    rows = []
    for i in range(40):
        x = [0.25 * (i % 7), 3.0, -0.5 * (i % 5)]
        rows += [{'id': f'q{i:02}', 'query': f'question {i}', 'model': model, 'score': i % 2,
                  'cost': 0.01 * cost, 'embedding': x} for model, cost in (('a', 1), ('b', 2))]
    log = write(f'{scratch}/log.jsonl', ''.join(json.dumps(row) + '\n' for row in reversed(rows)))
    simulate('--log', log, '--clients', 2, '--learner', 'static', '--scopes', 'federated', '--save',
             f'{scratch}/saved')
    for client in os.listdir(f'{scratch}/saved/clients'):
        folder = f'{scratch}/saved/clients/{client}'
        ids = [json.loads(line)['id'] for line in read(folder, 'log.jsonl').splitlines()]
        expected = [next(tuple(row['embedding']) for row in rows if row['id'] == name)
                    for name in dict.fromkeys(ids)]
        assert npy_rows(f'{folder}/embeddings.npy') == expected


# --- what is refused ---

@scenario
def wrong_usage_is_told_with_a_remedy_and_exit_code_2(scratch):
    log = write(f'{scratch}/log.jsonl', '')
    os.mkdir(f'{scratch}/full')
    write(f'{scratch}/full/file', 'precious')
    for says, words in (
            ('--log FILE is needed', ()),
            ('there is no option --speed', ('--speed', '3')),
            ('needs a value', ('--log',)),
            ('belongs to no option', ('--log', log, 'more')),
            ('static, ridge, kmeans, mlp', ('--log', log, '--learner', 'static,oracle')),
            ('federated, central, local', ('--log', log, '--scopes', 'global')),
            ('whole number', ('--log', log, '--clients', '2.5')),
            ('from 1 to', ('--log', log, '--clients', '0')),
            ('number from 0 to 1', ('--log', log, '--train-fraction', '1.5')),
            ('whole numbers', ('--log', log, '--seed', '1,-2')),
            ('different', ('--log', log, '--seed', '1,2,1')),
            ('2^63', ('--log', log, '--seed', 2 ** 64 - 1)),
            ('mlp.lr (0 to 1)', ('--log', log, '--set', 'mlp.speed=3')),
            ('mlp.lr (0 to 1)', ('--log', log, '--set', 'mlp.lr=fast')),
            ('true or false', ('--log', log, '--set', 'mlp.paper=yes')),
            ('LEARNER.KEY=VALUE', ('--log', log, '--set', 'mlp')),
            ('before the dot', ('--log', log, '--set', 'forest.depth=3')),
            ('no settings', ('--log', log, '--set', 'static.kappa=3')),
            ('either --embeddings or --encoder',
             ('--log', log, '--embeddings', 'x.npy', '--encoder', 'hash')),
            ('either --partition or --by-task', ('--log', log, '--partition', 'x.json', '--by-task')),
            ('hash and hash:DIM', ('--log', log, '--encoder', 'minilm:model')),
            ('1 to 8192', ('--log', log, '--encoder', 'hash:0')),
            ('one --seed', ('--log', log, '--seed', '1,2', '--save', f'{scratch}/new')),
            ('new or empty', ('--log', log, '--save', f'{scratch}/full'))):
        refused(scratch, *words, says=says)
    assert read(scratch, 'full', 'file') == 'precious'


@scenario
def nothing_that_is_read_or_written_is_written_over(scratch):
    world = make_world(scratch)
    log, partition, link = f'{world}/all.jsonl', f'{world}/partition.json', f'{scratch}/link'
    before = read(log), read(partition)
    os.symlink(log, link)
    words = ('--log', log, '--partition', partition, *SMALL, '--learner', 'static')
    for says, more in (('the same file as --log', ('--json', log)),
                       ('the same file as --log', ('--plot', link)),
                       ('the same file as --partition', ('--json', f'{world}/../world/partition.json')),
                       ('the same file as --json', ('--json', f'{scratch}/one', '--plot', f'{world}/../one')),
                       ('the same file as --plot', ('--plot', f'{scratch}/one', '--save', f'{scratch}/one'))):
        refused(scratch, *words, *more, says=says)
    assert before == (read(log), read(partition))
    simulate(*words, '--json', '/dev/null', '--plot', '/dev/null')


@scenario
def a_directory_that_is_there_stays_the_one_it_is(scratch):
    world, place = make_world(scratch), f'{scratch}/place'
    words = ('--log', f'{world}/all.jsonl', *SMALL, '--learner', 'static', '--scopes', 'federated')
    os.mkdir(place)
    os.symlink(place, f'{scratch}/link')
    for path, folder in (f'{scratch}/link', scratch), ('.', place), (place, scratch):
        simulate(*words, '--save', path, cwd=folder)
        assert sorted(os.listdir(place)) == ['artefacts', 'clients', 'partition.json', 'plans'], path
        for name in os.listdir(place):
            os.rename(f'{place}/{name}', f'{tempfile.mkdtemp(dir=scratch)}/{name}')


@scenario
def hundreds_of_clients_are_as_good_as_ten(scratch):
    world = make_world(scratch, '--queries', 2000)
    result = json.loads(simulate('--log', f'{world}/all.jsonl', *SMALL, '--clients', 300, '--task-alpha', 100,
                                 '--learner', 'static',
                                 '--scopes', 'federated', '--json', '-')[0])
    assert len(result['seeds'][0]['partition']['clients']) > 256


@scenario
def costs_beyond_all_reason_are_clipped_and_counted_by_every_learner(scratch):
    rows = [{'id': f'q{i}', 'query': f'text {i}', 'scores': {'a': i % 2, 'b': 1},
             'costs': {'a': 1.7e308, 'b': 1e300}} for i in range(60)]
    log = write(f'{scratch}/log.jsonl', ''.join(json.dumps(row) + '\n' for row in rows))
    result = json.loads(simulate('--log', log, *SMALL, '--clients', 2, '--json', '-')[0])
    assert all(router['clipped'] > 0 for router in routers(result, test='global', scope='federated'))


@scenario
def bad_logs_are_told_with_file_and_line_and_exit_code_1(scratch):
    row = '{"id":"q%d","query":"text","model":"%s","score":%s,"cost":%s}\n'
    good = ''.join(row % (i, model, '0.5', '0.01') for i in range(20) for model in 'ab')
    log = f'{scratch}/log.jsonl'
    write(log, '')
    refused(scratch, '--log', log, *SMALL, code=1, says='log is empty')
    write(log, ''.join(row % (i, 'only', '1', '0.01') for i in range(9)))
    refused(scratch, '--log', log, *SMALL, code=1, says='routing needs two models')
    write(log, good + row % (99, 'a', '1.7', '0.01'))
    refused(scratch, '--log', log, *SMALL, '--save', f'{scratch}/new', code=1, says=f'{log}:41: ')
    write(log, good + 'not a row\n')
    refused(scratch, '--log', log, *SMALL, '--json', f'{scratch}/new.json', code=1, says=f'{log}:41: ')
    refused(scratch, '--log', f'{scratch}/absent.jsonl', *SMALL, code=1, says='absent.jsonl')
    write(log, good)
    with gzip.open(f'{log}.gz', 'wb') as file:
        file.write(good.encode() * 50)
    os.truncate(f'{log}.gz', os.path.getsize(f'{log}.gz') - 20)
    refused(scratch, '--log', f'{log}.gz', *SMALL, code=1, says=f'{log}.gz')
    refused(scratch, '--log', log, *SMALL, '--train-fraction', '1', code=1, says='nothing to learn from')


@scenario
def a_bad_partition_is_refused_by_its_first_offender(scratch):
    world = make_world(scratch)
    partition = json.loads(read(world, 'partition.json'))
    partition['clients'][1]['train'][0][0] = 'nobody asked this'
    path = write(f'{scratch}/wrong.json', json.dumps(partition))
    refused(scratch, '--log', f'{world}/all.jsonl', *SMALL, '--partition', path, code=1,
            says='nobody asked this')
    words = ('--log', f'{world}/all.jsonl', *SMALL, '--partition')
    refused(scratch, *words, world, code=1, says='Is a directory')
    path = write(f'{scratch}/wrong.json', '{"clients": []}')
    refused(scratch, *words, path, code=1, says='{"train": [[')


@scenario
def a_result_that_cannot_be_written_is_a_failure(scratch):
    words = ('--log', f'{make_world(scratch)}/all.jsonl', *SMALL, '--learner', 'static')
    refused(scratch, *words, '--json', f'{scratch}/absent/result.json', code=1,
            says='name another place with --json')
    for more in ('--json', '-'), ():
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([PROGRAM, 'simulate', *words, *more], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        assert done.returncode == 1 and b'standard output: cannot be written' in done.stderr, done
    assert '/dev/full: cannot be written: No space' in simulate(*words, '--json', '/dev/full', code=1)[1]


@scenario
def a_few_bad_rows_are_skipped_and_told(scratch):
    row = '{"id":"q%d","query":"text %d","model":"%s","score":%s,"cost":0.01}\n'
    log = f'{scratch}/log.jsonl'
    write(log, row % (0, 0, 'a', '1.7') + ''.join(row % (i, i, m, i % 2) for i in range(200) for m in 'ab'))
    errors = simulate('--log', log, *SMALL, '--learner', 'static', '--clients', 2)[1]
    assert f'{log}:1: ' in errors and '1.7' in errors


@scenario
def help_explains_itself_and_the_program_its_commands(scratch):
    text = simulate('--help', cwd=scratch)[0]
    for option in '--partition', '--labels-per-query', '--save', '--threads', 'Example':
        assert option in text, option
    assert 'simulate' in run(PROGRAM, '--help')[0]
    assert run(PROGRAM, '--version')[0].startswith('fedrouter-coordinator ')
    assert 'no command fly' in run(PROGRAM, 'fly', code=2)[1]
    assert 'Usage' in run(PROGRAM, code=2)[1]


sys.exit(main())
