"""Normal distribution by mpmath, 60 to 400 digits: writes normal.json beside this file.

Run again with: python tests/oracles/normal.py   (needs mpmath)
"""
import json
import pathlib
import random

from mpmath import erfc, exp, log, mp, mpf, pi, sqrt

mp.dps = 60


def cdf(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def mass(a, b):
    """P(a < X < b), with digits enough for any cancellation."""
    with mp.workdps(400):
        return cdf(-a) - cdf(-b) if a > 0 else cdf(b) - cdf(a)


def log_quantile(lp):
    """x with log cdf(x) = lp, lp <= log 1/2, by Newton from the asymptotic start."""
    x = -sqrt(2 * -lp) if lp > -5 else -sqrt(2 * (-lp - log(sqrt(2 * -lp)) - log(sqrt(2 * pi))))
    for _ in range(200):
        step = (log(cdf(x)) - lp) * cdf(x) / (exp(-x * x / 2) / sqrt(2 * pi))
        x -= step
        if abs(step) < mpf(10) ** -50:
            return x
    raise ValueError(lp)


def quantile(p):
    if p == mpf(1) / 2:
        return mpf(0)
    return log_quantile(log(p)) if p < 0.5 else -log_quantile(log(1 - p))


rng = random.Random(20)
grid = [0.0, 1e-300, 1e-9, 0.3, 0.674, 1.0, 1.9, 3.3, 5.0, 7.7, 12.0, 19.9, 20.0, 20.1, 25.0, 33.0, 37.0]
xs = sorted({s * x for x in grid for s in (-1, 1)} | {rng.uniform(-37, 37) for _ in range(60)})
with mp.workdps(400):
    cdf_rows = [[x, float(cdf(mpf(x))), float(log(cdf(mpf(x))))] for x in xs]

mass_rows = []
for _ in range(400):
    a = rng.choice([rng.uniform(-6, 6), rng.uniform(-45, 45), rng.uniform(-1e3, 1e3), rng.uniform(-1, 1) * 1e-6])
    b = a + 10.0 ** rng.uniform(-13, 2)
    mass_rows.append([a, b, float(log(mass(mpf(a), mpf(b))))])

ps = [10.0**-k for k in (1, 2, 3, 5, 8, 12, 16, 30, 100, 200, 300)] + [0.07, 0.075, 0.0750001, 0.3, 0.4999999, 0.5000001]
ps += [1 - 2.0**-k for k in (2, 3, 4, 10, 30, 50, 53)] + [rng.random() for _ in range(40)]
quantile_rows = [[p, float(quantile(mpf(p)))] for p in ps]

lps = [-1e-300, -1e-20, -1e-8, -0.01, -0.6, -0.69, -0.7, -2.0, -20.0, -25.1, -600.0, -728.0, -730.0, -745.2, -1e4, -1e8, -1e12]
log_rows = []
for lp in lps:
    with mp.workdps(340):
        x = log_quantile(mpf(lp)) if lp < -0.6931471805599454 else -log_quantile(log(-mp.expm1(mpf(lp))))
    log_rows.append([lp, float(x)])

truncated_rows = []
for _ in range(200):
    a = rng.choice([rng.uniform(-6, 6), rng.uniform(-45, 45), rng.uniform(-200, 200)])
    b = a + 10.0 ** rng.uniform(-2, 1.5)
    u = rng.choice([rng.random(), 10.0 ** rng.uniform(-12, 0)])
    with mp.workdps(120):
        low, high, share = mpf(a), mpf(b), mpf(u)
        if a > 0:
            x = -log_quantile(log(cdf(-high) + (1 - share) * mass(low, high)))
        else:
            p = cdf(low) + share * mass(low, high)
            x = quantile(p)
    truncated_rows.append([u, a, b, float(x)])

out = {
    "cdf": cdf_rows,
    "mass": mass_rows,
    "quantile": quantile_rows,
    "quantile_of_log": log_rows,
    "truncated": truncated_rows,
}
body = ",\n".join(f'"{k}": [\n' + ",\n".join(json.dumps(r) for r in v) + "\n]" for k, v in out.items())
pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + body + "\n}\n")
