#!/usr/bin/env bash
# kmeans.sh [REPEATS]: our clustering of 27,368 × 384 unit vectors (k = 20, 3 restarts of at most 30
# iterations) beside scikit-learn's KMeans, which makes the same number of each (Lloyd, random starts, no
# early stop but its own test that nothing moves). Both on one core; medians of REPEATS (5) runs. Prints
# JSON, then `ratio N.NNx`: theirs / ours. BUILD: the build directory (build-bench).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
repeats="${1:-5}"
. "$root/tests/bench/build.sh"
. "$root/tests/bench/venv.sh"
bench_build bench_kmeans
bench_venv numpy scikit-learn
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$build/tests/bench/bench_kmeans" "$work/x.f32" "$repeats" > "$work/ours.json"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 "$python" - "$work" "$repeats" <<'PYTHON'
import json, statistics, sys, time
import numpy, sklearn
from sklearn.cluster import KMeans

work, repeats = sys.argv[1], int(sys.argv[2])
ours = json.load(open(f"{work}/ours.json"))
x = numpy.fromfile(f"{work}/x.f32", dtype=numpy.float32).reshape(ours["rows"], ours["dimension"])
runs = []
for i in range(repeats):
    start = time.perf_counter()
    model = KMeans(ours["k"], init="random", n_init=ours["restarts"], max_iter=30, tol=0, algorithm="lloyd",
                   random_state=i).fit(x)
    runs.append({"seconds": round(time.perf_counter() - start, 4), "inertia": round(float(model.inertia_), 3),
                 "iterations_of_the_best": model.n_iter_})
ours["yardstick"] = {"name": f"scikit-learn {sklearn.__version__}", "runs": runs}
print(json.dumps(ours))
median = lambda these: statistics.median(run["seconds"] for run in these)
print(f"ratio {median(runs) / median(ours['runs']):.2f}x")
PYTHON
