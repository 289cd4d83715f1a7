"""Direction numbers of Joe and Kuo for Freerun's table, and points of SciPy's Sobol generator.

Writes sobol.json beside this file and src/sampler/sobol/directions.rs.
Run again with: python tests/oracles/sobol.py   (needs scipy; the numbers are SciPy's copy of new-joe-kuo-6.21201)
"""
import json
import pathlib

import numpy as np
import scipy.stats
from scipy.stats import qmc

DIMENSIONS = 128
HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / "src" / "sampler" / "sobol" / "directions.rs"

table = np.load(pathlib.Path(scipy.stats.__file__).parent / "_sobol_direction_numbers.npz")
rows = []
for dim in range(1, DIMENSIONS):
    poly = int(table["poly"][dim])
    degree = poly.bit_length() - 1
    rows.append((poly, [int(m) for m in table["vinit"][dim][:degree]]))

head = (HERE / "sobol_licence.txt").read_text().rstrip("\n")
lines = ["//! Direction numbers of the Sobol sequence, from S. Joe and F. Y. Kuo, \"Constructing Sobol sequences",
         "//! with better two-dimensional projections\", SIAM J. Sci. Comput. 30, 2635-2654 (2008), set",
         "//! `new-joe-kuo-6.21201`, dimensions 2 to %d. Made by `tests/oracles/sobol.py`. They are distributed" % DIMENSIONS,
         "//! under the licence below.", ""]
lines += [("// " + l).rstrip() for l in head.split("\n")]
lines += ["", "/// A primitive polynomial over GF(2), bit k its coefficient of x^k, and the first direction numbers",
          "/// m_1, m_2, ..., as many as its degree.", "pub type Direction = (u16, &'static [u16]);", "",
          "/// Dimension 2 first: dimension 1 is the van der Corput sequence.",
          "#[rustfmt::skip]",
          "pub const DIRECTIONS: [Direction; %d] = [" % len(rows)]
lines += ["    (%d, &[%s])," % (p, ", ".join(map(str, m))) for p, m in rows]
lines += ["];", ""]
OUT.write_text("\n".join(lines))

engine = qmc.Sobol(DIMENSIONS, scramble=False, bits=32)
points = engine.random(4096)
# SciPy goes through the sequence in Gray code order.
picked = []
for n in (1, 2, 3, 77, 1000, 2047, 4095):
    picked.append({"index": n ^ (n >> 1), "bits": [int(x * 2**32) for x in points[n]]})
(HERE / "sobol.json").write_text(
    "[\n" + ",\n".join(json.dumps(p, separators=(",", ":")) for p in picked) + "\n]\n")
