"""Reference values for every measure of a target, with mpmath at 80 digits, from the textbook
formulas (log-gammas and all; at 80 digits nothing cancels). Independent of the saddle-point forms
that the program uses.

Run: python tests/oracles/likelihoods.py > tests/oracles/likelihoods.csv

Columns: measure; x observed, n its size; s simulated, s_n its size; a, b the measure's numbers;
value: log probability (density), or the distance. Rows of one draw are joined by semicolons.
"""

from mpmath import fabs, inf, log, log1p, loggamma, mp, mpf, nstr, pi, sqrt

mp.dps = 80


def ln_choose(n, k):
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1)


def ln_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def power(base, exponent):
    """ln(base ** exponent) with 0 ** 0 = 1."""
    if exponent == 0:
        return mpf(0)
    return exponent * log(base) if base > 0 else -inf


def squared(x, n, s, s_n, a, b):
    return (x - s) ** 2


def absolute(x, n, s, s_n, a, b):
    return fabs(x - s)


def relative(x, n, s, s_n, a, b):
    return fabs(x - s) / fabs(x)


def normal(x, n, s, s_n, sigma, b):
    return -((x - s) ** 2) / (2 * sigma**2) - log(sigma * sqrt(2 * pi))


def log_normal(x, n, s, s_n, sigma, b):
    if s == 0:
        return -inf
    return -((log(x) - log(s)) ** 2) / (2 * sigma**2) - log(x * sigma * sqrt(2 * pi))


def student_t(x, n, s, s_n, sigma, d):
    z = (x - s) / sigma
    tail = (d + 1) / 2 * log1p(z * z / d)
    return loggamma((d + 1) / 2) - loggamma(d / 2) - log(d * pi) / 2 - log(sigma) - tail


def laplace(x, n, s, s_n, scale, b):
    return -fabs(x - s) / scale - log(2 * scale)


def poisson(x, n, s, s_n, a, b):
    return power(s, x) - s - loggamma(x + 1)


def nb(x, size, p, q):
    if size == 0:
        return mpf(0) if x == 0 else -inf
    return loggamma(x + size) - loggamma(size) - loggamma(x + 1) + size * log(p) + power(q, x)


def negative_binomial(x, n, s, s_n, size, b):
    return nb(x, size, size / (size + s), s / (size + s))


def negative_binomial_probability(x, n, s, s_n, p, b):
    return nb(x, s, p, 1 - p)


def gamma_poisson(x, n, s, s_n, shape, rate):
    rate = rate + s_n
    return nb(x, shape + s, rate / (rate + n), n / (rate + n))


def binomial(x, n, s, s_n, a, b):
    p = s if s_n is None else s / s_n
    return ln_choose(n, x) + power(p, x) + power(1 - p, n - x)


def beta_binomial_ab(x, n, a, b):
    return ln_choose(n, x) + ln_beta(x + a, n - x + b) - ln_beta(a, b)


def beta_binomial(x, n, s, s_n, alpha, beta):
    return beta_binomial_ab(x, n, s + alpha, s_n - s + beta)


def beta_binomial_overdispersed(x, n, s, s_n, rho, b):
    p = s if s_n is None else s / s_n
    if p in (0, 1):
        return binomial(x, n, s, s_n, None, None)
    return beta_binomial_ab(x, n, p * (1 / rho - 1), (1 - p) * (1 / rho - 1))


def multinomial(x, n, s, s_n, a, b):
    total = sum(s)
    return loggamma(sum(x) + 1) + sum(power(si / total, xi) - loggamma(xi + 1) for xi, si in zip(x, s))


def dirichlet_multinomial(x, n, s, s_n, prior, b):
    alpha = [si + prior for si in s]
    total, trials = sum(alpha), sum(x)
    draw = loggamma(total) + loggamma(trials + 1) - loggamma(trials + total)
    return draw + sum(loggamma(xi + ai) - loggamma(ai) - loggamma(xi + 1) for xi, ai in zip(x, alpha))


# (x, s) or (x, n, s, s_n) and the measure's numbers, `N` where there is none.
N = None
REALS = [
    (0.0, 0.0), (1.0, 1.0), (1.5, -2.25), (0.1, 0.3), (-4.0, -4.000001), (1e6, 1000001.0), (1e-300, 0.0),
    (3.0, 1e8), (1e12, 1.000001e12), (-7.0, 12.0), (2017.0, 2016.5),
    (0.25, 0.0), (1e-9, 3e-9), (-0.001, 0.002), (5208.0, 31.0), (6324344.0, 6324344.5), (-1e5, 1e5), (8.0, 8.125),
    (33.3, 33.4), (1e-5, 100.0), (270.0, -0.5),
]
POSITIVE = [(abs(x) or 1e-5, abs(s) or 2e-5) for x, s in REALS] + [(3.0, 0.0), (1.0, 1e-300), (1e300, 1e-300)]
COUNTS = [
    (0, 0.0), (3, 0.0), (0, 1e-300), (1, 1e-300), (0, 0.5), (1, 1.0), (2, 3.7), (5, 4.9), (5, 500.25), (500, 5.0),
    (9266, 9000.0), (9266, 9266.0), (0, 40.0), (123, 0.001), (1000000, 1000000.0), (1000000, 1000500.0),
    (1000000, 2500000.0), (1000000000000, 1e12), (1000000000000, 1000001000000.0), (5208, 5027.13), (7, 1e12),
    (0, 1e-12), (40, 39.5), (10, 9.999999),
]
SHARES = [
    (0, 0, 0.3, N), (0, 10, 0.0, N), (1, 10, 0.0, N), (10, 10, 1.0, N), (9, 10, 1.0, N), (0, 10, 1e-13, N),
    (3, 10, 0.25, N), (10, 10, 0.999999, N), (0, 1, 1e-300, N), (5208, 6324344, 0.0008, N),
    (5208, 6324344, 31.0, 3900.0), (5208, 6324344, 3.1, 3900.0), (0, 6324344, 31.0, 3900000000.0),
    (6324344, 6324344, 3900.0, 3900.0), (1, 6324344, 0.0, 3900.0), (500000000, 1000000000, 0.5, N),
    (500010000, 1000000000, 0.5, N), (7, 12, 2.5, 7.25), (12, 12, 7.0, 7.25), (40, 100, 400.0, 1000.0),
    (1, 2, 0.5, N), (999999, 1000000, 0.999999, N), (2, 1000000000000, 1e-12, N),
]
UPDATES = [
    (5208, 6324344, 31.0, 3900.0), (5208, 6324344, 3.0, 3900.0), (0, 0, 3.0, 7.0), (0, 1, 0.0, 0.0),
    (1, 1, 0.0, 0.0), (0, 10, 0.0, 1e12), (3, 10, 250.5, 1000.25), (10, 10, 1000.0, 1000.0), (0, 6324344, 0.0, 3900.0),
    (6324344, 6324344, 0.0, 3900.0), (5208, 6324344, 8235.0, 1e7), (5208, 6324344, 8.235e6, 1e10),
    (500, 1000, 5e11, 1e12), (40, 100, 0.0, 5.0), (1, 1000000, 1.0, 1000000.0), (9266, 100000, 9000.0, 97000.0),
    (9266, 100000, 9.5, 100.0), (2, 3, 0.125, 0.25), (1000000, 2000000, 1e6, 2e6), (7, 20, 300.0, 1000.0),
]
EXPOSURES = [
    (0, 1.0, 0.0, 0.0), (5, 100.0, 40.0, 1000.0), (5208, 6324344.0, 31.0, 3900.0), (0, 1e-12, 3.0, 50.0),
    (9266, 1e5, 9000.0, 97000.0), (1, 1e-6, 0.0, 0.0), (3, 0.5, 1e10, 1.5e9), (1000000, 1e6, 1e6, 1e6),
    (1000000, 1e6, 1e10, 1e10), (1001000, 1e6, 1e10, 1e10), (0, 1e6, 0.0, 1e12), (12, 1e6, 0.25, 97000.5),
    (40, 52.0, 38.0, 52.0), (2, 365.0, 2.0, 365.0), (7, 7.0, 7.0, 1e-3), (600, 10.0, 3.0, 10.0),
    (1, 1.0, 1.0, 1.0), (5208, 6324344.0, 8.2e6, 1e10), (0, 30.0, 12.5, 30.0), (25, 1000.0, 0.0, 0.0),
]
DRAWS = [
    ([0, 0, 0], [1.0, 2.0, 3.0]), ([1, 0, 0], [0.2, 0.3, 0.5]), ([4, 6], [40.0, 60.0]), ([4, 6], [0.0, 60.0]),
    ([0, 6], [0.0, 60.0]), ([9266, 120, 3], [9000.0, 150.0, 0.5]), ([9266, 4000, 800, 31], [927.0, 401.0, 80.0, 3.0]),
    ([9266, 4000, 800, 31], [1e9, 4e8, 8e7, 3e6]), ([1], [5.0]), ([1000000, 1000000], [1.0, 1.0]),
    ([1000000, 1001000], [5e9, 5e9]), ([0, 0, 12], [1e-12, 1e-12, 5.0]), ([3, 4, 5, 6, 7, 8], [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]),
    ([12, 0, 7, 1, 0], [10.0, 0.0, 9.0, 2.0, 0.0]), ([0, 1, 0], [0.0, 0.0, 9.0]), ([100, 900], [0.1, 0.9]),
    ([5208, 6319136], [31.0, 3869.0]), ([9266, 9266], [1e-3, 1e3]), ([2, 2, 2], [1e12, 1e12, 1e12]),
    ([250, 250, 250, 250], [251.0, 249.0, 252.0, 248.0]), ([1000000000000, 1], [1e12, 1.0]),
]


def rows():
    for function in (squared, absolute):
        yield from ((function, x, N, s, N, N, N) for x, s in REALS)
    yield from ((relative, x, N, s, N, N, N) for x, s in REALS + POSITIVE if x != 0)
    for sigma in (1.0, 0.3989422804014327, 1e-3, 2.5e5):
        yield from ((normal, x, N, s, N, sigma, N) for x, s in REALS)
        yield from ((log_normal, x, N, s, N, sigma, N) for x, s in POSITIVE)
        yield from ((laplace, x, N, s, N, sigma, N) for x, s in REALS)
        for degrees in (0.5, 1.0, 4.0, 30.0, 1e8):
            yield from ((student_t, x, N, s, N, sigma, degrees) for x, s in REALS)
    yield (student_t, 1e200, N, 0.0, N, 1.0, 3.0)
    yield from ((poisson, x, N, s, N, N, N) for x, s in COUNTS)
    for size in (1e-3, 0.5, 1.0, 12.75, 1e4, 1e10, 1e15):
        yield from ((negative_binomial, x, N, s, N, size, N) for x, s in COUNTS)
    for p in (1e-6, 0.01, 0.5, 0.875, 0.999999):
        yield from ((negative_binomial_probability, x, N, s, N, p, N) for x, s in COUNTS)
    yield from ((binomial, *share, N, N) for share in SHARES)
    for rho in (1e-9, 1e-3, 0.1, 0.75):
        yield from ((beta_binomial_overdispersed, *share, rho, N) for share in SHARES)
    for alpha, beta in ((1.0, 1.0), (0.5, 0.5), (1e-3, 40.0)):
        yield from ((beta_binomial, *update, alpha, beta) for update in UPDATES)
    for shape, rate in ((1.0, 1.0), (0.5, 1e-3), (1e-3, 20.0)):
        yield from ((gamma_poisson, *exposure, shape, rate) for exposure in EXPOSURES)
    yield from ((multinomial, x, N, s, N, N, N) for x, s in DRAWS)
    for prior in (1.0, 0.5, 1e-3):
        yield from ((dirichlet_multinomial, x, N, s, N, prior, N) for x, s in DRAWS)


def exact(cell):
    if isinstance(cell, list):
        return [exact(part) for part in cell]
    return None if cell is None else mpf(cell)


def text(cell):
    if isinstance(cell, list):
        return ";".join(text(part) for part in cell)
    return "" if cell is None else repr(float(cell))


if __name__ == "__main__":
    print("measure,x,n,s,s_n,a,b,value")
    for function, *cells in rows():
        value = function(*map(exact, cells))
        print(",".join([function.__name__, *map(text, cells), nstr(value, 25)]))
