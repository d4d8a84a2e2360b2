#!/usr/bin/env python3
"""Vectors for tests/golden/ridge: the hierarchical ridge by numpy in float64, from rows and not from sums.

Coefficients solve the least squares of the objective with all unknowns at once; the evidence is the Gaussian
likelihood of the rows with their N × N covariance; variances come from the posterior of all unknowns. Nothing
is eliminated.

Run in this folder: python3 generate_ridge.py   (writes ridge/ridge.json)
"""
import itertools
import json

import numpy as np

L0 = [.01, .03, .1, .3, 1, 3, 10, 30, 100, 300]
L1 = [.1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000]
LI = [.001, .01, .1, 1, 10]


def design(x, model, k):
    """One row (x | per model: [own] · [1; x]) per observation: unknowns are w0, then a_m, v_m per model."""
    own = np.eye(k)[model][:, :, None] * np.hstack([np.ones((len(x), 1)), x])[:, None, :]
    return np.hstack([x, own.reshape(len(x), -1)])


def penalty(k, d, l0, l1, li):
    return np.concatenate([np.full(d, l0), np.tile([li] + [l1] * d, k)])


def evidence(phi, y, weights):
    covariance = np.eye(len(y)) + (phi / weights) @ phi.T
    sigma2 = y @ np.linalg.solve(covariance, y) / len(y)
    log_det = np.linalg.slogdet(covariance)[1]
    return -.5 * (len(y) * np.log(2 * np.pi * sigma2) + len(y) + log_det), sigma2


def target(x, model, y, k, queries):
    d, mean = x.shape[1], y.mean()
    phi, best = design(x, model, k), (-np.inf,)
    for l0, l1, li in itertools.product(L0, L1, LI):
        value, sigma2 = evidence(phi, y - mean, penalty(k, d, l0, l1, li))
        if value > best[0]:
            best = value, sigma2, [l0, l1, li]
    weights = penalty(k, d, *best[2])
    unknowns = np.linalg.lstsq(np.vstack([phi, np.diag(np.sqrt(weights))]),
                               np.concatenate([y - mean, np.zeros(len(weights))]), rcond=None)[0]
    w0, own = unknowns[:d], unknowns[d:].reshape(k, d + 1)
    theta = own + np.concatenate([[0], w0])
    theta[:, 0] += mean
    posterior = np.linalg.inv(phi.T @ phi + np.diag(weights))
    at = np.stack([design(queries, np.full(len(queries), m), k) for m in range(k)], 1)
    variance = best[1] * np.einsum("qmi,ij,qmj->qm", at, posterior, at)
    return {"evidence": best[0], "sigma2": best[1], "penalties": best[2], "theta": theta.ravel().tolist(),
            "variance": variance.ravel().tolist()}


def unit_vectors(rng, n, d):
    x = rng.standard_normal((n, d))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def case(rng, n, d, k):
    """Model k − 1 has no row, model k − 2 only two; the others differ in level and in slope."""
    x = unit_vectors(rng, n, d)
    model = np.concatenate([[k - 2, k - 2], rng.integers(0, k - 2, n - 2)])
    slopes = rng.standard_normal(d) + .7 * rng.standard_normal((k, d))
    score = (rng.random(n) < .5 + .4 * (slopes[model] * x).sum(1)).astype(float)
    score[::5] = .25
    cost = 1e-4 * (1 + model) * np.exp((slopes[model] * x).sum(1) + .2 * rng.standard_normal(n))
    queries = unit_vectors(rng, 3, d)
    wide, wide_queries = x.astype(np.float64), queries.astype(np.float64)
    return {"n": n, "d": d, "k": k, "x": [float(v) for v in x.ravel()], "model": model.tolist(),
            "score": score.tolist(), "cost": cost.tolist(), "queries": [float(v) for v in queries.ravel()],
            "targets": [target(wide, model, score, k, wide_queries),
                        target(wide, model, np.log(1e6 * cost + .1), k, wide_queries)]}


def main():
    rng = np.random.default_rng(20)
    cases = {"small": case(rng, 40, 3, 4), "few_rows": case(rng, 30, 12, 5),
             "more_rows": case(rng, 160, 8, 6)}
    with open("ridge/ridge.json", "w", encoding="utf-8") as file:
        json.dump(cases, file)


if __name__ == "__main__":
    main()
