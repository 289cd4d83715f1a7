//! What the outputs of the typhoid model say of themselves.

use super::outputs::{DISTRIBUTION, INCIDENCE};
use crate::model::inputs::{ColumnText, output_card};
use crate::spec::OutputCard;

const AGES: [ColumnText; 2] =
    [("age_lo", "first age of the bin", "years"), ("age_hi", "end of the bin, not in it", "years")];
const YEAR: ColumnText = ("year", "calendar year of 365 days", "year");
const CASES: ColumnText = ("cases", "new acute cases", "agents");

/// Cards of all outputs.
pub(super) fn cards() -> Vec<OutputCard> {
    vec![distribution(), incidence(), daily(), windows(), by_age_year(), summary()]
}

fn distribution() -> OutputCard {
    output_card(
        DISTRIBUTION,
        "how the acute cases of the distribution years are distributed over age",
        &AGES,
        &[CASES, ("share", "share of the cases of all bins; NaN without cases", "")],
    )
}

fn incidence() -> OutputCard {
    output_card(
        INCIDENCE,
        "acute cases and population by year and age",
        &[YEAR, AGES[0], AGES[1]],
        &[
            CASES,
            ("population", "people alive in the middle of the year (day 182)", "agents"),
            ("incidence", "cases / population; NaN for 0/0", "per person and year"),
            ("per_100k", "cases / population", "per 100,000 people and year"),
        ],
    )
}

const STATES: [ColumnText; 9] = [
    ("n_alive", "alive", "agents"),
    ("n_susceptible", "susceptible", "agents"),
    ("n_unexposed", "not yet susceptible", "agents"),
    ("n_infected", "prepatent, acute, subclinical or carriers", "agents"),
    ("n_prepatent", "prepatent", "agents"),
    ("n_acute", "in the acute stage", "agents"),
    ("n_subclinical", "in the subclinical stage", "agents"),
    ("n_chronic", "carriers", "agents"),
    ("n_recovered", "recovered, susceptible again the next day", "agents"),
];
const EVENTS: [ColumnText; 3] = [
    ("new_infections", "infections", "agents"),
    ("new_acute", "acute cases", "agents"),
    ("first_infections", "first infections of a life", "agents"),
];
const POOL: ColumnText = ("pool_cfu", "bacteria in the environment at the end", "CFU");

fn daily() -> OutputCard {
    let values = [STATES.as_slice(), &EVENTS, &[POOL]].concat();
    output_card("daily", "every day, at its end", &[("t", "day, from 0", "days")], &values)
}

fn windows() -> OutputCard {
    let kept = [STATES[0], STATES[1], STATES[2], STATES[3], STATES[7]];
    let prevalence = ("prevalence_mean", "mean of infected / alive", "");
    output_card(
        "timeseries_30d",
        "windows of 30 days: sums of events, states on the last day",
        &[("day_start", "first day", "days"), ("day_end", "day after the last", "days")],
        &[EVENTS.as_slice(), &kept, &[POOL, prevalence]].concat(),
    )
}

fn by_age_year() -> OutputCard {
    output_card(
        "by_age_year",
        "events of each year and states on its day 182, in fine age bins",
        &[YEAR, AGES[0], AGES[1]],
        &[
            ("new_acute", "acute cases", "agents"),
            ("new_infections", "infections", "agents"),
            ("n_alive_mid", "alive", "agents"),
            ("n_susceptible_mid", "susceptible", "agents"),
            ("n_chronic_mid", "carriers", "agents"),
        ],
    )
}

fn summary() -> OutputCard {
    output_card(
        "summary",
        "one row for the whole run",
        &[],
        &[
            ("tai", "the parameter", "CFU"),
            ("teer", "the parameter", "per day"),
            ("susc_slope", "the parameter", ""),
            ("tppi", "the parameter", ""),
            ("p_acute", "the parameter", ""),
            ("total_infections", "infections", "agents"),
            ("total_acute", "acute cases", "agents"),
            ("infections_year0", "infections of the first 365 days", "agents"),
            ("peak_day", "day with the most infections", "days"),
            ("peak_new_infections", "infections on that day", "agents"),
            ("n_alive_end", "alive at the end", "agents"),
            ("n_chronic_end", "carriers at the end", "agents"),
            ("mean_prevalence_last3y", "mean of infected / alive over the last 1095 days", ""),
            ("births", "births", "agents"),
            ("deaths_background", "deaths from other causes", "agents"),
            ("deaths_typhoid", "deaths from typhoid", "agents"),
        ],
    )
}
