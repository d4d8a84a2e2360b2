"""Rows for ridge.sh, for us and for the yardstick alike.

ridge_rows.py DIR random ROWS MODELS DIMENSION  unit vectors, scores and costs that hang on them, ten clients
ridge_rows.py DIR log FOLDER NAME               the training rows of FOLDER/partitions/NAME.100.json

Writes x.f32 (one vector per row), rows.f64 (client, model, score, cost; by client) and shape.json."""
import gzip
import json
import os
import sys

import numpy as np


def unit(x):
    x = x.astype(np.float64)
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def random_rows(n, models, d):
    rng = np.random.default_rng(1)
    x = unit(rng.standard_normal((n, d)))
    model = rng.integers(models, size=n)
    score = rng.random(n) < .5 + .02 * model + 2 * x[:, 0] + x[np.arange(n), 1 + model]
    cost = 1e-4 * (1 + model) * np.exp(x[:, 1] + .3 * rng.standard_normal(n))
    return x, np.stack([np.arange(n) * 10 // n, model, score, cost], 1), models


def log_rows(folder, name):
    x, rows, queries = np.load(os.path.join(folder, name + ".minilm.npy")), [], {}
    with gzip.open(os.path.join(folder, name + ".jsonl.gz"), "rt", encoding="utf-8") as lines:
        for i, line in enumerate(lines):
            query = json.loads(line)
            queries[query["id"]] = (i, query["scores"], query.get("costs") or query["derived_costs"])
    with open(os.path.join(folder, "partitions", name + ".100.json"), encoding="utf-8") as file:
        clients = json.load(file)["clients"]
    names = sorted({model for client in clients for _, model in client["train"]})
    places = []
    for c, client in enumerate(clients):
        for query, model in client["train"]:
            i, scores, costs = queries[query]
            places.append(i)
            rows.append([c, names.index(model), scores[model], costs[model]])
    return unit(x[places]), np.array(rows), len(names)


def main():
    directory, kind = sys.argv[1:3]
    if kind == "log":
        x, rows, models = log_rows(*sys.argv[3:5])
    else:
        x, rows, models = random_rows(*map(int, sys.argv[3:6]))
    x.tofile(os.path.join(directory, "x.f32"))
    rows.astype(np.float64).tofile(os.path.join(directory, "rows.f64"))
    with open(os.path.join(directory, "shape.json"), "w", encoding="utf-8") as file:
        json.dump({"data": sys.argv[4] if kind == "log" else "random", "rows": len(rows), "models": models,
                   "dimension": x.shape[1], "clients": int(rows[-1, 0]) + 1}, file)


if __name__ == "__main__":
    main()
