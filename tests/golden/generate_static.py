#!/usr/bin/env python3
"""Vectors for tests/golden/static: shrunk means by numpy, with missing scores and missing costs.

Run in this folder: python3 generate_static.py   (writes static/static.json)
"""
import json

import numpy as np

KAPPA = 24


def shrunk(model, value, k):
    seen = ~np.isnan(value)
    n = np.bincount(model[seen], minlength=k)
    total = np.bincount(model[seen], weights=value[seen], minlength=k)
    return n, (total + KAPPA * np.nanmean(value)) / (n + KAPPA)


def plain(values):
    return [None if np.isnan(v) else float(v) for v in values]


def main():
    rng = np.random.default_rng(24)
    k, rows = 5, 90
    model = rng.choice(k, rows, p=[.5, .3, .16, .04, 0])   # the last model has no row
    score, cost = rng.random(rows), 10.0 ** rng.uniform(-6, 0, rows)
    score[rng.random(rows) < .2] = np.nan
    cost[rng.random(rows) < .3] = np.nan
    n_score, scores = shrunk(model, score, k)
    n_cost, costs = shrunk(model, cost, k)
    with open("static/static.json", "w", encoding="utf-8") as file:
        json.dump({"k": k, "model": model.tolist(), "score": plain(score), "cost": plain(cost),
                   "expected_score": scores.tolist(), "expected_cost": costs.tolist(),
                   "routable": (np.minimum(n_score, n_cost) >= 5).astype(int).tolist()}, file)


if __name__ == "__main__":
    main()
