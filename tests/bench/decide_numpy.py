"""The yardstick of decide.sh: the decisions of every learner with numpy, on one thread. Reads what
bench_decide measured, prints both, then the ratio of the ridge; fails if one of our decisions allocated."""
import json
import sys
import time

import numpy as np

WARM, DECISIONS, CENTRES, UNITS, LAMBDA = 1000, 20000, 20, 512, 1.0
F32 = np.float32


def static(models, _d, rng):
    score, cost = rng.random(models), rng.random(models)
    return lambda x: (score - LAMBDA * cost).argmax()


def ridge(models, d, rng):
    theta, intercept = rng.standard_normal((2 * models, d)), rng.standard_normal(2 * models)

    def decide(x):
        both = theta @ x + intercept
        return (both[:models] - LAMBDA * 1e-6 * np.exp(np.clip(both[models:], -6.2, 27.8))).argmax()
    return decide


def kmeans(models, d, rng):
    centres, table = rng.standard_normal((CENTRES, d)).astype(F32), rng.random((CENTRES, 2, models))

    def decide(x):
        row = table[((centres - x) ** 2).sum(axis=1).argmin()]
        return (row[0] - LAMBDA * row[1]).argmax()
    return decide


def gelu(u):
    """By tanh: numpy has no error function."""
    return F32(.5) * u * (1 + np.tanh(F32(.7978846) * (u + F32(.044715) * u * u * u)))


def mlp(models, d, rng):
    weights = [(rng.standard_normal((UNITS, n)) / np.sqrt(n)).astype(F32) for n in (d, UNITS)]
    heads = (rng.standard_normal((2 * models, UNITS)) / np.sqrt(UNITS)).astype(F32)
    bias = np.zeros(UNITS, F32)

    def decide(x):
        for weight in weights:
            x = weight @ x + bias
            x = x - x.mean()
            x = gelu(x / np.sqrt((x * x).mean() + F32(1e-5)))
        both = heads @ x
        score, cost = 1 / (1 + np.exp(-both[:models])), 1e-6 * np.exp(np.clip(both[models:], -6.2, 27.8))
        return (score - LAMBDA * cost).argmax()
    return decide


def measure(decide, x):
    taken = []
    for i in range(WARM + DECISIONS):
        start = time.perf_counter()
        decide(x[i % len(x)])
        taken.append(1e6 * (time.perf_counter() - start))
    taken = sorted(taken[WARM:])
    return {"p50_us": round(taken[DECISIONS // 2], 3), "p99_us": round(taken[DECISIONS // 100 * 99], 3)}


def main():
    ours, rng = json.load(sys.stdin), np.random.default_rng(1)
    x = rng.standard_normal((1000, ours["dimension"])).astype(F32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    theirs = {"name": "numpy " + np.__version__}
    for learner in (static, ridge, kmeans, mlp):
        if learner.__name__ in ours["learners"]:
            theirs[learner.__name__] = measure(learner(ours["models"], ours["dimension"], rng), x)
    print(json.dumps(ours | {"yardstick": theirs}))
    first = "ridge" if "ridge" in theirs else next(iter(ours["learners"]))
    print(f"ratio {theirs[first]['p50_us'] / ours['learners'][first]['p50_us']:.2f}x")
    return 1 if any(learner["allocations"] for learner in ours["learners"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
