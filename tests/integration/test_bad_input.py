#!/usr/bin/env python3
"""Bad logs and embeddings through the real program: what it says, how it ends, and that nothing half-written
stays.

    test_bad_input.py PATH/TO/fedrouter-coordinator

Every case runs `simulate` in a directory of its own and asks for all it can write. What must hold of
each failure: the exit code, one sentence with file and line where there is one, no trail of an unexpected
error, no word of a query, and no file that was not there before. Needs Python's standard library only.
"""

import gzip
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

QUERIES, DIMENSION = 120, 8
MODELS = ('large', 'medium', 'small')
SECRET = 'confidential'  # every query has it, no message may
OUTPUTS = ('out.json', 'out.svg', 'saved')
DONE, FAILED, USAGE = 0, 1, 2


def good_rows():
    """The canonical rows of a small log on which routing works."""
    draw = random.Random(7)
    rows = []
    for q in range(QUERIES):
        for price, model in zip((0.003, 0.001, 0.0002), MODELS):
            rows.append(
                {
                    'id': f'q{q:03}',
                    'task': 'ab'[q % 2],
                    'query': f'{SECRET} question number {q}',
                    'model': model,
                    'score': draw.choice((0, 0.5, 1)),
                    'cost': price * draw.uniform(0.5, 2),
                }
            )
    return rows


def good_vectors():
    draw = random.Random(8)
    return [[draw.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(QUERIES)]


def lines_of(rows):
    return ''.join(json.dumps(row) + '\n' for row in rows)


def npy_of(vectors, fortran=False, shape=None):
    """The bytes of a float32 array; `shape` claims another one."""
    values = zip(*vectors) if fortran else vectors
    flat = [value for row in values for value in row]
    shape = shape or (len(vectors), len(vectors[0]))
    header = str({'descr': '<f4', 'fortran_order': fortran, 'shape': shape})
    header = header.ljust(117) + '\n'
    return (
        b'\x93NUMPY\x01\x00'
        + struct.pack('<H', len(header))
        + header.encode()
        + struct.pack(f'<{len(flat)}f', *flat)
    )


def csv_of(rows, without=None):
    """RouterBench's wide form of canonical rows, less the column `without`."""
    columns = ['sample_id', 'prompt', 'eval_name', *MODELS, *(f'{model}|total_cost' for model in MODELS)]
    queries = {}
    for row in rows:
        cells = queries.setdefault(
            row['id'],
            {'sample_id': row['id'], 'eval_name': row['task'], 'prompt': '"[\'' + row['query'] + '\']"'},
        )
        cells[row['model']] = row['score']
        cells[row['model'] + '|total_cost'] = row['cost']
    columns = [column for column in columns if column != without]
    return (
        '\n'.join(
            [','.join(columns), *(','.join(str(cells[c]) for c in columns) for cells in queries.values())]
        )
        + '\n'
    )


class Run:
    """One run of the program in a directory of its own."""

    def __init__(self, program, files, *arguments):
        self.directory = tempfile.mkdtemp(prefix='fedrouter-bad-input-')
        for name, content in files.items():
            path = os.path.join(self.directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as out:
                out.write(content if isinstance(content, bytes) else content.encode())
        self.before = set(os.listdir(self.directory))
        if '--json' not in arguments:
            arguments += ('--json', 'out.json', '--plot', 'out.svg', '--save', 'saved')
        done = subprocess.run(
            [program, 'simulate', *arguments], cwd=self.directory, capture_output=True, timeout=600
        )
        self.code = done.returncode
        self.said = (done.stdout + done.stderr).decode(errors='replace')
        self.new = set(os.listdir(self.directory)) - self.before

    def results(self):
        """The JSON without what may differ between equal runs."""
        with open(os.path.join(self.directory, 'out.json'), encoding='utf-8') as file:
            return without_times(json.load(file))

    def close(self):
        shutil.rmtree(self.directory)


def without_times(json_value):
    if isinstance(json_value, dict):
        return {
            key: without_times(value)
            for key, value in json_value.items()
            if key not in ('seconds', 'log')
        }
    return [without_times(value) for value in json_value] if isinstance(json_value, list) else json_value


class Cases:
    def __init__(self, program):
        self.program = program
        self.passed, self.failed = 0, 0

    def judge(self, name, run, complaints):
        complaints = [complaint for complaint in complaints if complaint]
        if SECRET in run.said:
            complaints.append('the text of a query is told')
        if complaints:
            self.failed += 1
            print(f'FAILED {name}')
            print(
                ''.join(f'  {complaint}\n' for complaint in complaints)
                + ''.join(f'  | {line}\n' for line in run.said.splitlines()[-12:]),
                end='',
            )
        else:
            self.passed += 1
        run.close()

    def fails(self, name, files, message, *arguments, code=FAILED):
        """The program must end with `code`, say `message`, and leave nothing."""
        run = Run(
            self.program,
            files,
            *(arguments or ('--log', next(iter(files)), '--encoder', 'hash:64')),
            '--learner',
            'static',
        )
        self.judge(
            name,
            run,
            [
                run.code != code and f'exit code {run.code}, not {code}',
                message not in run.said and f'does not say: {message}',
                run.new and f'left behind: {", ".join(sorted(run.new))}',
                code == FAILED and '.c:' in run.said and 'a trail of functions instead of a message',
            ],
        )

    def works(self, name, files, messages, *arguments, same_as=None):
        """The program must do its work and say all `messages`; `same_as` are the results of an equal run."""
        run = Run(
            self.program,
            files,
            *(arguments or ('--log', next(iter(files)), '--encoder', 'hash:64')),
            '--learner',
            'static,ridge',
            '--clients',
            '3',
        )
        results = run.results() if 'out.json' in run.new else None
        self.judge(
            name,
            run,
            [
                run.code != DONE and f'exit code {run.code}, not {DONE}',
                run.code == DONE and run.new != set(OUTPUTS) and f'wrote {sorted(run.new)}',
                same_as is not None
                and results != same_as
                and 'other results than those of the same data without it',
                *(message not in run.said and f'does not say: {message}' for message in messages),
            ],
        )
        return results


def changed(rows, at, **values):
    """The rows, with other values in row `at` (counted from 0)."""
    return [{**row, **values} if i == at else row for i, row in enumerate(rows)]


def containers(cases, rows):
    packed = gzip.compress(lines_of(rows).encode())
    cases.works('gzip is read', {'log.jsonl.gz': packed}, [])
    cases.fails(
        'a truncated gzip', {'log.jsonl.gz': packed[: len(packed) // 2]}, ': truncated file: gzip: '
    )
    cases.fails(
        'a truncated gzip, whatever may be bad',
        {'log.jsonl.gz': packed[:-20]},
        ': truncated file: gzip: ',
        '--log',
        'log.jsonl.gz',
        '--encoder',
        'hash:64',
        '--max-bad',
        '1',
    )
    cases.fails(
        'a corrupt gzip',
        {'log.jsonl.gz': packed[:50] + bytes(300) + packed[350:]},
        'corrupt file: gzip: ',
    )
    cases.fails(
        'a corrupt zstd',
        {'log.jsonl.zst': b'\x28\xb5\x2f\xfd' + bytes(range(200))},
        'corrupt file: zstd: ',
    )
    cases.fails('an empty log', {'log.jsonl': ''}, 'log.jsonl: log is empty: ')
    cases.fails('a log of blank lines', {'log.jsonl': '\n \n\n'}, 'log.jsonl: log is empty: ')
    cases.fails(
        'no such file',
        {'log.jsonl': lines_of(rows)},
        'other.jsonl: cannot read the file: No such file',
        '--log',
        'other.jsonl',
        '--encoder',
        'hash:64',
    )
    cases.fails(
        'a directory',
        {'log.jsonl': ''},
        '.: cannot read the file: Is a directory',
        '--log',
        '.',
        '--encoder',
        'hash:64',
    )


def values(cases, rows):
    bad = {
        'a NaN cost': ({'cost': float('nan')}, 'cost is not a finite number: model "small": '),
        'an infinite cost': ({'cost': float('inf')}, 'cost is not a finite number: model "small": '),
        'a score of 1.7': ({'score': 1.7}, 'score outside [0,1]: model "small": 1.7: '),
        'a NaN score': ({'score': float('nan')}, 'score is not a number: model "small": '),
        'a negative cost': ({'cost': -0.5}, 'cost is negative: model "small": -0.5: '),
        'an empty model': ({'model': ''}, 'model name is empty: '),
        'an empty text': ({'query': ''}, 'query text is empty: '),
    }
    good = cases.works('without the row', {'log.jsonl': lines_of(rows[:5] + rows[6:])}, [])
    for name, (value, message) in bad.items():
        cases.works(
            name + ' is skipped',
            {'log.jsonl': lines_of(changed(rows, 5, **value))},
            ['log.jsonl:6: ' + message],
            same_as=good,
        )
        many = [{**row, **value} if i % 60 == 5 else row for i, row in enumerate(rows)]
        cases.fails(
            name + ', too often',
            {'log.jsonl': lines_of(many)},
            'log.jsonl: too many bad rows: 6 of 360, at most 1 % may be: ',
        )
        cases.fails(
            name + ', where none may be bad',
            {'log.jsonl': lines_of(changed(rows, 5, **value))},
            'log.jsonl:6: ' + message,
            '--log',
            'log.jsonl',
            '--encoder',
            'hash:64',
            '--max-bad',
            '0',
        )


def keys(cases, rows):
    good = cases.works('the log', {'log.jsonl': lines_of(rows)}, [])
    cases.works('every row twice', {'log.jsonl': lines_of(rows + rows)}, [], same_as=good)
    cases.works('rows in any order', {'log.jsonl': lines_of(rows[::-1])}, [], same_as=good)
    other = [{**row, 'score': 1 - row['score'], 'cost': 9} for row in rows[:40]]
    cases.works(
        'of rows with one key the later wins', {'log.jsonl': lines_of(other + rows)}, [], same_as=good
    )
    cases.works(
        'another text under the same id',
        {'log.jsonl': lines_of(changed(rows, 1, query=SECRET + ' other'))},
        ['log.jsonl:2: note: another text under the same id: the text of log.jsonl:1 is kept'],
        same_as=good,
    )


def lines(cases, rows):
    text = lines_of(rows)
    good = cases.works('the log', {'log.jsonl': text}, [])
    long_line = json.dumps({**rows[0], 'query': SECRET * (5 << 20 >> 3)})
    nested = '{"id":"x","query":"' + SECRET + '","meta":' + '[' * 100000 + ']' * 100000 + '}'
    torn = {
        'a line of 5 MB': (long_line, 'line is longer than 4 MiB: '),
        '100,000 nested brackets': (nested, 'line is not JSON: at byte '),
        'half a line': (text[:40], 'line is not JSON: at byte '),
        'a line that is a list': ('[1]', 'line is not a JSON object: '),
    }
    for name, (line, message) in torn.items():
        cases.works(
            name + ' is skipped',
            {'log.jsonl': text + line + '\n'},
            [f'log.jsonl:{len(rows) + 1}: {message}'],
            same_as=good,
        )
        cases.fails(
            name + ' before the end, with embeddings',
            {'log.jsonl': line + '\n' + text, 'x.npy': npy_of(good_vectors())},
            'log.jsonl:1: row without a readable id: ',
            '--log',
            'log.jsonl',
            '--embeddings',
            'x.npy',
        )
    cases.works(
        'carriage returns and a byte order mark',
        {'log.jsonl': '\ufeff' + text.replace('\n', '\r\n')},
        [],
        same_as=good,
    )


def tables(cases, rows):
    good = cases.works('the log', {'log.jsonl': lines_of(rows)}, [])
    cases.works('the same as a RouterBench CSV', {'log.csv': csv_of(rows)}, [], same_as=good)
    for column in ('sample_id', 'prompt', 'eval_name'):
        cases.fails(
            f'a CSV without {column}',
            {'log.csv': csv_of(rows, without=column)},
            f'log.csv:1: column is missing: "{column}": ',
        )
    cases.works(
        'a CSV without the cost of one model',
        {'log.csv': csv_of(rows, without='small|total_cost')},
        ['log.csv:1: note: column is not read: "small": a model needs MODEL and MODEL|total_cost'],
    )
    cases.fails(
        'a CSV of open quotes',
        {'log.csv': csv_of(rows) + 'q,"' + SECRET + '\n' * 9},
        'log.csv:122: ',
        '--log',
        'log.csv',
        '--encoder',
        'hash:64',
        '--max-bad',
        '0',
    )


def embeddings(cases, rows):
    vectors = good_vectors()
    log = {'log.jsonl': lines_of(rows)}
    given = ('--log', 'log.jsonl', '--embeddings', 'x.npy')
    good = cases.works('embeddings', {**log, 'x.npy': npy_of(vectors)}, [], *given)
    cases.works(
        'Fortran order', {**log, 'x.npy': npy_of(vectors, fortran=True)}, [], *given, same_as=good
    )
    cases.fails(
        'fewer rows',
        {**log, 'x.npy': npy_of(vectors[:-1])},
        'x.npy: embeddings do not fit the log: 119 rows for 120 distinct ids: ',
        *given,
    )
    cases.fails(
        'more rows',
        {**log, 'x.npy': npy_of(vectors + vectors[:1])},
        'x.npy: embeddings do not fit the log: 121 rows for 120 distinct ids: ',
        *given,
    )
    cases.fails(
        'one dimension',
        {**log, 'x.npy': npy_of(vectors, shape=(QUERIES * DIMENSION,))},
        'x.npy: wrong shape of array: ',
        *given,
    )
    cases.fails(
        'three dimensions',
        {**log, 'x.npy': npy_of(vectors, shape=(QUERIES, 2, DIMENSION // 2))},
        'x.npy: wrong shape of array: ',
        *given,
    )
    cases.fails(
        'a shape that the file does not hold',
        {**log, 'x.npy': npy_of(vectors, shape=(QUERIES, 9))},
        'x.npy: truncated file: ',
        *given,
    )
    cases.fails(
        'a file that is no array', {**log, 'x.npy': 'not an array'}, 'x.npy: not an .npy file: ', *given
    )
    for name, value in (('NaN', float('nan')), ('zero', 0.0)):
        spoilt = [[value] * DIMENSION if i == 30 else vector for i, vector in enumerate(vectors)]
        cases.works(
            f'a {name} vector is skipped',
            {**log, 'x.npy': npy_of(spoilt)},
            ['log.jsonl:91: embedding is zero or not finite: row 30 of the embeddings'],
            *given,
        )
        cases.fails(
            f'{name} vectors only',
            {**log, 'x.npy': npy_of([[value] * DIMENSION] * QUERIES)},
            'log.jsonl: too many bad rows: 360 of 360',
            *given,
        )
    cases.fails(
        'both embeddings and an encoder',
        {**log, 'x.npy': npy_of(vectors)},
        '--encoder',
        *given,
        '--encoder',
        'hash',
        code=USAGE,
    )


def models_and_clients(cases, rows):
    one = [row for row in rows if row['model'] == 'small']
    cases.fails(
        'one model only',
        {'log.jsonl': lines_of(one)},
        'log.jsonl: routing needs two models: it has scores and costs of "small" only: ',
    )
    cases.works(
        'a model with one row', {'log.jsonl': lines_of(rows + [{**rows[0], 'model': 'rare'}])}, []
    )
    ids = sorted({row['id'] for row in rows})
    train = [[query, MODELS[i % 3]] for i, query in enumerate(ids[:80])]
    clients = [
        {'train': train[:40], 'test': ids[80:100]},
        {'train': [], 'test': []},
        {'train': train[40:], 'test': ids[100:]},
    ]
    split = ('--log', 'log.jsonl', '--encoder', 'hash:64', '--partition', 'split.json')
    log = {'log.jsonl': lines_of(rows)}
    cases.works(
        'a client without rows', {**log, 'split.json': json.dumps({'clients': clients})}, [], *split
    )
    strangers = [{'train': train + [['stranger', 'small']], 'test': ids[80:]}]
    cases.fails(
        'a partition with a query that is not there',
        {**log, 'split.json': json.dumps({'clients': strangers})},
        'stranger',
        *split,
    )
    cases.fails(
        'a partition that is no JSON', {**log, 'split.json': '{"clients": ['}, 'split.json', *split
    )


def places(cases, rows):
    """What cannot be written is known before the work, so that none of the other files is."""
    log = {'log.jsonl': lines_of(rows), 'full/file': ''}
    given = ('--log', 'log.jsonl', '--encoder', 'hash:64')
    for option, path, why in (
        ('--json', 'no/such/out.json', 'No such file or directory'),
        ('--json', 'full', 'Is a directory'),
        ('--plot', 'no/such/out.svg', 'No such file or directory'),
        ('--save', 'no/such/saved', 'No such file or directory'),
        ('--plot', 'log.jsonl/out.svg', 'Not a directory'),
    ):
        asked = dict(zip(('--json', '--plot', '--save'), OUTPUTS)) | {option: path}
        cases.fails(
            f'{option} {path}',
            log,
            f'{path}: cannot be written: {why}: name another place with {option}',
            *given,
            *(word for pair in asked.items() for word in pair),
        )
    asked = ('--json', 'out.json', '--plot', 'out.svg', '--save', 'full')
    cases.fails(
        '--save full', log, '--save full: not a new or empty directory', *given, *asked, code=USAGE
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    cases, rows = Cases(os.path.abspath(sys.argv[1])), good_rows()
    for group in (containers, values, keys, lines, tables, embeddings, models_and_clients, places):
        group(cases, rows)
    print(f'{cases.passed} passed, {cases.failed} failed')
    sys.exit(1 if cases.failed else 0)


if __name__ == '__main__':
    main()
