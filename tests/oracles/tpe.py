"""Optuna 5's own Parzen estimators on given histories: writes tpe.json beside this file.

Each case is a history (points, losses; null: running) over a mixed space. Recorded are the mixtures of
good and other trials (weights, centres and widths in the space searched: logarithms for log
parameters) and log l - log g at fixed points, all computed by optuna.samplers._tpe.

Run again with: python tests/oracles/tpe.py   (needs optuna 5.0.0)
"""
import json
import math
import pathlib
import random

import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe import parzen_estimator, probability_distributions
from optuna.samplers._tpe.sampler import default_gamma, default_weights


class StableNumpy:
    """numpy whose argsort keeps ties in order: which of two kernels with one centre is the wider
    is an accident of the sort otherwise."""

    def __getattr__(self, name):
        return getattr(np, name)

    @staticmethod
    def argsort(a, kind=None):
        return np.argsort(a, kind="stable")


parzen_estimator.np = StableNumpy()
PARAMETERS = parzen_estimator._ParzenEstimatorParameters(
    prior_weight=1.0, consider_magic_clip=True, consider_endpoints=False, weights=default_weights, multivariate=True
)
# In order of names.
SPACE = {
    "a": ["float", -1.5, 4.0, False],
    "b": ["float", 1e-4, 10.0, True],
    "c": ["int", -3, 12, False],
    "d": ["int", 1, 5000, True],
    "e": ["choice", 4],
    "f": ["int", 0, 100000, False],
}


def distribution(spec):
    if spec[0] == "float":
        return FloatDistribution(spec[1], spec[2], log=spec[3])
    if spec[0] == "int":
        return IntDistribution(spec[1], spec[2], log=spec[3])
    return CategoricalDistribution(list(range(spec[1])))


def draw(rng, spec, centre):
    if spec[0] == "choice":
        return rng.randrange(spec[1])
    low, high = spec[1], spec[2]
    if centre:  # crowd some points: late in a search they are close together
        u = min(max(rng.gauss(0.3, 0.05), 0.0), 1.0)
    else:
        u = rng.random()
    x = math.exp(math.log(low) + u * math.log(high / low)) if spec[3] else low + u * (high - low)
    x = min(max(x, low), high)
    return int(round(x)) if spec[0] == "int" else x


def mixture(estimator):
    m = estimator._mixture_distribution
    axes = []
    for d in m.distributions:
        if isinstance(d, probability_distributions._BatchedCategoricalDistributions):
            axes.append({"choice": d.weights.tolist()})
        else:
            axes.append({"mu": d.mu.tolist(), "sigma": d.sigma.tolist()})
    return {"weights": m.weights.tolist(), "axes": axes}


def case(n, pending, names, seed):
    rng = random.Random(seed)
    space = {k: distribution(SPACE[k]) for k in names}
    points = [[draw(rng, SPACE[k], i > 20 and rng.random() < 0.7) for k in names] for i in range(n + pending)]
    losses = [round(rng.gauss(0, 3), 1) for _ in range(n)]
    running = set(rng.sample(range(max(0, n - 10), n + pending), pending))
    rows, finished = [], 0
    for i, p in enumerate(points):
        if i in running:
            rows.append([i, p, None])
        else:
            rows.append([i, p, losses[finished]])
            finished += 1
    complete = [r for r in rows if r[2] is not None]
    n_below = default_gamma(len(complete))
    below = sorted(complete, key=lambda r: r[2])[:n_below]
    chosen = {r[0] for r in below}
    good = [r for r in rows if r[0] in chosen]
    rest = [r for r in rows if r[0] not in chosen]

    def estimator(trials):
        return parzen_estimator._ParzenEstimator(
            {k: np.array([float(t[1][j]) for t in trials]) for j, k in enumerate(names)}, space, PARAMETERS
        )

    low, high = estimator(good), estimator(rest)
    queries = [[draw(rng, SPACE[k], rng.random() < 0.5) for k in names] for _ in range(12)] + [p for p in points[:3]]
    table = {k: np.array([float(q[j]) for q in queries]) for j, k in enumerate(names)}
    difference = low.log_pdf(table) - high.log_pdf(table)
    return {
        "names": names,
        "space": [SPACE[k] for k in names],
        "history": rows,
        "good": mixture(low),
        "rest": mixture(high) if n <= 60 else None,
        "queries": [[q, s] for q, s in zip(queries, difference.tolist())],
    }


cases = [
    case(11, 0, list("abcdef"), 1),
    case(11, 3, list("abcdef"), 2),
    case(30, 0, list("abcdef"), 3),
    case(30, 7, list("abe"), 4),
    case(60, 5, list("abcdef"), 5),
    case(200, 16, list("abcdef"), 6),
    case(200, 16, list("ab"), 7),
    case(320, 4, list("cd"), 8),
]
pathlib.Path(__file__).with_suffix(".json").write_text(
    "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n"
)
