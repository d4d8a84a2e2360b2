"""The yardstick of ridge.sh: the same sums and grid, written down with numpy.linalg (all its BLAS threads).

Direct form of algorithms.md §10: one Cholesky factor and one solve per model and (l1, li), one factor of S per
grid point, both targets sharing each. numpy has no triangular solve, so its general one does that work."""
import json
import os
import sys
import time

import numpy as np

L0 = [.01, .03, .1, .3, 1, 3, 10, 30, 100, 300]
L1 = [.1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000]
LI = [.001, .01, .1, 1, 10]


def statistics(x, model, targets, k):
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


def main():
    with open(os.path.join(sys.argv[1], "ours.json"), encoding="utf-8") as file:
        ours = json.load(file)
    k, d = ours["models"], ours["dimension"]
    x = np.fromfile(os.path.join(sys.argv[1], "x.f32"), np.float32).reshape(-1, d)
    model, score, cost = np.fromfile(os.path.join(sys.argv[1], "rows.f64")).reshape(-1, 3).T
    targets = np.stack([score, np.log(1e6 * cost + .1)], 1)
    start = time.monotonic()
    sums = statistics(x, model, targets, k)
    statistics_s = time.monotonic() - start
    start = time.monotonic()
    best = solve(sums, d)
    solve_s = time.monotonic() - start
    report = ours["report"]
    same = best[0][1] == report["penalties_score"] and best[1][1] == report["penalties_log_cost"] \
        and abs(best[0][0] - report["evidence_score"]) < 1e-3 \
        and abs(best[1][0] - report["evidence_log_cost"]) < 1e-3
    print(json.dumps({"yardstick": "numpy " + np.__version__, "statistics_s": round(statistics_s, 4),
                      "solve_s": round(solve_s, 4), "same_penalties_and_evidence": bool(same)}))
    ratio = (statistics_s + solve_s) / (ours["statistics_s"] + ours["solve_s"])
    print(f"ratio {ratio:.2f}x")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
