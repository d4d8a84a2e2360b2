#!/usr/bin/python3
"""seeds.py DIR: where fuzzing starts: DIR/TARGET/NAME, small files that the readers take, and near misses.

Inputs that once broke a reader are kept here as well, with a word on what they broke.
"""
import gzip
import json
import pathlib
import struct
import sys


def canonical(**fields):
    row = {'id': 'q1', 'query': 'What?', 'model': 'a', 'score': 0.5, 'cost': 0.001}
    row.update(fields)
    return json.dumps({key: value for key, value in row.items() if value is not None}) + '\n'


def jsonl():
    two = canonical() + canonical(model='b', score=1, cost=0)
    wide = {'query': 'Wide', 'scores': {'a': 1, 'b': {'is_correct': True}}, 'task': 'math',
            'costs': {'a': '0.1', 'b': 2e-5}}
    yield 'two', two
    yield 'vectors', two.replace('}', ', "embedding": [1, 0.5, -2]}')
    derived = json.dumps(wide).replace('costs', 'derived_costs').replace('W', 'X')
    yield 'wide', json.dumps(wide) + '\n' + derived
    yield 'extras', canonical(task='t', time='2026-01-01T00:00:00Z', propensity=0.5, tokens_in=1) + two
    bad = [canonical(score=1.7), canonical(cost=-1), canonical(model=''), canonical(query='')]
    yield 'bad', two * 3 + ''.join(bad)
    words = canonical(score=0.25).replace('0.25', 'NaN') + canonical(cost=7).replace('7', '-Infinity')
    yield 'words', two + words
    texts = canonical(query='\\u0041 é \U0001f600 "', id=7) + '\r\n\n' + canonical(id=None)
    yield 'texts', two + texts
    yield 'torn', two + '{"id": "q2", "query'
    yield 'nested', two + '[' * 3000
    yield 'gzip', gzip.compress(two.encode(), mtime=0)


def csv():
    header = 'sample_id,prompt,eval_name,a,b,a|total_cost,b|total_cost\n'
    rows = 'q1,"What, and ""why""?",mmlu,1.0,0.5,0.001,2e-5\nq2,"[\'one\', \'t\\\\nwo\']",gsm8k,,nan,0.1,\n'
    yield 'rows', rows
    yield 'whole', header + rows
    yield 'open', rows + 'q3,"never closed\nand more'
    yield 'cells', rows + 'q4,x,y\n' + 'q5,x,y,2,-1,inf,1e400\n'
    yield 'bytes', (rows + 'q6,').encode() + b'\xff\x00,t,1,1,1,1\r\n'
    yield 'models', 'sample_id,prompt,eval_name,b|total_cost,b,c,c|total_cost,d|total_cost\nq,p,t,1,0,1,2,3\n'


def npy_file(text, values, version=1):
    length = struct.pack('<H' if version == 1 else '<I', len(text))
    return b'\x93NUMPY' + bytes([version, 0]) + length + text.encode() + values


def npy():
    def head(kind, order, shape):
        return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n" % (kind, order, shape)
    yield 'c', npy_file(head('<f4', 'False', '(2, 3)'), struct.pack('<6f', 1, 2, 3, 4, 5, 6))
    yield 'fortran', npy_file(head('<f4', 'True', '(2, 3)'), struct.pack('<6f', 1, 2, 3, 4, 5, 6))
    yield 'half', npy_file(head('<f2', 'False', '(3, 1)'), struct.pack('<3e', 1, -2, 1e-7), 2)
    yield 'big', npy_file(head('>f4', 'False', '(1, 1)'), struct.pack('>f', 1))
    yield 'none', npy_file(head('<f4', 'False', '(0, 4)'), b'', 3)
    yield 'overflow', npy_file(head('<f4', 'False', '(4611686018427387905, 1)'), b'1234')
    # Needed no byte and had 10^18 rows.
    yield 'no_columns', npy_file(head('<f4', 'False', '(1000000000000000000, 0)'), b'')


def tensors_file(metadata, arrays):
    """arrays: name -> (dtype, shape, bytes); widest first, so that all are aligned."""
    widths = {'F64': 8, 'I64': 8, 'F32': 4, 'U8': 1}
    header, data = {}, b''
    for name, (kind, shape, values) in sorted(arrays.items(), key=lambda item: -widths[item[1][0]]):
        header[name] = {'dtype': kind, 'shape': shape, 'data_offsets': [len(data), len(data) + len(values)]}
        data += values
    if metadata is not None:
        header['__metadata__'] = metadata
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 64 + 56)
    return struct.pack('<Q', len(text)) + text + data


def doubles(*values):
    return struct.pack('<%dd' % len(values), *values)


def safetensors():
    yield 'nothing', tensors_file(None, {})
    yield 'strings', tensors_file({'a': 'b', 'é': ''}, {'x': ('U8', [3], b'123')})
    yield 'types', tensors_file(None, {'d': ('F64', [1, 2], doubles(1, 2)), 'i': ('I64', [], b'12345678'),
                                       'f': ('F32', [2], b'12345678'), 'none': ('F32', [0, 5], b'')})
    good = tensors_file(None, {'x': ('U8', [3], b'123'), 'y': ('U8', [3], b'456')})
    yield 'overlap', good.replace(b'[3, 6]', b'[2, 5]')
    yield 'huge', good.replace(b'[3]', b'[4611686018427387904, 4]')
    yield 'length', b'\xff' * 8 + good[8:]
    yield 'nested', struct.pack('<Q', 3006) + b'{"a": ' + b'[' * 3000


def artefact():
    identity = {'dimension': 2, 'name': 'given', 'normalization': 'l2', 'probes': None, 'weights': ''}
    encoder = json.dumps(identity, separators=(',', ':'))

    def of(learner, arrays):
        arrays['routable'] = ('U8', [2], b'\1\1')
        return tensors_file({'schema': 'fedrouter.router/1', 'learner': learner, 'encoder': encoder,
                             'models': '["a","b"]', 'settings': '{}', 'run': '', 'phases': '1',
                             'participants': '2', 'parent': '', 'digest': '0' * 64}, arrays)
    table = ('F64', [2, 2], doubles(.5, 1, .25, 0))
    theta = ('F64', [2, 3], doubles(.5, .1, .2, .6, -.1, .3))
    yield 'static', of('static', {'score': ('F64', [2], doubles(.5, 1)),
                                  'cost': ('F64', [2], doubles(1, 2))})
    yield 'kmeans', of('kmeans', {'centres': ('F32', [2, 2], struct.pack('<4f', 1, 0, 0, 1)), 'score': table,
                                  'cost': table, 'masses': ('I64', [2], struct.pack('<2q', 3, 4))})
    yield 'ridge', of('ridge', {'theta_score': theta, 'theta_log_cost': theta,
                                'sigma2': ('F64', [2], doubles(1, 2)),
                                'penalties': ('F64', [2, 3], doubles(1, 1, 1, 1, 1, 1))})
    yield 'mlp', of('mlp', {'scaler.mu': ('F64', [2], doubles(0, 0)),
                            'scaler.sigma': ('F64', [2], doubles(1, 1)),
                            'cost.map': ('F64', [4], doubles(1, 0, -9, 9))})


def encoder_json():
    def of(**fields):
        identity = {'dimension': 1, 'name': 'given', 'normalization': 'l2', 'probes': None, 'weights': ''}
        identity.update(fields)
        return json.dumps(identity)
    yield 'given', of()
    yield 'probes', of(name='hash', probes='ADwAPAA8ADwAPAA8ADwAPA==')
    # The last letter has bits that no byte gets.
    yield 'unused_bits', of(probes='ADwAPAA8ADwAPAA8ADwAPB==')
    yield 'weights', of(weights='0123456789abcdef' * 4, dimension=8192)
    yield 'dimension', of(dimension=9223372036854775807)
    yield 'nested', '[' * 3000


def partition():
    def of(*clients, **more):
        return json.dumps(dict(clients=clients, **more))
    yield 'two', of({'train': [['q0', 'a'], ['q0', 'b'], ['q1', 'c']], 'test': ['q2']},
                    {'train': [['q3', 'a']], 'test': ['q4']}, seed=100)
    yield 'named', of({'name': 'b-2', 'train': [], 'test': ['q0']},
                      {'name': 'a.1', 'train': [['q1', 'a']], 'test': []})
    yield 'twice', of({'name': 'a', 'train': [['q0', 'a'], ['q0', 'a']], 'test': ['q0']}, {'name': 'a'})
    yield 'unknown', of({'train': [['q9', 'z'], ['q4', 'b'], ['q5', 'a']], 'test': [7]})
    yield 'nested', '{"clients":' + '[' * 3000


def lines():
    text = b'one\r\ntwo\n\nthree\0\nlast'
    packed = gzip.compress(text, mtime=0)
    # zstd: a frame with one raw block, a skippable frame, one with a repeated byte.
    raw = b'\x28\xb5\x2f\xfd\x00\x58' + struct.pack('<I', len(text) << 3 | 1)[:3] + text
    repeat = b'\x28\xb5\x2f\xfd\x00\x58' + struct.pack('<I', 9 << 3 | 3)[:3] + b'x'
    yield 'plain', b'\xef\xbb\xbf' + text
    yield 'gzip', packed + packed
    yield 'torn', packed[:-5]
    yield 'garbage', packed + b'garbage'
    yield 'zstd', raw + b'\x50\x2a\x4d\x18\x02\x00\x00\x00hi' + repeat
    yield 'window', b'\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00x'


PLAN = """version: 1
learner: mlp
seed: 100
clients: [client-00, client-01]
rounds: 5
participation: 0.6
quorum: 1.0
deadline_s: 3600
held_out: 0.1
encoder: {name: given, dimension: 384}
models: [a, b]
limits: {rows: 65536, cohort: 64}
settings: {lr: 0.001}
"""


def plan():
    yield 'good', PLAN
    yield 'auto', PLAN.replace('[a, b]', 'auto')
    yield 'names', PLAN.replace('[a, b]', '["null", \'x: y\', "\\x41\\n", é]')
    yield 'block', PLAN.replace('[client-00, client-01]', '\n- b\n- a') + '# end\n'
    yield 'bad', PLAN.replace('5', '0').replace('client-01', 'Client').replace('lr', 'rl')
    yield 'version', PLAN.replace('1', '2', 1)
    yield 'alias', PLAN.replace('100', '&a 100').replace('5', '*a')
    yield 'nested', 'models: ' + '[' * 3000


def conf():
    folder = pathlib.Path(__file__).parents[2] / 'configs'
    for file in ['client.yaml', 'coordinator.yaml']:
        yield file, (folder / file).read_text()
    least = 'coordinator: "[::1]:8443"\nname: a\n'
    yield 'names', least + ('models: {here: there, "a: b": \'#\'}\n'
                            'policy: {learners: [ridge], bytes_per_day: 1}\n')
    yield 'bad', least + 'keep_txt: yes\nproxy: ftp://x\npolicy: [a]\nlog_level: trace\n'
    yield 'coordinator', ('listen: 0.0.0.0:8443\nhosts: [a.b, 10.0.0.1, "::1"]\n'
                          'poll_hold_s: 1\nlog_format: json\n')


SEEDS = {'artefact': artefact, 'conf': conf, 'csv': csv, 'encoder': encoder_json, 'jsonl': jsonl,
         'lines': lines, 'npy': npy, 'partition': partition, 'plan': plan, 'safetensors': safetensors}


def main():
    for target, seeds in SEEDS.items():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seeds():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


if __name__ == '__main__':
    main()
