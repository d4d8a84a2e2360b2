#!/usr/bin/env bash
# run.sh: fuzz every reader of foreign bytes. Ends with "N passed, N failed"; not 0 if anything failed.
#
#   tests/fuzz/run.sh [SECONDS] [TARGET…]
#
# SECONDS (20) is the time per target; two run at once. Builds with clang in build-fuzz. What a run found new
# stays in build-fuzz/corpus/TARGET, where the next one starts; an input that breaks a target is kept in
# build-fuzz/broken and told. Once mended, it belongs into seeds.py.
set -uo pipefail
cd "$(dirname "$0")/../.."
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
export OPENBLAS_NUM_THREADS=1
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
seconds=${1:-20}
shift $(($# > 0 ? 1 : 0))
build=build-fuzz
memory_mb=1024
longest=8192

[ -f $build/build.ninja ] ||
	CC=clang-14 meson setup $build -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
		-Dc_args=-fsanitize=fuzzer-no-link || { echo "0 passed, 1 failed"; exit 1; }
ninja -C $build fuzz || { echo "0 passed, 1 failed"; exit 1; }
python3 tests/fuzz/seeds.py $build/seeds
mkdir -p $build/broken

# fuzz TARGET: says how it went in build-fuzz/TARGET.log and in its exit code
fuzz() {
	mkdir -p "$build/corpus/$1"
	"$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -rss_limit_mb=$memory_mb -max_len=$longest \
		-timeout=25 -print_final_stats=1 -artifact_prefix="$build/broken/$1-" \
		"$build/corpus/$1" "$build/seeds/$1" \
		>"$build/$1.log" 2>&1
}

# judge TARGET PID: wait for it and tell
judge() {
	if wait "$2"; then
		echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$1.log") inputs"
		passed=$((passed + 1))
	else
		echo "$1: FAILED"
		tail -n 40 "$build/$1.log"
		failed=$((failed + 1))
	fi
}

passed=0
failed=0
targets=("$@")
[ $# -gt 0 ] || targets=(artefact csv encoder jsonl lines npy partition safetensors)
for ((i = 0; i < ${#targets[@]}; i += 2)); do
	fuzz "${targets[i]}" &
	first=$!
	second=
	if [ $((i + 1)) -lt ${#targets[@]} ]; then
		fuzz "${targets[i + 1]}" &
		second=$!
	fi
	judge "${targets[i]}" $first
	[ -z "$second" ] || judge "${targets[i + 1]}" $second
done
printf '\n%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
