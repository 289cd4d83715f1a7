//! The tables of a run, made of its record: their cards, their index columns (known from the settings
//! alone) and their values.

use super::population::State;
use super::record::{Day, FINE_EDGES, Needs, Record, Tally};
use super::settings::{Parameters, Settings, Years};
use crate::model::inputs::{floats, ints, table};
use crate::spec::{Column, Table};

pub(super) const DISTRIBUTION: &str = "incidence_distribution";
pub(super) const INCIDENCE: &str = "incidence_by_age";

/// Days of a window of `timeseries_30d`.
const WINDOW: usize = 30;

/// One kind of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    Distribution,
    Incidence,
    Daily,
    Windows,
    ByAgeYear,
    Summary,
}

const ALL: [Output; 6] = [
    Output::Distribution,
    Output::Incidence,
    Output::Daily,
    Output::Windows,
    Output::ByAgeYear,
    Output::Summary,
];

impl Output {
    fn name(self) -> &'static str {
        match self {
            Output::Distribution => DISTRIBUTION,
            Output::Incidence => INCIDENCE,
            Output::Daily => "daily",
            Output::Windows => "timeseries_30d",
            Output::ByAgeYear => "by_age_year",
            Output::Summary => "summary",
        }
    }

    /// The index columns under these settings.
    fn index(self, settings: &Settings) -> Vec<Column> {
        let years = Years { first: settings.start, last: settings.start + i64::from(settings.years) - 1 };
        match self {
            Output::Distribution => age_columns(1, &settings.age_bins),
            Output::Incidence => year_and_age(settings.incidence, &settings.age_bins),
            Output::Daily => vec![ints("t", 0..i64::from(settings.steps()))],
            Output::Windows => {
                let steps = i64::from(settings.steps());
                let starts = || (0..steps).step_by(WINDOW);
                vec![
                    ints("day_start", starts()),
                    ints("day_end", starts().map(|start| (start + WINDOW as i64).min(steps))),
                ]
            }
            Output::ByAgeYear => year_and_age(years, &FINE_EDGES),
            Output::Summary => Vec::new(),
        }
    }

    /// The whole table.
    pub(super) fn table(self, settings: &Settings, parameters: &Parameters, record: &Record) -> Table {
        let mut columns = self.index(settings);
        columns.extend(match self {
            Output::Distribution => distribution(settings, record),
            Output::Incidence => incidence(settings, record),
            Output::Daily => daily(record),
            Output::Windows => windows(record),
            Output::ByAgeYear => by_age_year(settings, record),
            Output::Summary => summary(parameters, record),
        });
        table(self.name(), columns)
    }
}

/// The outputs of these names, in the program's order.
pub(super) fn wanted(names: &[String]) -> Vec<Output> {
    ALL.into_iter().filter(|output| names.iter().any(|name| name == output.name())).collect()
}

/// What these outputs need to be recorded.
pub(super) fn needs(outputs: &[Output], settings: &Settings) -> Needs {
    let has = |output| outputs.contains(&output);
    let since_start = |year: i64| (year - settings.start).max(0) as u32;
    Needs {
        days: has(Output::Daily) || has(Output::Windows) || has(Output::Summary),
        target_cases: has(Output::Distribution) || has(Output::Incidence),
        target_population: has(Output::Incidence)
            .then(|| (since_start(settings.incidence.first), since_start(settings.incidence.last))),
        fine: has(Output::ByAgeYear),
    }
}

/// Index columns of the output called `name`.
pub(super) fn index(settings: &Settings, name: &str) -> Option<Table> {
    let output = ALL.into_iter().find(|output| output.name() == name)?;
    Some(table(output.name(), output.index(settings)))
}

fn age_columns(times: usize, edges: &[f64]) -> Vec<Column> {
    let repeat = |part: &[f64]| {
        std::iter::repeat_n(part, times).flat_map(|part| part.iter().copied()).collect::<Vec<f64>>()
    };
    let bins = edges.len().saturating_sub(1);
    let (low, high) = (&edges[..bins], edges.get(1..).unwrap_or_default());
    vec![floats("age_lo", repeat(low)), floats("age_hi", repeat(high))]
}

fn year_and_age(years: Years, edges: &[f64]) -> Vec<Column> {
    let bins = edges.len().saturating_sub(1);
    let count = (years.last - years.first + 1).max(0) as usize;
    let mut columns =
        vec![ints("year", (years.first..=years.last).flat_map(|year| std::iter::repeat_n(year, bins)))];
    columns.extend(age_columns(count, edges));
    columns
}

/// Counts of `tally` in calendar `years`, year by year.
fn counts_in<'a>(tally: &'a Tally, years: Years, settings: &Settings) -> impl Iterator<Item = u32> + 'a {
    let start = settings.start;
    (years.first..=years.last).flat_map(move |year| tally.year((year - start) as u32).iter().copied())
}

fn distribution(settings: &Settings, record: &Record) -> Vec<Column> {
    let bins = record.target_cases.bins();
    let mut cases = vec![0i64; bins];
    for (position, count) in counts_in(&record.target_cases, settings.distribution, settings).enumerate() {
        cases[position % bins] += i64::from(count);
    }
    let total: i64 = cases.iter().sum();
    // Without any case there is no distribution: 0/0.
    let shares: Vec<f64> = cases.iter().map(|&count| count as f64 / total as f64).collect();
    vec![ints("cases", cases), floats("share", shares)]
}

fn incidence(settings: &Settings, record: &Record) -> Vec<Column> {
    let counts = |tally| counts_in(tally, settings.incidence, settings);
    let rates: Vec<f64> = counts(&record.target_cases)
        .zip(counts(&record.target_population))
        .map(|(cases, population)| f64::from(cases) / f64::from(population))
        .collect();
    vec![
        ints("cases", counts(&record.target_cases).map(i64::from)),
        ints("population", counts(&record.target_population).map(i64::from)),
        floats("incidence", rates.iter().copied()),
        floats("per_100k", rates.iter().map(|rate| 1e5 * rate)),
    ]
}

type DayCount = (&'static str, fn(&Day) -> u32);

const DAY_STATES: [DayCount; 9] = [
    ("n_alive", |day| day.alive),
    ("n_susceptible", |day| day.counts[State::Susceptible as usize]),
    ("n_unexposed", |day| day.counts[State::Unexposed as usize]),
    ("n_infected", Day::infected),
    ("n_prepatent", |day| day.counts[State::Prepatent as usize]),
    ("n_acute", |day| day.counts[State::Acute as usize]),
    ("n_subclinical", |day| day.counts[State::Subclinical as usize]),
    ("n_chronic", |day| day.counts[State::Chronic as usize]),
    ("n_recovered", |day| day.counts[State::Recovered as usize]),
];

const DAY_EVENTS: [DayCount; 3] = [
    ("new_infections", |day| day.infections),
    ("new_acute", |day| day.cases),
    ("first_infections", |day| day.first_infections),
];

fn daily(record: &Record) -> Vec<Column> {
    let mut columns: Vec<Column> = DAY_STATES
        .iter()
        .chain(&DAY_EVENTS)
        .map(|&(name, count)| ints(name, record.days.iter().map(|day| i64::from(count(day)))))
        .collect();
    columns.push(floats("pool_cfu", record.days.iter().map(|day| day.pool)));
    columns
}

fn windows(record: &Record) -> Vec<Column> {
    let windows = || record.days.chunks(WINDOW);
    let sum = |count: fn(&Day) -> u32| windows().map(move |window| total(window, count));
    let last = |count: fn(&Day) -> u32| {
        windows().map(move |window| window.last().map_or(0, |day| i64::from(count(day))))
    };
    let mut columns: Vec<Column> = DAY_EVENTS.iter().map(|&(name, count)| ints(name, sum(count))).collect();
    let kept = ["n_alive", "n_susceptible", "n_unexposed", "n_infected", "n_chronic"];
    let states = DAY_STATES.iter().filter(|(name, _)| kept.contains(name));
    columns.extend(states.map(|&(name, count)| ints(name, last(count))));
    columns.push(floats("pool_cfu", windows().map(|window| window.last().map_or(0.0, |day| day.pool))));
    columns.push(floats("prevalence_mean", windows().map(mean_prevalence)));
    columns
}

fn total(days: &[Day], count: fn(&Day) -> u32) -> i64 {
    days.iter().map(|day| i64::from(count(day))).sum()
}

fn mean_prevalence(days: &[Day]) -> f64 {
    days.iter().map(|day| f64::from(day.infected()) / f64::from(day.alive)).sum::<f64>() / days.len() as f64
}

fn by_age_year(settings: &Settings, record: &Record) -> Vec<Column> {
    let years = Years { first: settings.start, last: settings.start + i64::from(settings.years) - 1 };
    let column = |name, tally| ints(name, counts_in(tally, years, settings).map(i64::from));
    vec![
        column("new_acute", &record.fine_cases),
        column("new_infections", &record.fine_infections),
        column("n_alive_mid", &record.fine_alive),
        column("n_susceptible_mid", &record.fine_susceptible),
        column("n_chronic_mid", &record.fine_chronic),
    ]
}

fn summary(parameters: &Parameters, record: &Record) -> Vec<Column> {
    let days = &record.days;
    let one = |name, value: i64| ints(name, [value]);
    let number = |name, value: f64| floats(name, [value]);
    let peak = days.iter().map(|day| day.infections).max().unwrap_or(0);
    let peak_day = days.iter().position(|day| day.infections == peak).unwrap_or(0);
    let last = days.last().copied().unwrap_or_default();
    let year = &days[..days.len().min(365)];
    let last_3_years = &days[days.len().saturating_sub(3 * 365)..];
    vec![
        number("tai", parameters.tai),
        number("teer", parameters.teer),
        number("susc_slope", parameters.susc_slope),
        number("tppi", parameters.tppi),
        number("p_acute", parameters.p_acute),
        one("total_infections", total(days, |day| day.infections)),
        one("total_acute", total(days, |day| day.cases)),
        one("infections_year0", total(year, |day| day.infections)),
        one("peak_day", peak_day as i64),
        one("peak_new_infections", i64::from(peak)),
        one("n_alive_end", i64::from(last.alive)),
        one("n_chronic_end", i64::from(last.counts[State::Chronic as usize])),
        number("mean_prevalence_last3y", mean_prevalence(last_3_years)),
        one("births", total(days, |day| day.births)),
        one("deaths_background", total(days, |day| day.background_deaths)),
        one("deaths_typhoid", total(days, |day| day.typhoid_deaths)),
    ]
}
