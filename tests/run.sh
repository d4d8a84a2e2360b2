#!/usr/bin/env bash
# run.sh: install what is missing, build, run every test. Ends with "N passed, N failed"; not 0 if one failed.
#
#   tests/run.sh [--quick | --help]
#
# Everything runs three times, because a bug shows itself in different ways: as released; under the address
# and undefined-behaviour sanitizers; what has threads under the thread sanitizer. Then every parser is fuzzed
# for a while.
#   --quick   only the release build and its tests
# FUZZ_SECONDS (20) is the time per fuzz target.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH" # Debian's own meson and python3, whatever else there is
export OPENBLAS_NUM_THREADS=1
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp halt_on_error=1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

say() { printf '\n== %s (%d min)\n' "$*" $((SECONDS / 60)); }

# add PASSED FAILED: to the totals
add() { passed=$((passed + $1)); failed=$((failed + $2)); }

# add_summary FILE STATUS: the last "N passed, N failed" of FILE; one failure without such a line, or where
# the end is bad and the line doesn't tell
add_summary() {
	local last
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1 | tr -dc '0-9 ')
	if [ -z "$last" ]; then
		last="0 1"
	elif [ "$2" != 0 ] && [ "${last##* }" = 0 ]; then
		last="${last%% *} 1"
	fi
	# shellcheck disable=SC2086   # two numbers
	add $last
}

# build DIR OPTIONS…: configure once, compile; a build that fails is one failure
build() {
	local dir=$1
	shift
	[ -f "$dir/build.ninja" ] || { rm -rf "$dir" && meson setup "$dir" "$@" >"$scratch/setup" 2>&1; } ||
		{ cat "$scratch/setup"; add 0 1; return 1; }
	ninja -C "$dir" >"$scratch/compile" 2>&1 || { tail -n 60 "$scratch/compile"; add 0 1; return 1; }
}

# run_tests LABEL DIR MESON-TEST-ARGUMENTS…
run_tests() {
	local label=$1 dir=$2
	shift 2
	rm -f "$dir/meson-logs/testlog.json"
	meson test -C "$dir" --no-rebuild --timeout-multiplier 10 "$@" >"$scratch/meson" 2>&1
	[ -f "$dir/meson-logs/testlog.json" ] || cat "$scratch/meson"
	python3 tests/support/count.py "$label" "$dir/meson-logs/testlog.json" | tee "$scratch/count"
	add_summary "$scratch/count" "${PIPESTATUS[0]}"
}

# simulate_in_threads DIR: two threads over a small synthetic consortium, nothing may be reported
simulate_in_threads() {
	local program=$1/server/fedrouter-coordinator
	[ -x "$program" ] || return 0
	local world=$scratch/sample
	if "$program" sample --out "$world" --clients 3 --queries 400 --seed 1 >"$scratch/log" 2>&1 &&
	   "$program" simulate --log "$world/all.jsonl" --partition "$world/partition.json" --rounds 1 \
		--threads 2 >>"$scratch/log" 2>&1; then
		echo "simulate --threads 2: passed"
		add 1 0
	else
		echo "simulate --threads 2: FAILED"
		tail -n 60 "$scratch/log"
		add 0 1
	fi
}

finish() {
	printf '\n%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ]
	exit
}

case "${1:-}" in
"" | --quick) ;;
--help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
*) echo "run.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
esac

say "packages"
bash deploy/packages.sh || { add 0 1; finish; }

say "release"
build build && run_tests release build
[ "${1:-}" != --quick ] || finish

say "address and undefined-behaviour sanitizers"
build build-asan -Db_sanitize=address,undefined -Db_lundef=false &&
	run_tests asan build-asan --no-suite house --no-suite bench --no-suite daemons

say "thread sanitizer"
if build build-tsan -Db_sanitize=thread -Db_lundef=false; then
	# what computes on several threads
	run_tests tsan build-tsan loop/parallel drive/drive drive/memory_cohort evaluate/bootstrap \
		learn/ridge learn/kmeans learn/mlp numerics/lloyd
	simulate_in_threads build-tsan
fi

if [ -x tests/fuzz/run.sh ]; then
	say "fuzz"
	FUZZ_SECONDS=${FUZZ_SECONDS:-20} tests/fuzz/run.sh "${FUZZ_SECONDS:-20}" >"$scratch/fuzz" 2>&1
	status=$?
	tail -n 25 "$scratch/fuzz"
	add_summary "$scratch/fuzz" $status
fi
finish
