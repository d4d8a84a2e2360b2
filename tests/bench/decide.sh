#!/usr/bin/env bash
# decide.sh: one decision from an embedding (11 models, d = 384) by ridge, K-means and MLP: p50, p99 and
# allocations over 100,000 decisions each, beside numpy's time for the same ridge and K-means decisions.
# Prints JSON, then `ratio N.NNx`: numpy's p50 of the ridge / ours. BUILD: the build directory (build).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
build="${BUILD:-$root/build}"
. "$root/tests/bench/venv.sh"
bench_venv numpy
[ -d "$build" ] || meson setup "$build" "$root" >&2
ninja -C "$build" tests/bench/bench_decide >&2
"$build/tests/bench/bench_decide" "$@" |
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 "$python" -c '
import json, sys, time
import numpy

ours = json.load(sys.stdin)
models, d, k, rng = ours["models"], ours["dimension"], 20, numpy.random.default_rng(1)
x = rng.standard_normal((1000, d)).astype(numpy.float32)
x /= numpy.linalg.norm(x, axis=1, keepdims=True)
theta, intercept = rng.standard_normal((2 * models, d)), rng.standard_normal(2 * models)
centres, table = rng.standard_normal((k, d)).astype(numpy.float32), rng.random((k, 2, models))

def ridge(query):
    both = theta @ query + intercept
    return (both[:models] - 1e-6 * numpy.exp(numpy.clip(both[models:], -6.2, 27.8))).argmax()

def kmeans(query):
    row = table[((centres - query) ** 2).sum(axis=1).argmin()]
    return (row[0] - row[1]).argmax()

def times(decide):
    out = []
    for i in range(21000):
        start = time.perf_counter()
        decide(x[i % 1000])
        out.append(1e6 * (time.perf_counter() - start))
    return sorted(out[1000:])

ours["yardstick"] = {"name": "numpy " + numpy.__version__}
for decide in (ridge, kmeans):
    taken = times(decide)
    ours["yardstick"][decide.__name__] = {"p50_us": round(taken[10000], 3), "p99_us": round(taken[19800], 3)}
print(json.dumps(ours))
print("ratio %.2fx" % (ours["yardstick"]["ridge"]["p50_us"] / ours["learners"]["ridge"]["p50_us"]))
'
