//! One number for each metric of a run, the same as `tests/oracles/typhoid_reference.py` takes of the
//! original's runs.

use freerun::math::ln;
use freerun::model::Outputs;

const AGE_GROUPS: [(f64, f64); 5] = [(0.0, 2.0), (2.0, 5.0), (5.0, 10.0), (10.0, 15.0), (15.0, 130.0)];

/// A column of a table as numbers.
fn column(outputs: &Outputs, table: &str, name: &str) -> Vec<f64> {
    let cells = &outputs.table(table).unwrap().column(name).unwrap().cells;
    (0..cells.len()).map(|row| cells.number(row).unwrap()).collect()
}

/// One cell.
pub fn number(outputs: &Outputs, table: &str, name: &str, row: usize) -> f64 {
    outputs.table(table).unwrap().column(name).unwrap().cells.number(row).unwrap()
}

/// Sum of a column.
pub fn total(outputs: &Outputs, table: &str, name: &str) -> f64 {
    column(outputs, table, name).iter().sum()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// All metrics, by name.
pub fn metrics(outputs: &Outputs) -> Vec<(String, f64)> {
    let mut all = of_windows(outputs);
    all.extend(of_days(outputs));
    let mut named: Vec<(String, f64)> =
        all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    named.extend(of_ages(outputs));
    named
}

fn of_windows(outputs: &Outputs) -> Vec<(&'static str, f64)> {
    let window = |name| column(outputs, "timeseries_30d", name);
    let infections = window("new_infections");
    let (first, cases) = (window("first_infections"), window("new_acute"));
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let last = |name| *window(name).last().unwrap();
    vec![
        ("infections d 0-30", infections[0]),
        ("infections d 0-360", sum(&infections[..12])),
        ("first infections d 0-360", sum(&first[..12])),
        ("cases d 0-360", sum(&cases[..12])),
        ("infections d 360-720", sum(&infections[12..24])),
        ("infections from d 1080", sum(&infections[36..])),
        ("first infections from d 1080", sum(&first[36..])),
        ("cases from d 1080", sum(&cases[36..])),
        ("prevalence from d 1080", mean(&window("prevalence_mean")[36..])),
        ("log pool from d 1080", ln(mean(&window("pool_cfu")[36..]))),
        ("alive end", last("n_alive")),
        ("unexposed end", last("n_unexposed")),
        ("susceptible end", last("n_susceptible")),
        ("chronic end", last("n_chronic")),
        ("chronic d 360", window("n_chronic")[11]),
    ]
}

fn of_days(outputs: &Outputs) -> Vec<(&'static str, f64)> {
    let day = |name, day| number(outputs, "daily", name, day);
    let summary = |name| number(outputs, "summary", name, 0);
    vec![
        ("unexposed d 0", day("n_unexposed", 0)),
        ("infections d 0", day("new_infections", 0)),
        ("prepatent d 20", day("n_prepatent", 20)),
        ("acute d 40", day("n_acute", 40)),
        ("peak infections", summary("peak_new_infections")),
        ("background deaths", summary("deaths_background")),
        ("typhoid deaths", summary("deaths_typhoid")),
    ]
}

fn of_ages(outputs: &Outputs) -> Vec<(String, f64)> {
    let ages = |name| column(outputs, "by_age_year", name);
    let (years, low, high) = (ages("year"), ages("age_lo"), ages("age_hi"));
    let end = years.last().unwrap() + 1.0;
    let sum = |values: &[f64], years_back: f64, group: (f64, f64)| {
        let inside =
            |&row: &usize| years[row] >= end - years_back && low[row] >= group.0 && high[row] <= group.1;
        (0..values.len()).filter(inside).map(|row| values[row]).sum::<f64>()
    };
    let (cases, infections) = (ages("new_acute"), ages("new_infections"));
    let (alive, susceptible) = (ages("n_alive_mid"), ages("n_susceptible_mid"));
    let all_cases: f64 = AGE_GROUPS.iter().map(|&group| sum(&cases, 3.0, group)).sum();
    AGE_GROUPS
        .iter()
        .flat_map(|&group| {
            let (low, high) = group;
            [
                (format!("case share {low}-{high}"), sum(&cases, 3.0, group) / all_cases.max(1.0)),
                (format!("infections {low}-{high}"), sum(&infections, 7.0, group)),
                (
                    format!("susceptible share {low}-{high}"),
                    sum(&susceptible, 7.0, group) / sum(&alive, 7.0, group),
                ),
            ]
        })
        .collect()
}
