"""Makes src/math/dist/ziggurat.rs's tables: layers of equal area under exp(-x) and exp(-x^2/2).

Run again with:  python tests/oracles/ziggurat.py > src/math/dist/tables.rs

Method: Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of
Statistical Software 5(8), 2000, with 256 layers. The right-most edge R is solved for with 40 digits.
"""
from mpmath import mp, mpf, exp, sqrt, log, erfc, pi, findroot

mp.dps = 40
LAYERS = 256


def edges(r, density, inverse, tail_area):
    """Edges x[0..=256] from wide to 0, and how much the last layer misses the top."""
    area = r * density(r) + tail_area(r)
    x = [area / density(r), r]
    for _ in range(2, LAYERS):
        height = density(x[-1]) + area / x[-1]
        if height >= 1:
            return x, height - 1
        x.append(inverse(height))
    return x + [mpf(0)], density(x[-1]) + area / x[-1] - 1


def solve(low, high, *curve):
    # Too small an R overshoots the top: bisection on the sign of the miss.
    low, high = mpf(low), mpf(high)
    for _ in range(140):
        middle = (low + high) / 2
        if edges(middle, *curve)[1] > 0:
            low = middle
        else:
            high = middle
    x, miss = edges(high, *curve)
    assert len(x) == LAYERS + 1 and abs(miss) < mpf(10) ** -30, miss
    return x


def table(name, about, values):
    print(f"\n/// {about}\npub(super) const {name}: [f64; {len(values)}] = [")
    texts = [repr(float(v)) for v in values]
    for i in range(0, len(texts), 4):
        print("    " + ", ".join(texts[i : i + 4]) + ",")
    print("];")


exponential = (lambda x: exp(-x), lambda y: -log(y), lambda r: exp(-r))
normal = (lambda x: exp(-x * x / 2), lambda y: sqrt(-2 * log(y)), lambda r: sqrt(pi / 2) * erfc(r / sqrt(mpf(2))))
e, n = solve(6, 9, *exponential), solve(3, 5, *normal)
print("//! Ziggurat tables, made by `tests/oracles/ziggurat.py`: knows nothing but numbers.")
print("#![cfg_attr(rustfmt, rustfmt_skip)]")
table("EXP_X", "Edges of the layers under e^-x.", e)
table("EXP_F", "e^-x at the edges.", [exponential[0](x) for x in e])
table("NORMAL_X", "Edges of the layers under e^(-x^2/2).", n)
table("NORMAL_F", "e^(-x^2/2) at the edges.", [normal[0](x) for x in n])
