#!/usr/bin/env python3
"""Vectors for tests/golden/kmeans: Lloyd, weighted Lloyd and the shrunk table, computed by numpy in float64.

Run in this folder: python3 generate_kmeans.py   (writes kmeans/kmeans.json)
"""
import json

import numpy as np


def assign(x, centres):
    distance = ((x[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    ordered = np.sort(distance, axis=1)
    assert len(centres) == 1 or (ordered[:, 1] - ordered[:, 0]).min() > 1e-5, "too near a tie for float32"
    return distance.argmin(axis=1)


def lloyd(x, weight, starts, iterations, stale):
    x, centres = x.astype(np.float64), x[starts].astype(np.float64)
    k, done = len(starts), 0
    for done in range(1, iterations + 1):
        labels = assign(x, centres)
        masses = np.bincount(labels, weights=weight, minlength=k)
        assert masses.min() > 0, "an empty cluster would need our random numbers"
        means = np.stack([(weight[labels == j, None] * x[labels == j]).sum(axis=0) / masses[j]
                          for j in range(k)])
        means = means.astype(np.float32).astype(np.float64)
        shift = np.linalg.norm(means - centres) / (np.linalg.norm(centres) + 1e-8)
        centres = means
        if shift < 1e-4:
            break
    if not stale:
        labels = assign(x, centres)
    masses = np.bincount(labels, weights=weight, minlength=k)
    inertia = (weight * ((x - centres[labels]) ** 2).sum(axis=1)).sum()
    return {"centres": centres.ravel().tolist(), "labels": labels.tolist(), "masses": masses.tolist(),
            "inertia": inertia, "iterations": done}


def unit_vectors(rng, n, d, topics, spread):
    x = rng.standard_normal((topics, d))[rng.integers(0, topics, n)] + spread * rng.standard_normal((n, d))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def lloyd_case(rng, n, d, k, restarts, weighted):
    x = unit_vectors(rng, n, d, 6, 0.9)
    weight = rng.integers(1, 30, n).astype(float) if weighted else np.ones(n)
    starts = np.stack([rng.choice(n, k, replace=False) for _ in range(restarts)])
    case = {"n": n, "d": d, "k": k, "restarts": restarts, "x": [float(np.float32(v)) for v in x.ravel()],
            "weight": weight.tolist() if weighted else None, "starts": starts.ravel().tolist()}
    for name, iterations, stale in (("final", 30, False), ("early", 3, False), ("stale", 3, True)):
        runs = [lloyd(x, weight, s, iterations, stale) for s in starts]
        case[name] = runs
        case[name + "_best"] = int(np.argmin([run["inertia"] for run in runs]))
    return case


def shrink_case(rng, k, n_models):
    n = rng.integers(0, 40, (k, n_models)) * rng.integers(0, 2, (k, n_models))
    n[:, 2] = 0                                   # a model that nobody has seen
    total = rng.random((k, n_models)) * n
    model_n, model_sum = n.sum(axis=0), total.sum(axis=0)
    mean = np.where(model_n > 0, model_sum / np.maximum(model_n, 1), model_sum.sum() / model_n.sum())
    means = (total + 24 * mean) / (n + 24)
    return {"k": k, "models": n_models, "n": n.ravel().tolist(), "sum": total.ravel().tolist(),
            "means": means.ravel().tolist()}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def main():
    rng = np.random.default_rng(4)
    vectors = {"plain": lloyd_case(rng, 180, 21, 5, 3, False),
               "weighted": lloyd_case(rng, 60, 35, 4, 3, True),
               "shrink": shrink_case(rng, 5, 4)}
    with open("kmeans/kmeans.json", "w", encoding="ascii") as out:
        json.dump(rounded(vectors), out, separators=(",", ":"))
        out.write("\n")


main()
