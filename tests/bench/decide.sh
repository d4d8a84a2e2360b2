#!/usr/bin/env bash
# decide.sh [LEARNER…]: one decision from an embedding (11 models, d = 384) by every learner's router: p50,
# p99 and allocations over 100,000 decisions each, on one core, beside numpy's times for the same arithmetic
# (whose calls cost more than the arithmetic of the small ones). Prints JSON, then `ratio N.NNx`: numpy's
# p50 for the ridge / ours; fails if a decision allocated memory. BUILD: the build directory (build-bench).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
. "$root/tests/bench/build.sh"
. "$root/tests/bench/venv.sh"
bench_build bench_decide
bench_venv numpy
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
"$build/tests/bench/bench_decide" "$@" | "$python" "$root/tests/bench/decide_numpy.py"
