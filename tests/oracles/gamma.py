"""Reference values for src/math/gamma.rs, with mpmath at 60 digits.

Run: python tests/oracles/gamma.py > tests/oracles/gamma.csv
"""

from mpmath import log, log1p, loggamma, mp, mpf, nstr, pi, sqrt

mp.dps = 60


def stirling_error(x, _):
    return loggamma(x + 1) - (x + mpf(1) / 2) * log(x) + x - log(sqrt(2 * pi))


def ln_gamma_ratio(a, b):
    # Gamma near 10^15 has 17 digits before the point: 60 are ample.
    return loggamma(a + b) - loggamma(a)


def excess_over_ln_1p(t, _):
    return t - log1p(t)


def deviance(x, mean):
    return x * log(x / mean) + mean - x


XS = [1e-300, 1e-10, 1e-3, 0.5, 1.0, 1.5, 2.0, 3.25, 7.0, 9.999, 10.0, 10.5, 33.0, 1e3, 1e7, 1e15]
TS = [-0.999, -0.5, -0.301, -0.3, -0.1, -1e-4, 1e-12, 1e-5, 0.01, 0.2, 0.299, 0.3, 0.31, 1.0, 40.0, 1e10]
RATIOS = [
    (1e-5, 1e-5), (0.5, 0.5), (1.0, 1e-9), (3.0, 200.0), (9.5, 0.25), (12.0, -5.0), (10.0, 0.5), (50.0, 1.0),
    (1e3, 0.5), (1e6, 5208.0), (6.3e6, 1e-3), (5e7, 0.5), (1e10, 5.0), (1e12, 0.5), (1e15, 2.0), (1e8, -100.0),
]
DEVIANCES = [
    (1.0, 1.0), (1.0, 1e-300), (5.0, 5.000001), (5.0, 4.0), (5208.0, 5027.25), (1e6, 1e6), (1e6, 1.3e6),
    (1e6, 1.31e6), (1e12, 1e12), (3.0, 1e5), (1e-3, 2.0), (2.0, 1.4), (2.0, 1.39), (1e12, 1000001000000.0),
]

print("function,a,b,value")
for function, pairs in [
    (stirling_error, [(x, 0.0) for x in XS]),
    (ln_gamma_ratio, RATIOS),
    (excess_over_ln_1p, [(t, 0.0) for t in TS]),
    (deviance, DEVIANCES),
]:
    for a, b in pairs:
        print(f"{function.__name__},{a!r},{b!r},{nstr(function(mpf(a), mpf(b)), 25)}")
