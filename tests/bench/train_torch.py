"""The yardstick of train.sh: the same network, loss, clipping and optimiser in PyTorch.

train_torch.py DIMENSION ROWS MODELS CLIENTS N: one client on one thread; one client on N threads; CLIENTS
clients on N processes of one thread each. Prints rows per second as JSON, and GFLOP/s of torch.mm on one
thread. Whatever makes PyTorch fast here is used: two head matrices with a row per model, the fused AdamW.
"""
import json
import sys
import time

import torch
import torch.multiprocessing as processes
from torch import nn

BATCH, UNITS = 128, 512


class Net(nn.Module):
    def __init__(self, d, k):
        super().__init__()
        layer = lambda n: [nn.Linear(n, UNITS), nn.LayerNorm(UNITS), nn.GELU(), nn.Dropout(.1)]
        self.trunk = nn.Sequential(*layer(d), *layer(UNITS))
        self.score, self.cost = nn.Linear(UNITS, k), nn.Linear(UNITS, k)

    def forward(self, x):
        h = self.trunk(x)
        return torch.sigmoid(self.score(h)), self.cost(h)


def make(d, rows, k):
    torch.manual_seed(1)
    x = nn.functional.normalize(torch.randn(rows, d))
    mask = nn.functional.one_hot(torch.randint(k, (rows,)), k).float()
    return x, mask, (torch.rand(rows, k) < .5).float() * mask, torch.randn(rows, k) * mask


def epoch(net, optimiser, data):
    for at in torch.randperm(len(data[0])).split(BATCH):
        x, mask, score, cost = (values[at] for values in data)
        a, z = net(x)
        n = mask.sum() + 1e-8
        loss = (mask * (a - score) ** 2).sum() / n \
            + (mask * nn.functional.huber_loss(z, cost, reduction="none")).sum() / n
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()


def client(d, rows, k, threads, epochs, barrier=None, seconds=None):
    """Seconds of `epochs` passes of one client after a first one that warms up."""
    torch.set_num_threads(threads)
    net, data = Net(d, k), make(d, rows, k)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=3e-4, fused=True)
    epoch(net, optimiser, data)
    if barrier:
        barrier.wait()
    start = time.monotonic()
    for _ in range(epochs):
        epoch(net, optimiser, data)
    if seconds is not None:
        seconds.put(time.monotonic() - start)
    return time.monotonic() - start


def by_processes(d, rows, k, clients, n):
    """N processes side by side, each with its share of the clients."""
    barrier, seconds, share = processes.Barrier(n), processes.Queue(), clients // n
    args = (d, rows, k, 1, share, barrier, seconds)
    workers = [processes.Process(target=client, args=args) for _ in range(n)]
    for worker in workers:
        worker.start()
    slowest = max(seconds.get() for _ in workers)
    for worker in workers:
        worker.join()
    return rows * share * n / slowest


def gflops(m, n, k):
    """The fastest of some runs of an m × k by k × n product."""
    torch.set_num_threads(1)
    a, b, out, best = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n), float("inf")
    for _ in range(100):
        start = time.perf_counter()
        torch.mm(a, b, out=out)
        best = min(best, time.perf_counter() - start)
    return round(2e-9 * m * n * k / best, 1)


def main():
    d, rows, k, clients, n = (int(word) for word in sys.argv[1:])
    processes.set_start_method("spawn")
    print(json.dumps({"one_client": round(2 * rows / client(d, rows, k, 1, 2)),
                      "threads": round(2 * rows / client(d, rows, k, n, 2)),
                      "processes": round(by_processes(d, rows, k, clients, n)),
                      "torch_batch": gflops(BATCH, UNITS, 768), "torch_square": gflops(1536, 1536, 1536),
                      "version": torch.__version__}))


if __name__ == "__main__":
    main()
