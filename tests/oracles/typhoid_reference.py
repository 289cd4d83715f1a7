"""Makes tests/oracles/typhoid_reference.csv: what the original typhoid model gives, in numbers to test against.

Run again with:  python tests/oracles/typhoid_reference.py FOLDER > tests/oracles/typhoid_reference.csv

FOLDER holds runs of the original, typhoidsim 1.0.0 (commit a2de179) on starsim 3.4.0, MIT licence, Institute for
Disease Modeling, in the configuration of its last public Pakistan/Sindh calibration example: start 2010.0,
10 years, 10,000 agents, 9 or 10 seeds at each of five points. It needs `points.csv`, `timeseries_30d.csv`,
`by_age_year.csv`, `daily_first_year.csv` and `runs_summary.csv`. Needs numpy and pandas.

For each point and metric: number of seeds, mean, standard deviation. For the point `all`: the same of each seed's
mean over the points of (value - mean of the point) / sd of the point, because the runs of one seed share random
numbers across points and only seeds are independent.
"""
import pathlib
import sys

import numpy as np
import pandas as pd

AGE_GROUPS = [(0, 2), (2, 5), (5, 10), (10, 15), (15, 130)]
KEY = ["point", "seed"]


def metrics_of_run(ts, age, daily, summary):
    first, second, late = ts.day_start < 360, (ts.day_start >= 360) & (ts.day_start < 720), ts.day_start >= 1080
    m = {
        "infections d 0-30": ts.new_infections.iloc[0],
        "infections d 0-360": ts.new_infections[first].sum(),
        "first infections d 0-360": ts.first_infections[first].sum(),
        "cases d 0-360": ts.new_acute[first].sum(),
        "infections d 360-720": ts.new_infections[second].sum(),
        "infections from d 1080": ts.new_infections[late].sum(),
        "first infections from d 1080": ts.first_infections[late].sum(),
        "cases from d 1080": ts.new_acute[late].sum(),
        "prevalence from d 1080": ts.prevalence_mean[late].mean(),
        "log pool from d 1080": np.log(ts.pool_cfu[late].mean()),
        "alive end": ts.n_alive.iloc[-1],
        "unexposed end": ts.n_unexposed.iloc[-1],
        "susceptible end": ts.n_susceptible.iloc[-1],
        "chronic end": ts.n_chronic.iloc[-1],
        "chronic d 360": ts.n_chronic[first].iloc[-1],
        "unexposed d 0": daily.n_unexposed.iloc[0],
        "infections d 0": daily.new_infections.iloc[0],
        "prepatent d 20": daily.n_prepatent.iloc[20],
        "acute d 40": daily.n_acute.iloc[40],
        "peak infections": summary.peak_new_infections,
        "background deaths": summary.deaths_background,
        "typhoid deaths": summary.deaths_typhoid,
    }
    years = sorted(age.year.unique())
    last3, last7 = age[age.year.isin(years[-3:])], age[age.year.isin(years[-7:])]
    inside = lambda rows, lo, hi: rows[(rows.age_lo >= lo) & (rows.age_hi <= hi)]
    cases = [inside(last3, lo, hi).new_acute.sum() for lo, hi in AGE_GROUPS]
    for (lo, hi), n in zip(AGE_GROUPS, cases):
        rows = inside(last7, lo, hi)
        m[f"case share {lo}-{hi}"] = n / max(sum(cases), 1)
        m[f"infections {lo}-{hi}"] = rows.new_infections.sum()
        m[f"susceptible share {lo}-{hi}"] = rows.n_susceptible_mid.sum() / rows.n_alive_mid.sum()
    return m


def main():
    folder = pathlib.Path(sys.argv[1])
    read = lambda name: dict(list(pd.read_csv(folder / name).query("suite == 'med'").groupby(KEY)))
    windows, ages, days, summaries = map(
        read, ("timeseries_30d.csv", "by_age_year.csv", "daily_first_year.csv", "runs_summary.csv")
    )
    rows = []
    for key, ts in windows.items():
        m = metrics_of_run(ts.sort_values("day_start"), ages[key], days[key].sort_values("t"), summaries[key].iloc[0])
        rows.append(dict(zip(KEY, key)) | m)
    runs = pd.DataFrame(rows)
    names = runs.columns[len(KEY):]
    print("# Summary of runs of typhoidsim 1.0.0 (MIT licence, Institute for Disease Modeling): see typhoid_reference.py")
    print("point,metric,n,mean,sd")
    scaled = []
    for point, of_point in runs.groupby("point"):
        values = of_point.set_index("seed")[names]
        for name in names:
            print(f"{point},{name},{len(values)},{values[name].mean():.10g},{values[name].std():.10g}")
        scaled.append((values - values.mean()) / values.std().replace(0, 1.0))
    pooled = sum(part.reindex(scaled[0].index.union(part.index)) for part in scaled) / len(scaled)
    for name in names:
        z = pooled[name].dropna()
        print(f"all,{name},{len(z)},{z.mean():.10g},{z.std():.10g}")


main()
