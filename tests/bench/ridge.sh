#!/usr/bin/env bash
# ridge.sh [REPEATS]: the ridge's statistics (all clients, one core) and its solve with all 500 penalties (all
# cores) beside numpy, which does the same with the same rows, on one core and on all; the better one counts.
#
# Twice: with the rows of a recorded log (openllm_v2: 13,623 rows, 18 models, d = 384; random ones of that
# shape where the folder $FEDROUTER_SHARED, else ../shared/data beside the source tree, is absent), and with
# random rows of another shape (27,368 rows, 11 models). Medians of REPEATS (3) runs, numpy's solve once.
# Prints JSON, then `ratio N.NNx`: numpy's seconds / ours, statistics and solves of both; fails unless both
# chose the same penalties with the same evidence. BUILD: the build directory (build-bench).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
repeats="${1:-3}"
. "$root/tests/bench/build.sh"
. "$root/tests/bench/venv.sh"
bench_build bench_ridge
bench_venv numpy
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
shared="${FEDROUTER_SHARED:-$root/../shared/data}"
mkdir "$work/log" "$work/random"
if [ -f "$shared/openllm_v2.jsonl.gz" ]; then
	"$python" "$root/tests/bench/ridge_rows.py" "$work/log" log "$shared" openllm_v2
else
	"$python" "$root/tests/bench/ridge_rows.py" "$work/log" random 13623 18 384
fi
"$python" "$root/tests/bench/ridge_rows.py" "$work/random" random 27368 11 384
for rows in log random; do
	echo "ours, $rows" >&2
	"$build/tests/bench/bench_ridge" "$work/$rows" "$(nproc)" "$repeats" >"$work/$rows/ours.json"
done
"$python" "$root/tests/bench/ridge_numpy.py" "$repeats" "$work/log" "$work/random"
