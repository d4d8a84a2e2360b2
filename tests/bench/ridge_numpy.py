"""The yardstick of ridge.sh: the same sums and the same grid with numpy.linalg.

ridge_numpy.py REPEATS DIR…: rows and ours.json. Direct form of algorithms.md §10: one Cholesky factor and one
solve per model and (l1, li), one factor of S per grid point, both targets sharing each. numpy has no solve
for triangles, so its general one does that work. Measured with one thread of its BLAS and with all (a process
each); the better one counts."""
import json
import os
import statistics as stats
import subprocess
import sys
import time

import numpy as np

L0 = [.01, .03, .1, .3, 1, 3, 10, 30, 100, 300]
L1 = [.1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000]
LI = [.001, .01, .1, 1, 10]


def sums_of(x, model, targets, k):
    sums = []
    for m in range(k):
        z = np.hstack([np.ones((int((model == m).sum()), 1)), x[model == m].astype(np.float64)])
        y = targets[model == m]
        sums.append((z.T @ z, z.T @ y, (y * y).sum(0)))
    return sums


def solve(sums, d):
    rows = sum(g[0, 0] for g, _, _ in sums)
    mean = sum(b[0] for _, b, _ in sums) / rows
    right = [b - np.outer(g[:, 0], mean) for g, b, _ in sums]
    squares = sum(q - 2 * mean * b[0] + mean ** 2 * g[0, 0] for g, b, q in sums)
    best = [(-np.inf,)] * 2
    for l1 in L1:
        for li in LI:
            s, r, log_det, explained = np.zeros((d, d)), np.zeros((d, 2)), 0.0, np.zeros(2)
            for (g, _, _), c in zip(sums, right):
                factor = np.linalg.cholesky(g + np.diag([li] + [l1] * d))
                u = np.linalg.solve(factor, np.hstack([g[:, 1:], c]))
                ub, uc = u[:, :d], u[:, d:]
                s += g[1:, 1:] - ub.T @ ub
                r += c[1:] - ub.T @ uc
                explained += (uc * uc).sum(0)
                log_det += 2 * np.log(np.diag(factor)).sum() - d * np.log(l1) - np.log(li)
            for l0 in L0:
                factor = np.linalg.cholesky(s + l0 * np.eye(d))
                half = np.linalg.solve(factor, r)
                sigma2 = (squares - explained - (half * half).sum(0)) / rows
                evidence = -.5 * (rows * (np.log(2 * np.pi * sigma2) + 1) + log_det
                                  + 2 * np.log(np.diag(factor)).sum() - d * np.log(l0))
                for t in range(2):
                    best[t] = max(best[t], (evidence[t], [l0, l1, li]))
    return best


def measure(directory, repeats):
    """What this process takes, with the threads that its environment allows, and what it chooses."""
    with open(os.path.join(directory, "shape.json"), encoding="utf-8") as file:
        shape = json.load(file)
    x = np.fromfile(os.path.join(directory, "x.f32"), np.float32).reshape(-1, shape["dimension"])
    _, model, score, cost = np.fromfile(os.path.join(directory, "rows.f64")).reshape(-1, 4).T
    targets = np.stack([score, np.log(1e6 * cost + .1)], 1)
    seconds = []
    for _ in range(repeats):
        start = time.monotonic()
        sums = sums_of(x, model, targets, shape["models"])
        seconds.append(time.monotonic() - start)
    start = time.monotonic()
    best = solve(sums, shape["dimension"])
    print(json.dumps({"threads": int(os.environ["OMP_NUM_THREADS"]),
                      "statistics_s": round(stats.median(seconds), 4),
                      "solve_s": round(time.monotonic() - start, 4), "best": best}))


def seconds_of(run):
    return run["statistics_s"] + run["solve_s"]


def compare(directory, repeats):
    runs = []
    for threads in sorted({1, os.cpu_count()}):
        environment = os.environ | dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        command = [sys.executable, __file__, str(repeats), directory, "measure"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        runs.append(json.loads(done.stdout))
    best = [run.pop("best") for run in runs][0]
    with open(os.path.join(directory, "shape.json"), encoding="utf-8") as file:
        case = json.load(file)
    with open(os.path.join(directory, "ours.json"), encoding="utf-8") as file:
        case["ours"] = ours = json.load(file)
    report = ours["report"]
    case["yardstick"] = {"name": "numpy " + np.__version__, "runs": runs}
    case["ratio"] = round(min(map(seconds_of, runs)) / seconds_of(ours), 2)
    case["same_penalties_and_evidence"] = all(
        best[t][1] == report["penalties_" + name] and abs(best[t][0] - report["evidence_" + name]) < 1e-3
        for t, name in enumerate(("score", "log_cost")))
    return case


def main():
    if sys.argv[-1] == "measure":
        measure(sys.argv[2], int(sys.argv[1]))
        return 0
    cases = [compare(directory, int(sys.argv[1])) for directory in sys.argv[2:]]
    print(json.dumps({"cases": cases}))
    theirs = sum(min(map(seconds_of, case["yardstick"]["runs"])) for case in cases)
    print(f"ratio {theirs / sum(seconds_of(case['ours']) for case in cases):.2f}x")
    return 0 if all(case["same_penalties_and_evidence"] for case in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
