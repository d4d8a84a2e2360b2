#!/usr/bin/env bash
# train.sh [REPEATS]: clients of the MLP learner beside PyTorch on the same cores: d = 384 and 768, 11 models,
# batch 128, 4,096 random rows per client. One client on one core; then 8 clients on all cores, against the
# better of one PyTorch client with a thread per core and PyTorch clients in a process per core. Ours is a
# whole contribution (network from the state, one epoch, sums), PyTorch's only the steps. Runs alternate and
# the fastest of REPEATS (5) counts on both sides, since other work on the machine only ever slows one down.
# Prints JSON (rows per second, GFLOP/s, the machine's fastest matrix product, a step by kernel), then
# `ratio N.NNx`: the parallel case at d = 768. BUILD: the build directory (build-bench).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
repeats="${1:-5}" rows=4096 models=11 clients=8 cores="$(nproc)"
clients=$(((clients + cores - 1) / cores * cores))
. "$root/tests/bench/build.sh"
. "$root/tests/bench/venv.sh"
bench_build bench_train
bench_venv numpy torch
ours="$build/tests/bench/bench_train"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
wide=Haswell
grep -qw avx512f /proc/cpuinfo && wide=SkylakeX
for _ in $(seq "$repeats"); do
	"$ours" gemm >> "$work/gemm"
	OPENBLAS_CORETYPE=$wide "$ours" gemm >> "$work/gemm"
	for d in 384 768; do
		"$ours" round "$d" "$rows" "$models" "$clients" "$cores" >> "$work/ours.$d"
		"$ours" step "$d" "$models" >> "$work/step.$d"
		"$python" "$root/tests/bench/train_torch.py" "$d" "$rows" "$models" "$clients" "$cores" \
			>> "$work/torch.$d"
	done
done
"$python" - "$work" "$repeats" "$rows" "$models" "$clients" "$cores" <<'PYTHON'
import json
import sys

work, (repeats, rows, models, clients, cores) = sys.argv[1], map(int, sys.argv[2:])


def read(name):
    return [json.loads(line) for line in open(f"{work}/{name}", encoding="utf-8")]


def best(runs, name, choose=max):
    return choose(run[name] for run in runs)


def case(d):
    """Multiply-adds of a row: both layers forward, both weight gradients, one input gradient."""
    flops = 2 * 512 * (2 * (d + 512) + 512)
    ours, theirs, step = read(f"ours.{d}"), read(f"torch.{d}"), read(f"step.{d}")
    fastest = best(step, "step", min)
    profile = {name: best(step, name, min) for name in step[0]}
    profile["rest"] = round(fastest - sum(time for name, time in profile.items() if name != "step"), 1)
    out = {"ours": {name: best(ours, name) for name in ("one_client", "parallel")},
           "torch": {name: best(theirs, name) for name in ("one_client", "threads", "processes")},
           "step_us": profile}
    out["ours_gflops_one_client"] = round(1e-9 * flops * out["ours"]["one_client"], 1)
    out["torch_gflops_one_client"] = round(1e-9 * flops * out["torch"]["one_client"], 1)
    out["ours_fraction"] = round(out["ours_gflops_one_client"] / peak, 3)
    out["torch_fraction"] = round(out["torch_gflops_one_client"] / peak, 3)
    out["ratio_one_client"] = round(out["ours"]["one_client"] / out["torch"]["one_client"], 2)
    better = max(out["torch"]["threads"], out["torch"]["processes"])
    out["ratio_parallel"] = round(out["ours"]["parallel"] / better, 2)
    return out


gemm, torch = read("gemm"), read("torch.384") + read("torch.768")
gflops = {name: best(gemm, name) for name in gemm[0]} \
    | {name: best(torch, name) for name in ("torch_batch", "torch_square")}
peak = max(gflops.values())
cases = {str(d): case(d) for d in (384, 768)}
print(json.dumps({"repeats": repeats, "rows": rows, "models": models, "clients": clients, "cores": cores,
                  "torch": torch[0]["version"], "gemm_gflops": gflops | {"peak": peak}, "dimension": cases}))
print(f"ratio {cases['768']['ratio_parallel']:.2f}x")
PYTHON
