#!/usr/bin/python3
"""mutants.py [NUMBER…]: are the tests able to fail?

Each mutant is one small mistake in a copy of the tree; it is built and tested (unit, golden, integration)
until a test turns red. A mutant that no test notices failed. All of them take about ten minutes, so
tests/run.sh does not run them. The last line: "N passed, N failed".
"""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
TESTS = ['meson', 'test', '-C', 'build', '--no-rebuild', '--maxfail', '1', '--timeout-multiplier', '10',
         '--suite', 'unit', '--suite', 'golden', '--suite', 'integration']

# (file, what stands there, the mistake)
MUTANTS = [
    ('common/sums/lanes.c', 'total[i] += part[i];', 'total[i] -= part[i];'),
    ('common/sums/lanes.c', '(uint64_t)llrint(value * unit)', '(uint64_t)(int64_t)(value * unit)'),
    ('common/sums/lanes.c', 'value = copysign(most, value);', ''),
    ('common/embed/embed.c', '(float)((double)x[i] / norm)', '(float)((double)x[i] / square)'),
    ('common/data/log_value.c', '*score > 1.0 ? &outside', '*score > 2.0 ? &outside'),
    ('common/data/log_vectors.c', 'vectors->npy.rows != build->ids.n', 'vectors->npy.rows < build->ids.n'),
    ('common/data/log.c', 'order->n_models >= 2', 'order->n_models >= 1'),
    ('common/io/atomic_file.c', 'rename(file->temporary, file->path) == 0', '1'),
    ('common/router/artefact.c', 'strcmp(hex, stated->digest) == 0', 'strcmp(hex, stated->digest) != 1'),
    ('common/router/router.c', 'score[m] - lambda * cost[m]', 'score[m] + lambda * cost[m]'),
    ('common/plan/plan.c', 'nearbyint(plan->participation', 'ceil(plan->participation'),
    ('common/learn/stream.c', 'digester_add_u64(digester, phase);', 'digester_add_u64(digester, 0 * phase);'),
    ('common/learn/static/static.c', '(n[m] + STATIC_KAPPA)', '(n[m] + 1.0)'),
    ('common/learn/static/static.c', '>= PLAN_ROUTABLE_ROWS', '> PLAN_ROUTABLE_ROWS'),
    ('common/learn/ridge/ridge_evidence.c', '.evidence = -0.5 * twice', '.evidence = 0.5 * twice'),
    ('common/learn/ridge/ridge.c', '>= PLAN_ROUTABLE_ROWS', '> PLAN_ROUTABLE_ROWS'),
    ('common/learn/kmeans/kmeans_cells.c', '(n[i] + KMEANS_CELLS_KAPPA)', '(n[i] + 1.0)'),
    ('common/learn/mlp/mlp_round.c', 'fabs(delta) > LANE_DELTA_BOUND', 'fabs(delta) > 9.0'),
    ('common/learn/mlp/mlp_scaler.c', '>= PLAN_ROUTABLE_ROWS', '> PLAN_ROUTABLE_ROWS'),
    ('common/numerics/adamw.c', '(1.0f - BETA_2) * slope * slope', '(1.0f - BETA_2) * slope'),
    ('common/evaluate/area.c', 'height = 0.0;', 'height = u->score;'),
    ('common/evaluate/bootstrap.c', 'quantile(sorted, n, 0.025)', 'quantile(sorted, n, 0.05)'),
    ('common/evaluate/off_policy.c', 'fmin(1.0 / log->propensity[i], OFF_POLICY_WEIGHT_MOST)',
     '1.0 / log->propensity[i]'),
    ('server/simulate/partition_split.c', 'offsets[q + 1] > offsets[q]', 'q == q'),
]


def run(folder, *command):
    nowhere = subprocess.DEVNULL
    return subprocess.run(command, cwd=folder, stdout=nowhere, stderr=nowhere, check=False)


def try_one(folder, mutant):
    """What became of one mutant: 'noticed', or what is wrong."""
    path, old, new = mutant
    full = os.path.join(folder, path)
    with open(full, encoding='utf-8') as file:
        text = file.read()
    if text.count(old) != 1:
        return f'"{old}" stands there {text.count(old)} times'
    with open(full, 'w', encoding='utf-8') as file:
        file.write(text.replace(old, new))
    try:
        if run(folder, 'ninja', '-C', 'build').returncode != 0:
            return 'does not compile'
        return 'noticed' if run(folder, *TESTS).returncode != 0 else 'nobody noticed'
    finally:
        with open(full, 'w', encoding='utf-8') as file:
            file.write(text)


def main(numbers):
    passed = failed = 0
    with tempfile.TemporaryDirectory() as parent:
        folder = os.path.join(parent, 'tree')
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns('build*', '.git', '__pycache__', 'demo'))
        if run(folder, 'meson', 'setup', '-Dwerror=false', 'build').returncode != 0 or \
                run(folder, 'ninja', '-C', 'build').returncode != 0 or run(folder, *TESTS).returncode != 0:
            print('the tree itself does not pass its tests\n0 passed, 1 failed')
            return 1
        for number, mutant in enumerate(MUTANTS):
            if numbers and number not in numbers:
                continue
            result = try_one(folder, mutant)
            passed += result == 'noticed'
            failed += result != 'noticed'
            print(f'{number:2} {mutant[0]}: {mutant[2] or "(nothing)"}: {result}', flush=True)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main([int(number) for number in sys.argv[1:]]))
