#!/usr/bin/env python3
"""Share of the slots that a barrier keeps busy, E[T] / E[longest of M], for log-normal run times.

usage: python3 tests/oracles/barrier.py      (needs numpy and scipy; prints the figures of the test)
"""
import numpy as np
from scipy import integrate, stats

for cv in (0.3, 0.5, 1.0, 2.0):
    sigma = np.sqrt(np.log1p(cv * cv))
    law = stats.lognorm(sigma, scale=np.exp(-sigma * sigma / 2))
    longest = [integrate.quad(lambda x: -np.expm1(m * law.logcdf(x)), 0, np.inf, limit=2000)[0] for m in (4, 8, 16, 20, 64, 256)]
    print(cv, [round(1 / value, 4) for value in longest])
