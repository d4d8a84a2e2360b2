"""Golden vectors of common/evaluate: algorithms.md §5 written down in numpy, step by step.

    python3 tests/golden/evaluate/generate_evaluate.py     writes tables.json beside this file
"""
import json
import os

import numpy as np

LAMBDAS = [10 ** (-2 + 9 * k / 99) for k in range(100)]


def aiq(points, lo, hi):
    points = sorted(set(points))
    chain = []
    for q in points:
        while len(chain) >= 2:
            u, v = chain[-2], chain[-1]
            if (v[1] - u[1]) * (q[0] - u[0]) <= (q[1] - u[1]) * (v[0] - u[0]):
                chain.pop()
            else:
                break
        chain.append(q)
    cost = np.array([p[0] for p in chain])
    score = np.maximum.accumulate([p[1] for p in chain])
    if len(cost) >= 2 and cost[0] == cost[1]:
        cost, score = cost[1:], score[1:]
    grid = np.linspace(lo, hi, 2001)
    f = np.interp(grid, cost, score)
    f[grid < cost[0]] = 0.0
    area = np.sum((f[1:] + f[:-1]) / 2 * np.diff(grid)) / (hi - lo)
    return float(area), cost, score


def nauc(points):
    points = sorted(points, key=lambda p: p[0])
    c = np.array([p[0] for p in points])
    s = np.array([p[1] for p in points])
    if c[-1] == c[0]:
        return 0.0
    return float(np.sum((s[1:] + s[:-1]) / 2 * np.diff(c)) / (c[-1] - c[0] + 1e-12))


def curve(score, cost, guess, price, routable):
    allowed = ~np.isnan(score) & routable
    rows = np.flatnonzero(allowed.any(axis=1))
    points = []
    for lam in LAMBDAS:
        utility = np.where(allowed, guess - lam * price, -np.inf)
        m = utility.argmax(axis=1)[rows]
        points.append((float(cost[rows, m].mean()), float(score[rows, m].mean())))
    return points


def iso_cost(hull_cost, hull_score, target):
    if hull_score[0] >= target:
        return float(hull_cost[0])
    for i in range(1, len(hull_cost)):
        if hull_score[i] >= target:
            share = (target - hull_score[i - 1]) / (hull_score[i] - hull_score[i - 1])
            return float(hull_cost[i - 1] + share * (hull_cost[i] - hull_cost[i - 1]))
    return None


def ece(guess, score):
    seen = ~np.isnan(score)
    guess, score = guess[seen], score[seen]
    bins = np.clip(np.floor(guess * 15), 0, 14).astype(int)
    total = 0.0
    for b in range(15):
        inside = bins == b
        if inside.any():
            total += inside.sum() / len(guess) * abs(guess[inside].mean() - score[inside].mean())
    return total


def case(seed, n, k, missing, unroutable):
    rng = np.random.default_rng(seed)
    skill = rng.uniform(0.2, 0.9, k)
    level = np.exp(rng.uniform(np.log(1e-5), np.log(1e-2), k))
    score = np.where(rng.random((n, k)) < skill, 1.0, np.round(rng.random((n, k)) * 0.4, 3))
    cost = np.round(level * np.exp(0.5 * rng.normal(size=(n, k))), 9)
    hidden = rng.random((n, k)) < missing
    hidden[np.arange(n), rng.integers(0, k, n)] = False
    score[hidden] = cost[hidden] = np.nan
    guess = np.round(skill + 0.3 * rng.normal(size=(n, k)), 4)
    guess[: n // 4] = np.round(guess[: n // 4], 1)
    price = np.round(level * np.exp(0.3 * rng.normal(size=(n, k))), 9)
    task = np.sort(rng.integers(0, 3, n))
    routable = np.arange(k) >= unroutable

    singles = [(float(np.nanmean(cost[:, m])), float(np.nanmean(score[:, m]))) for m in range(k)]
    lo, hi = min(s[0] for s in singles), max(s[0] for s in singles)
    points = curve(score, cost, guess, price, routable)
    area, hull_cost, hull_score = aiq(points, lo, hi)
    best = max(range(k), key=lambda m: (singles[m][1], -singles[m][0]))
    everything = np.where(np.isnan(score), -np.inf, score)

    def oracle(lam):
        utility = np.where(np.isnan(score), -np.inf, score - lam * np.nan_to_num(cost))
        m = utility.argmax(axis=1)
        return float(cost[np.arange(n), m].mean()), float(score[np.arange(n), m].mean())

    top = np.array([min(cost[r, m] for m in range(k) if everything[r, m] == everything[r].max())
                    for r in range(n)])
    oracles = [oracle(lam) for lam in LAMBDAS] + [(float(top.mean()), float(everything.max(axis=1).mean()))]
    seen = ~np.isnan(cost) & routable
    iso = iso_cost(hull_cost, hull_score, singles[best][1])
    return {
        "n": n, "k": k, "unroutable": unroutable, "task": task.tolist(),
        "score": [None if np.isnan(v) else v for v in score.ravel().tolist()],
        "cost": [None if np.isnan(v) else v for v in cost.ravel().tolist()],
        "guess": guess.ravel().tolist(), "price": price.ravel().tolist(),
        "expect": {
            "aiq": area, "nauc": nauc(points), "peak": max(p[1] for p in points),
            "first_cost": points[0][0], "last_cost": points[-1][0], "last_score": points[-1][1],
            "static_mix": aiq(singles, lo, hi)[0], "oracle": aiq(oracles, lo, hi)[0], "best_single": best,
            "oracle_accuracy": float(everything.max(axis=1).mean()),
            "random_cost": float(np.mean([s[0] for s in singles])),
            "iso_cost": iso, "cost_save": None if iso is None else 1 - iso / singles[best][0],
            "perf_gain": max(p[1] for p in points) / singles[best][1] - 1,
            "ece": float(np.mean([ece(guess[:, m], score[:, m]) for m in range(k) if routable[m]])),
            "brier": float(np.mean([np.nanmean((guess[:, m] - score[:, m]) ** 2)
                                    for m in range(k) if routable[m]])),
            "cost_error": float(np.mean(np.abs(np.log(price[seen]) - np.log(cost[seen])))),
        },
    }


if __name__ == "__main__":
    cases = [case(1, 60, 4, 0.0, 0), case(2, 50, 5, 0.3, 0), case(3, 40, 3, 0.2, 1), case(4, 30, 2, 0.0, 0)]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
