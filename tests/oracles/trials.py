"""Whole trials: several replicates, rows, sizes and profiled factors, with mpmath and SciPy's bounded
minimiser, written from the definitions alone.

Run: python tests/oracles/trials.py > tests/oracles/trials.json
"""

import json

import numpy as np
from mpmath import diff, exp, fabs, findroot, log, loggamma, mp, mpf, pi, sqrt
from scipy.optimize import minimize_scalar

from likelihoods import beta_binomial, negative_binomial, poisson

mp.dps = 50
random = np.random.default_rng(20260601)
N = None


def normal(x, s, sigma):
    return -((x - s) ** 2) / (2 * sigma**2) - log(sigma * sqrt(2 * pi))


def laplace(x, s, b):
    return -fabs(x - s) / b - log(2 * b)


def log_likelihood(case, rows, simulated, sizes, spread):
    """Of `rows`, for one series."""
    total = mpf(0)
    for i in rows:
        x, s = mpf(case["x"][i]), simulated[i]
        match case["measure"]:
            case "Poisson":
                total += poisson(x, N, s, N, N, N)
            case "NegativeBinomial":
                total += negative_binomial(x, N, s, N, mpf(case["size"]), N)
            case "BetaBinomial":
                total += beta_binomial(x, mpf(case["n"][i]), s, sizes[i], mpf(1), mpf(1))
            case "Normal":
                total += normal(x, s, spread)
            case "Laplace":
                total += laplace(x, s, spread)
            case "LogNormal":
                total += normal(log(x), log(s), spread) - log(x)
    return total


def estimate_spread(case, series):
    """Maximum likelihood over all rows of all series."""
    residuals = []
    for simulated in series:
        for x, s in zip(map(mpf, case["x"]), simulated):
            residuals.append(log(x) - log(s) if case["measure"] == "LogNormal" else x - s)
    if case["measure"] == "Laplace":
        return sum(map(fabs, residuals)) / len(residuals)
    return sqrt(sum(r * r for r in residuals) / len(residuals))


def profile(case, mean, mean_sizes):
    """The factor of each group by a search in its logarithm."""
    factors = []
    groups = list(dict.fromkeys(case["group"]))
    for group in groups:
        rows = [i for i, g in enumerate(case["group"]) if g == group]

        def cost(log_factor):
            scaled = [s * exp(mpf(log_factor)) for s in mean]
            return -log_likelihood(case, rows, scaled, mean_sizes, mpf(1))

        bounds = [float(log(mpf(case["low"]))), float(log(mpf(case["high"])))]
        options = {"xatol": 1e-12, "maxiter": 500}
        found = minimize_scalar(lambda log: float(cost(log)), bounds=bounds, method="bounded", options=options)
        best = min([mpf(found.x), *map(mpf, bounds)], key=cost)
        if best in bounds:
            factors.append(mpf(case["low"] if best == bounds[0] else case["high"]))
            continue
        if case["measure"] != "Laplace":
            best = findroot(lambda log: diff(cost, log), best)
        factors.append(exp(best))
    return groups, factors


def solve(case):
    series = [[mpf(s) for s in replicate] for replicate in case["s"]]
    sizes = [[mpf(n) for n in replicate] for replicate in case.get("s_n", [[]] * len(series))]
    mean = [sum(column) / len(series) for column in zip(*series)]
    mean_sizes = [sum(column) / len(series) for column in zip(*sizes)]
    if "group" in case:
        groups, factors = profile(case, mean, mean_sizes)
        case["factors"] = [float(factor) for factor in factors]
        scale = [factors[groups.index(group)] for group in case["group"]]
        series = [[s * f for s, f in zip(replicate, scale)] for replicate in series]
        mean = [s * f for s, f in zip(mean, scale)]
    rows = range(len(case["x"]))
    if case["combine"] == "MeanSignal":
        spread = estimate_spread(case, [mean]) if "estimated" in case else N
        case["loss"] = float(-log_likelihood(case, rows, mean, mean_sizes, spread))
        return case
    spread = estimate_spread(case, series) if "estimated" in case else N
    logs = [log_likelihood(case, rows, s, n, spread) for s, n in zip(series, sizes)]
    if case["combine"] == "Mean":
        case["loss"] = float(-sum(logs) / len(logs))
    else:
        case["loss"] = float(-log(sum(map(exp, logs)) / len(logs)))
    return case


def simulate(truth, replicates, sd):
    return [[float(v) for v in truth * np.exp(random.normal(0.0, sd, len(truth)))] for _ in range(replicates)]


def cases():
    rows = 12
    truth = np.round(random.gamma(2.0, 60.0, rows) + 5.0)
    group = [["A", "B", "C"][i % 3] for i in range(rows)]
    for measure in ("Poisson", "NegativeBinomial", "Normal", "LogNormal", "Laplace", "BetaBinomial"):
        for combine in ("MeanSignal", "Mean", "LogMeanExp"):
            for profiled in (False, True):
                case = {"measure": measure, "combine": combine, "s": simulate(truth, 5, 0.15)}
                case["x"] = [float(v) for v in random.poisson(truth) + 1]
                if measure == "NegativeBinomial":
                    case["size"] = 7.5
                if measure in ("Normal", "LogNormal", "Laplace"):
                    case["estimated"] = True
                if measure == "BetaBinomial":
                    case["s"] = [[float(round(s / 10)) for s in replicate] for replicate in case["s"]]
                    case["n"] = [50000.0] * rows
                    case["s_n"] = [[float(v) for v in 4900 + random.integers(0, 200, rows)] for _ in range(5)]
                if profiled:
                    # Group C is off by more than the bounds allow.
                    off = [{"A": 0.45, "B": 1.7, "C": 9.0}[g] for g in group]
                    case["x"] = [float(max(1, round(x * f))) for x, f in zip(case["x"], off)]
                    case |= {"group": group, "low": 0.05, "high": 4.0}
                yield solve(case)


if __name__ == "__main__":
    print(json.dumps(list(cases()), indent=None).replace("}, {", "},\n{"))
