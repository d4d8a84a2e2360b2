#!/usr/bin/python3
"""docs/results.md from real logs: every learner, scope, log and seed, with intervals, beside the controls.

    tests/bench/results.py --data DIR [--program FILE] [--out docs/results.md] [--keep DIR]

DIR holds the evaluation logs, embeddings and partitions named in RUNS below; they are not part of this tree.
Each run is one `simulate --json -`; --keep saves those documents and reuses the ones that are already there.
Every sentence of the output follows from the numbers above it: where a router does not beat its controls, it
says so.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

# (title, log, embeddings, [(seed, partition)])
RUNS = [
    ('cascades_9model', 'cascades_9model.jsonl.gz', 'cascades_9model.minilm.npy',
     [(seed, f'partitions/cascades_9model.{seed}.json') for seed in (100, 101, 102)]),
    ('openllm_v2', 'openllm_v2.jsonl.gz', 'openllm_v2.minilm.npy', [(100, 'partitions/openllm_v2.100.json')]),
    ('optllm_logparsing', 'optllm_logparsing.jsonl.gz', 'optllm_logparsing.minilm.npy',
     [(100, 'partitions/optllm_logparsing.by-task.json')]),
]
LEARNERS = ['static', 'ridge', 'kmeans', 'mlp']
SCOPES = ['federated', 'central', 'central-matched', 'local']
VARIANTS = [('', LEARNERS, []),
            (' as published', ['kmeans', 'mlp'], ['--set', 'kmeans.paper=true', '--set', 'mlp.paper=true'])]
HEAD = '''# What federation is worth: results on real logs

Written by `tests/bench/results.py --data DIR` from {count} runs of `fedrouter-coordinator simulate`; no
number is typed by hand. The logs are public recordings of real models and are not part of this project;
the format is that of [logs.md](logs.md). Protocol: complete sub-table, ten clients (Dirichlet .6 over
tasks, .45 over models; log parsing: one client per log system), one observed model per training query, 75
% of the queries for training.

**AIQ** is the mean height of a router's cost–score hull over the range from the cheapest to the dearest
single model. **Lift** is AIQ minus that of the *static learner* (per-model means, the same labels, the
same scope). Brackets are 95 % intervals of a paired bootstrap over test queries (1,000 resamples).
*Static mix* is the best mixture of single models drawn with hindsight from the test rows. *As published*
is `--set LEARNER.paper=true`. For client-local routers the table shows the mean over clients and the
range.
'''


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', required=True, help='folder with logs, embeddings and partitions')
    parser.add_argument('--program', default='build/server/fedrouter-coordinator')
    parser.add_argument('--out', default='docs/results.md')
    parser.add_argument('--keep', help='folder for the JSON of each run; what is there is not run again')
    return parser.parse_args()


def simulate(options, log, partition, variant):
    """The one seed of one run: its JSON."""
    title, log_file, embeddings, _ = log
    suffix, learners, settings = variant
    name = f'{title}.{os.path.basename(partition)}{suffix.replace(" ", "-")}.json'
    kept = os.path.join(options.keep, name) if options.keep else None
    if kept and os.path.exists(kept):
        with open(kept, encoding='utf-8') as file:
            return json.load(file)['seeds'][0]
    command = [options.program, 'simulate', '--log', os.path.join(options.data, log_file),
               '--embeddings', os.path.join(options.data, embeddings),
               '--partition', os.path.join(options.data, partition), '--complete-only',
               '--learner', ','.join(learners), '--scopes', 'federated,central,local', '--json', '-',
               *settings]
    print(name, file=sys.stderr, flush=True)
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    if kept:
        os.makedirs(options.keep, exist_ok=True)
        with open(kept, 'wb') as file:
            file.write(output)
    return json.loads(output)['seeds'][0]


def number(value, signed=False):
    if value is None:
        return 'n/a'
    text = f'{value:+.3f}' if signed else f'{value:.3f}'
    return text.replace('0.', '.', 1)


def interval(router, name, signed=False):
    low, high = router.get(name + '_low'), router.get(name + '_high')
    if router.get(name) is None or low is None:
        return number(router.get(name), signed)
    return f'{number(router[name], signed)} [{number(low, signed)}, {number(high, signed)}]'


def select(seed, learner, scope, test='global'):
    return [r for r in seed['routers']
            if r['learner'] == learner and r['scope'] == scope and r['test'] == test]


def weighted_own(seed, learner, scope):
    """AIQ on own tests, clients weighted by their test rows; None where no client has one."""
    tests = {c['name']: c['test'] for c in seed['partition']['clients']}
    pairs = [(tests[r['client']], r['aiq']) for r in select(seed, learner, scope, 'own')
             if r['aiq'] is not None]
    weight = sum(n for n, _ in pairs)
    return sum(n * aiq for n, aiq in pairs) / weight if weight else None


def mean(values):
    values = [v for v in values if v is not None]
    return statistics.fmean(values) if values else None


def row(seed, learner, scope, suffix):
    routers = select(seed, learner, scope)
    if not routers:
        return None
    if scope == 'local':
        aiqs = [r['aiq'] for r in routers if r['aiq'] is not None]
        aiq = f'{number(mean(aiqs))} ({number(min(aiqs))} … {number(max(aiqs))})' if aiqs else 'n/a'
        lift = number(mean([r['lift'] for r in routers]), True)
    else:
        aiq, lift = interval(routers[0], 'aiq'), interval(routers[0], 'lift', True)
    nauc = mean([r['nauc'] for r in routers])
    peak = mean([r['max_accuracy'] for r in routers])
    own = weighted_own(seed, learner, scope)
    up = routers[0]['bytes_up'] if scope == 'federated' else None
    traffic = f'{up / 1e6:.2f}' if up is not None else ''
    return (f'| {learner}{suffix} | {scope} | {aiq} | {lift} | {number(nauc)} | {number(peak)} '
            f'| {number(own)} | {traffic} |')


def controls(seed):
    c = seed['controls']
    best = next(s for s in c['singles'] if s['model'] == c['best_single'])
    cheapest = next(s for s in c['singles'] if s['model'] == c['cheapest_single'])
    return [f'Controls: static mix (hindsight) AIQ {number(c["static_mix"]["aiq"])}, oracle AIQ '
            f'{number(c["oracle"]["aiq"])}; best single model {c["best_single"]} '
            f'{number(best["accuracy"])} at {best["cost"] * 1000:.3g} USD per 1,000 queries; '
            f'cheapest {c["cheapest_single"]} '
            f'{number(cheapest["accuracy"])} at {cheapest["cost"] * 1000:.3g}; a model at random '
            f'{number(c["random"]["accuracy"])} at {c["random"]["cost"] * 1000:.3g}.', '']


def verdict(seed, learner, suffix):
    """What the numbers of one federated router say, in words."""
    router = select(seed, learner, 'federated')[0]
    if router['aiq'] is None:
        return f'* **{learner}{suffix}**: no AIQ on this log.'
    low, high = router['lift_low'], router['lift_high']
    if learner == 'static':
        against = 'is the control itself'
    elif low is not None and low > 0:
        against = f'beats the static learner ({interval(router, "lift", True)})'
    elif high is not None and high < 0:
        against = f'is **worse** than the static learner ({interval(router, "lift", True)})'
    else:
        against = f'is not distinguishable from the static learner ({interval(router, "lift", True)})'
    mix = router['aiq'] - seed['controls']['static_mix']['aiq']
    where = 'above' if mix > 0 else '**below**'
    local = mean([r['aiq'] for r in select(seed, learner, 'local')])
    central = select(seed, learner, 'central')
    text = f'* **{learner}{suffix}** {against}; {number(abs(mix))} {where} the hindsight mix'
    if local is not None:
        text += f'; {number(router["aiq"] - local, True)} against the mean client-local router'
    if central and central[0]['aiq'] is not None:
        text += f'; {number(router["aiq"] - central[0]["aiq"], True)} against central'
    return text + '.'


def section(title, seed_number, documents):
    lines = [f'### {title}, seed {seed_number}', '']
    lines += controls(documents[0][1])
    lines += ['| learner | scope | AIQ | lift | nAUC | highest score | AIQ on own tests '
              '| MB sent per client |',
              '|---|---|---|---|---|---|---|---|']
    for variant, seed in documents:
        for learner in variant[1]:
            lines += filter(None, (row(seed, learner, scope, variant[0]) for scope in SCOPES))
    lines.append('')
    lines += [verdict(seed, learner, variant[0]) for variant, seed in documents for learner in variant[1]]
    return lines + ['']


def claims(results):
    """The published claim, log by log: federated ≥ mean local + .01, and not more than .03 below central."""
    lines = ['## Federated against local and central, means over seeds', '',
             '| log | learner | federated | mean local | difference | central | difference '
             '| both claims hold |',
             '|---|---|---|---|---|---|---|---|']
    for title, by_seed in results:
        for index, variant in enumerate(VARIANTS):
            for learner in variant[1]:
                seeds = [documents[index][1] for _, documents in by_seed]
                federated = mean([select(s, learner, 'federated')[0]['aiq'] for s in seeds])
                local = mean([mean([r['aiq'] for r in select(s, learner, 'local')]) for s in seeds])
                central = mean([select(s, learner, 'central')[0]['aiq'] for s in seeds])
                holds = federated - local >= .01 and federated - central >= -.03
                lines.append(f'| {title} | {learner}{variant[0]} | {number(federated)} | {number(local)} | '
                             f'{number(federated - local, True)} | {number(central)} | '
                             f'{number(federated - central, True)} | {"yes" if holds else "**no**"} |')
    return lines + ['', 'The claims: the federated router is at least .01 above the mean client-local '
                    'router, and not more than .03 below the central one.', '']


def summary(results):
    """The honest statement, counted from the runs."""
    counts = {}
    for _, by_seed in results:
        for _, documents in by_seed:
            for variant, seed in documents:
                for learner in variant[1]:
                    router = select(seed, learner, 'federated')[0]
                    entry = counts.setdefault(learner + variant[0], [0, 0, 0, 0])
                    entry[0] += 1
                    entry[1] += (router['lift_low'] or 0) > 0
                    entry[2] += (router['lift_high'] or 0) < 0
                    entry[3] += router['aiq'] > seed['controls']['static_mix']['aiq']
    lines = ['## In one table', '',
             '| federated learner | runs | surely above static | surely below static '
             '| above the hindsight mix |',
             '|---|---|---|---|---|']
    for name, (runs, above, below, mix) in counts.items():
        if name != 'static':
            lines.append(f'| {name} | {runs} | {above} | {below} | {mix} |')
    return lines + ['', '"Surely" means that the 95 % interval of the lift does not contain 0. A router '
                    'that is not surely above the static learner has not shown on that log that reading '
                    'the query pays.', '']


def main():
    options = arguments()
    results = []
    for log in RUNS:
        by_seed = []
        for seed_number, partition in log[3]:
            by_seed.append((seed_number, [(v, simulate(options, log, partition, v)) for v in VARIANTS]))
        results.append((log[0], by_seed))
    count = sum(len(documents) for _, by_seed in results for _, documents in by_seed)
    lines = [HEAD.format(count=count)] + summary(results) + claims(results) + ['## Every run', '']
    for title, by_seed in results:
        for seed_number, documents in by_seed:
            lines += section(title, seed_number, documents)
    with open(options.out, 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines).rstrip() + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
