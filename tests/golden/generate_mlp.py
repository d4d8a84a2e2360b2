#!/usr/bin/env python3
"""Vectors for tests/golden/mlp: the MLP router by numpy in float64, with its own Philox, shuffles and masks.

Big arrays are not stored: parameters and inputs are `hashed` numbers that the test makes again, and of a
parameter tensor the file has its projection on hashed numbers, its norm and a few elements.

Run in this folder: python3 generate_mlp.py   (writes mlp/mlp.json)
"""
import hashlib
import json
import math

import numpy as np

UNITS, PANEL, BATCH, DROP = 512, 32, 128, 6554
TENSORS = [f"trunk.{layer}.{name}" for layer in (0, 1) for name in ("weight", "bias", "gamma", "beta")] \
    + ["score.weight", "score.bias", "cost.weight", "cost.bias"]


def hashed(n, salt):
    """n numbers in [-1, 1) with 24 bits: the finalizer of MurmurHash3 over salt + i·0x9E3779B9."""
    h = (np.uint64(salt) + np.arange(n, dtype=np.uint64) * np.uint64(0x9E3779B9)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = (h ^ h >> np.uint64(shift)) * np.uint64(factor) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(16)
    return (h >> np.uint64(8)).astype(np.float64) / 2**23 - 1


def philox(key, stream, blocks):
    """Philox4x32-10 of the counters (block, stream): an array [n, 4] of words."""
    low = np.uint64(0xFFFFFFFF)
    c = [blocks & low, blocks >> np.uint64(32), np.full_like(blocks, stream & 0xFFFFFFFF),
         np.full_like(blocks, stream >> 32)]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        p = [np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]]
        c = [p[1] >> np.uint64(32) ^ c[1] ^ np.uint64(k[0]), p[1] & low,
             p[0] >> np.uint64(32) ^ c[3] ^ np.uint64(k[1]), p[0] & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, 1)


def words(stream, first, n):
    """Words first … first + n − 1 of a stream; first is a multiple of 4."""
    blocks = np.arange(first // 4, (first + n + 3) // 4, dtype=np.uint64)
    return philox(*stream, blocks).ravel()[:n]


class Rng:
    """Word after word of a stream."""
    def __init__(self, stream):
        self.stream, self.at, self.block = stream, 0, None

    def u64(self):
        if self.at % 4 == 0:
            self.block = [int(w) for w in words(self.stream, self.at, 4)]
        low, high = self.block[self.at % 4], self.block[self.at % 4 + 1]
        self.at += 2
        return low | high << 32

    def below(self, n):
        while True:
            word = self.u64()
            if word >= 2**64 % n:
                return word % n

    def shuffle(self, items):
        for i in range(len(items), 1, -1):
            j = self.below(i)
            items[i - 1], items[j] = items[j], items[i - 1]


def stream_of(seed, phase, who, purpose):
    text = lambda field: len(field).to_bytes(8, "little") + field.encode()
    numbers = seed.to_bytes(8, "little") + phase.to_bytes(8, "little")
    digest = hashlib.sha256(text("fedrouter.stream/1") + numbers + text(who) + text(purpose)).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")


def shapes(d, k):
    layer = lambda n: [(n, UNITS), (UNITS,), (UNITS,), (UNITS,)]
    return layer(d) + layer(UNITS) + [(k, UNITS), (k,), (k, UNITS), (k,)]


def is_panelled(i):
    return i in (0, 4)


def stored(i, tensor):
    """The elements of tensor i as they are kept: weights of the trunk in panels of 32 outputs."""
    if is_panelled(i):
        return tensor.reshape(len(tensor), UNITS // PANEL, PANEL).transpose(1, 0, 2).ravel()
    return tensor.ravel()


def of_stored(i, flat, shape):
    if is_panelled(i):
        return flat.reshape(UNITS // PANEL, shape[0], PANEL).transpose(1, 0, 2).reshape(shape)
    return flat.reshape(shape)


def gelu(t):
    phi = .5 * np.vectorize(math.erfc)(-t / math.sqrt(2))
    return t * phi, phi + t * np.exp(-t * t / 2) / math.sqrt(2 * math.pi)


def mask(stream, step, layer, rows):
    """Factors of units: the low half of word (step, layer, row, j) decides over j, the high over 256 + j."""
    if stream is None:
        return np.ones((rows, UNITS))
    half = UNITS // 2
    drawn = words(stream, (step * 2 + layer) * BATCH * half, rows * half).reshape(rows, half)
    halves = np.hstack([drawn & np.uint64(0xFFFF), drawn >> np.uint64(16)])
    return np.where(halves >= DROP, 65536 / (65536 - DROP), 0.0)


def forward(p, x, masks):
    kept, h = [], x
    for layer in range(2):
        w, b, gamma, beta = p[4 * layer:4 * layer + 4]
        u = h @ w + b
        scale = 1 / np.sqrt(u.var(1, keepdims=True) + 1e-5)
        normal = (u - u.mean(1, keepdims=True)) * scale
        out, slope = gelu(gamma * normal + beta)
        kept.append((h, normal, scale, slope * masks[layer]))
        h = out * masks[layer]
    return kept, h


def heads(p, h):
    return 1 / (1 + np.exp(-(h @ p[8].T + p[9]))), h @ p[10].T + p[11]


def loss_and_gradient(p, x, batch, masks):
    """batch: arrays model, score, target; NaN where not observed."""
    kept, h = forward(p, x, masks)
    a, z = heads(p, h)
    here = np.arange(len(x)), batch["model"]
    e, f = a[here] - batch["score"], z[here] - batch["target"]
    scored, costed = ~np.isnan(e), ~np.isnan(f)
    n_score, n_cost = scored.sum() + 1e-8, costed.sum() + 1e-8
    huber = np.where(np.abs(f) < 1, f * f / 2, np.abs(f) - .5)
    loss = np.nansum(e * e) / n_score + np.nansum(huber) / n_cost
    da, dz = np.zeros_like(a), np.zeros_like(z)
    da[here] = np.where(scored, 2 * e * a[here] * (1 - a[here]), 0) / n_score
    dz[here] = np.where(costed, np.clip(f, -1, 1), 0) / n_cost
    g = [None] * 8 + [da.T @ h, da.sum(0), dz.T @ h, dz.sum(0)]
    d = da @ p[8] + dz @ p[10]
    for layer in (1, 0):
        below, normal, scale, slope = kept[layer]
        w, _, gamma, _ = p[4 * layer:4 * layer + 4]
        d = d * slope
        g[4 * layer + 2], g[4 * layer + 3] = (d * normal).sum(0), d.sum(0)
        d = d * gamma
        d = scale * (d - d.mean(1, keepdims=True) - normal * (d * normal).mean(1, keepdims=True))
        g[4 * layer], g[4 * layer + 1] = below.T @ d, d.sum(0)
        d = d @ w.T
    return loss, g


class AdamW:
    def __init__(self, p, lr, weight_decay):
        self.lr, self.weight_decay, self.t = lr, weight_decay, 0
        self.m, self.v = [np.zeros_like(q) for q in p], [np.zeros_like(q) for q in p]

    def step(self, p, g):
        self.t += 1
        norm = math.sqrt(sum((q * q).sum() for q in g))
        clip = min(1, 1 / (norm + 1e-6))
        for i, (m, v) in enumerate(zip(self.m, self.v)):
            m += .1 * (clip * g[i] - m)
            v += .001 * ((clip * g[i]) ** 2 - v)
            p[i] = p[i] * (1 - self.lr * self.weight_decay) \
                - self.lr * m / (1 - .9 ** self.t) / (np.sqrt(v / (1 - .999 ** self.t)) + 1e-8)
        return norm


def told(tensors):
    """What the file says of the tensors of the network."""
    out = {}
    for i, name in enumerate(TENSORS):
        flat = stored(i, tensors[i])
        at = [j * len(flat) // 7 for j in range(7)]
        out[name] = {"norm": math.sqrt((flat * flat).sum()),
                     "projection": float(flat @ hashed(len(flat), 1000 + i)),
                     "elements": [[j, float(flat[j])] for j in at]}
    return out


def hashed_parameters(d, k, size):
    p = []
    for i, shape in enumerate(shapes(d, k)):
        wide = len(shape) > 1
        bound = size / math.sqrt(shape[0] if i < 8 else UNITS) if wide else .3
        values = (bound * hashed(int(np.prod(shape)), 100 + i)).astype(np.float32).astype(np.float64)
        p.append(of_stored(i, values + (i in (2, 6)), shape))
    return p


def hashed_rows(n, d, salt):
    return (hashed(n * d, salt) / 4).astype(np.float32).astype(np.float64).reshape(n, d)


def or_none(values):
    return [None if np.isnan(v) else float(v) for v in values]


def step_case(d, k, rows, size, stream):
    """Loss and gradient of one batch, then three steps on it. The last model is never observed."""
    rng = np.random.default_rng(rows)
    p, x = hashed_parameters(d, k, size), hashed_rows(rows, d, 7)
    batch = {"model": rng.integers(0, k - 1, rows), "score": rng.random(rows).round(3),
             "target": (2 * rng.standard_normal(rows)).round(3)}
    batch["score"][3::9], batch["target"][4::7] = np.nan, np.nan
    case = {"d": d, "k": k, "rows": rows, "size": size, "dropout": stream, "lr": 1e-3, "weight_decay": .1,
            "model": batch["model"].tolist(), "score": or_none(batch["score"]),
            "target": or_none(batch["target"])}
    optimiser, before = AdamW(p, case["lr"], case["weight_decay"]), [q.copy() for q in p]
    norms, losses = [], []
    for step in range(3):
        loss, g = loss_and_gradient(p, x, batch, [mask(stream, step, layer, rows) for layer in range(2)])
        if step == 0:
            case["gradient"] = told(g)
        losses.append(float(loss))
        norms.append(optimiser.step(p, g))
    return case | {"losses": losses, "norms": norms, "moved": told([q - r for q, r in zip(p, before)])}


def log_cost(cost, paper):
    return np.log1p(cost) if paper else np.log(1e6 * cost + .1)


def scaler(model, cost, k, paper):
    l = log_cost(cost, paper)
    pooled = l.std() if l.std() >= 1e-3 else 1.0
    mu, sigma = np.zeros(k), np.ones(k)
    for m in range(k):
        own = l[model == m]
        if paper:
            mu[m] = own.mean() if len(own) else 0
            sigma[m] = own.std() if len(own) and own.std() > 1e-6 else 1
        else:
            mu[m] = own.mean() if len(own) else l.mean()
            sigma[m] = own.std() if len(own) >= 2 and own.std() >= 1e-3 else pooled
    return mu, sigma


def initial(seed, d, k):
    stream, at, p = stream_of(seed, 0, "coordinator", "init"), 0, []
    for i, shape in enumerate(shapes(d, k)):
        n = int(np.prod(shape))
        if i in (2, 3, 6, 7):
            p.append(np.full(shape, float(i in (2, 6))))
            continue
        low, high = words(stream, at, 2 * n).reshape(n, 2).T
        at += 2 * n
        assert at % 4 == 0
        uniform = ((low | high << np.uint64(32)) >> np.uint64(11)).astype(np.float64) * 2.0 ** -53
        bound = 1 / math.sqrt(d if i < 4 else UNITS)
        p.append(of_stored(i, (bound * (2 * uniform - 1)).astype(np.float32).astype(np.float64), shape))
    return p


def part_of(batch, rows):
    return {name: values[rows] for name, values in batch.items()}


def train(p, x, batch, case, phase, client):
    """One client's round: the trained parameters."""
    shuffle = Rng(stream_of(case["seed"], phase, client, "shuffle"))
    dropout = stream_of(case["seed"], phase, client, "dropout")
    p, order, step = [q.copy() for q in p], list(range(len(x))), 0
    optimiser = AdamW(p, case["lr"], case["weight_decay"])
    for _ in range(case["epochs"]):
        shuffle.shuffle(order)
        for first in range(0, len(order), BATCH):
            rows = order[first:first + BATCH]
            masks = [mask(dropout, step, layer, len(rows)) for layer in range(2)]
            optimiser.step(p, loss_and_gradient(p, x[rows], part_of(batch, rows), masks)[1])
            step += 1
    return p


def run_case(paper):
    """Two rounds of three clients: nobody observes model 3, only client-01 model 2; client-02 has no rows."""
    d, k, sizes = 24, 4, [150, 40, 0]
    rng, n = np.random.default_rng(4), sum(sizes)
    case = {"paper": paper, "seed": 100, "d": d, "k": k, "clients": sizes, "rounds": 2, "epochs": 2,
            "lr": 1e-3, "weight_decay": 3e-4}
    x = hashed_rows(n, d, 9)
    model = np.concatenate([rng.integers(0, 2, sizes[0]), rng.integers(0, 3, sizes[1])])
    score = (rng.random(n) < .5 + x[:, 0]).astype(float)
    cost = np.round(1e-4 * (1 + 5 * model) * np.exp(rng.standard_normal(n)), 8)
    cost[model == 1] = 2e-4
    mu, sigma = scaler(model, cost, k, paper)
    target = (log_cost(cost, paper) - mu[model]) / (sigma[model] + 1e-8)
    batch = {"model": model, "score": score, "target": np.clip(target, -3, 3) if paper else target}
    p, parts = initial(case["seed"], d, k), [slice(0, sizes[0]), slice(sizes[0], n)]
    case["initial"] = told(p)
    for phase in (1, 2):
        trained = [train(p, x[part], part_of(batch, part), case, phase, f"client-{i:02}")
                   for i, part in enumerate(parts)]
        rows = np.array([[np.sum(model[part] == m) for m in range(k)] for part in parts], dtype=float)
        for i, q in enumerate(p):
            weight = rows if i >= 8 and not paper else np.repeat(rows.sum(1, keepdims=True), k, 1)
            total = np.zeros_like(q)
            for c, w in enumerate(weight):
                share = w / np.maximum(weight.sum(0), 1)
                share = share.reshape(-1, *[1] * (q.ndim - 1)) if i >= 8 else share[0]
                total += share * (trained[c][i] - q)
            p[i] = q + total
    a, z = heads(p, forward(p, hashed_rows(3, d, 11), [1, 1])[1])
    l = z * (sigma + 1e-8) + mu
    costs = np.maximum(0, np.expm1(l)) if paper else 1e-6 * np.exp(np.clip(l, -6.2, 27.8))
    lists = {"model": model, "score": score, "cost": cost, "mu": mu, "sigma": sigma, "scores": a.ravel(),
             "costs": costs.ravel()}
    return case | {name: values.tolist() for name, values in lists.items()} | {"final": told(p)}


def main():
    cases = {"clipped": step_case(40, 5, 21, 6.0, None), "plain": step_case(33, 3, 128, 1.0, [3, 4]),
             "default": run_case(False), "paper": run_case(True)}
    with open("mlp/mlp.json", "w", encoding="utf-8") as file:
        json.dump(cases, file)


if __name__ == "__main__":
    main()
