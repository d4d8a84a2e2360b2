#!/usr/bin/env bash
# ridge.sh [ROWS MODELS DIMENSION]: the ridge's statistics (10 clients, one core) and its solve with all 500
# penalties (two cores) beside numpy's on the same rows: the same grid in its direct form, with all the
# threads that numpy takes. Random unit vectors, by default of the shape of a real log (13,623 rows, 18 models,
# d = 384). Prints JSON, then `ratio N.NNx`: numpy's seconds / ours; fails unless both chose the same penalties with the
# same evidence. BUILD: the build directory (build-release, made if absent).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
build="${BUILD:-$root/build-release}"
. "$root/tests/bench/venv.sh"
bench_venv numpy
[ -d "$build" ] || meson setup --buildtype release "$build" "$root" >&2
ninja -C "$build" tests/bench/bench_ridge >&2
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$build/tests/bench/bench_ridge" "$work" "$@" | tee "$work/ours.json"
"$python" "$root/tests/bench/ridge_numpy.py" "$work"
