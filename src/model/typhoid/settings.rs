//! The parameters and settings of the typhoid model: their card, and their values for one model and
//! for one run.

use super::cards::cards;
use super::outputs;
use crate::model::ModelFailure;
use crate::model::inputs::{Input, Reader, parameter_card, setting_card};
use crate::spec::{InputCard, ModelCard, Point, Setting};

pub(in crate::model) const NAME: &str = "typhoid";
/// Beyond this the 16-bit day numbers of an agent's timers would not do.
const MAX_YEARS: f64 = 150.0;

/// Name, meaning, unit, default, smallest and largest value of each number that may be calibrated.
const PARAMETERS: [(&str, &str, &str, f64, f64, f64); 24] = [
    ("tai", "typhoid acute infectiousness: shed per day by an acute case", "CFU", 42_000.0, 0.0, 1e9),
    ("teer", "environmental exposure rate: exposures per person", "per day", 7.0, 0.0, 1e3),
    ("susc_slope", "shape of the entry into susceptibility by age; 0 is linear", "", 7.0, -1.0, 1e6),
    ("tppi", "protection per infection: share of susceptibility lost", "", 0.98, 0.0, 1.0),
    ("p_acute", "probability that an infection is acute, not subclinical", "", 0.24, 0.0, 1.0),
    ("tpri", "infectiousness of the prepatent relative to the acute", "", 0.5, 0.0, 1e3),
    ("tsri", "infectiousness of the subclinical relative to the acute", "", 1.0, 0.0, 1e3),
    ("tcri", "infectiousness of carriers relative to the acute", "", 0.241, 0.0, 1e3),
    ("p_cpg", "probability of becoming a carrier, given gallstones", "", 0.108, 0.0, 1.0),
    ("p_death", "probability that an acute case dies", "", 0.01, 0.0, 1.0),
    ("p_rec", "recovery of carriers; has no effect in the original, nor here", "", 0.0, 0.0, 1.0),
    ("saturation_age", "age at which everybody is susceptible", "years", 20.0, 0.01, 200.0),
    ("init_prev", "share of the susceptible infected at the start", "", 0.01, 0.0, 1.0),
    ("alpha", "shape of the dose response", "", 0.175, 1e-3, 1e3),
    ("n50", "dose that infects one half", "CFU", 1.11e6, 1e-6, 1e18),
    ("decay_rate", "decay of the bacteria in the environment", "per day", 0.24, 0.0, 1e3),
    ("rel_trans", "exposure to the environment, relative", "", 1.0, 0.0, 1e6),
    ("shedding_rate", "share of what is shed that reaches the environment", "per day", 0.3, 0.0, 1e6),
    ("init_cfu", "bacteria in the environment before the start", "CFU", 0.0, 0.0, 1e18),
    ("season_peak_start", "day of the year at which the season's peak starts", "day", 0.0, 0.0, 365.0),
    ("season_ramp_up", "length of the season's rise", "days", 175.26, 1.0, 365.0),
    ("season_ramp_down", "length of the season's fall", "days", 100.0, 1.0, 365.0),
    ("season_cutoff", "length of the season without exposure", "days", 20.0, 0.0, 365.0),
    ("season_amplitude", "exposure at the season's peak", "", 1.0, 0.0, 1e3),
];

pub(in crate::model) fn card() -> ModelCard {
    let parameters = PARAMETERS.iter().map(|&(name, about, unit, default, low, high)| {
        parameter_card(name, about, unit, default, low, high)
    });
    ModelCard {
        name: NAME.to_owned(),
        about: "Typhoid fever in one population with a shared environment (typhoidsim 1.0, Sindh example)"
            .to_owned(),
        version: 1,
        inputs: parameters.chain(setting_cards()).collect(),
        outputs: cards(),
    }
}

fn setting_cards() -> Vec<InputCard> {
    let whole = |name, about, unit, default, low, high| {
        setting_card(name, about, unit, Setting::Int(default), low, high)
    };
    let bins = [0, 2, 5, 10, 15, 125].map(Setting::Int).to_vec();
    vec![
        whole(
            "start",
            "first simulated year; the first years are the epidemic in a naive population",
            "year",
            2010,
            1900.0,
            2200.0,
        ),
        whole("years", "simulated years of 365 days", "years", 10, 1.0, MAX_YEARS),
        whole("agents", "agents at the start", "agents", 10_000, 1.0, 5e7),
        setting_card("birth_rate", "births", "per 1000 people and year", Setting::Float(27.0), 0.0, 999.0),
        setting_card(
            "age_bins",
            "edges of the age bins of the incidence outputs, rising",
            "years",
            Setting::List(bins),
            0.0,
            200.0,
        ),
        whole(
            "distribution_first_year",
            "first year of incidence_distribution",
            "year",
            2017,
            1900.0,
            2400.0,
        ),
        whole("distribution_last_year", "last year of incidence_distribution", "year", 2019, 1900.0, 2400.0),
        whole("incidence_first_year", "first year of incidence_by_age", "year", 2017, 1900.0, 2400.0),
        whole("incidence_last_year", "last year of incidence_by_age", "year", 2019, 1900.0, 2400.0),
    ]
}

/// Calendar years, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Years {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Years {
    pub(super) fn contains(self, year: i64) -> bool {
        self.first <= year && year <= self.last
    }
}

/// What a model keeps for all its runs.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) start: i64,
    pub(super) years: u32,
    pub(super) agents: u32,
    /// Probability that an agent gives birth on a day.
    pub(super) birth_probability: f64,
    /// Rising, at least two.
    pub(super) age_bins: Vec<f64>,
    pub(super) distribution: Years,
    pub(super) incidence: Years,
}

impl Settings {
    pub(super) fn read(reader: &mut Reader) -> Settings {
        let annual = reader.number("birth_rate") / 1000.0;
        let settings = Settings {
            start: reader.whole("start"),
            years: reader.whole("years") as u32,
            agents: reader.whole("agents") as u32,
            birth_probability: -crate::math::exp_m1(crate::math::ln_1p(-annual) / 365.0),
            age_bins: reader.numbers("age_bins"),
            distribution: years(reader, "distribution_first_year", "distribution_last_year"),
            incidence: years(reader, "incidence_first_year", "incidence_last_year"),
        };
        settings.check(reader);
        settings
    }

    fn check(&self, reader: &mut Reader) {
        let rising = self.age_bins.windows(2).all(|pair| pair[0] < pair[1]);
        if self.age_bins.len() < 2 || !rising {
            reader.problem("age_bins", format!("{:?}", self.age_bins), "two or more edges, rising");
        }
        let simulated = Years { first: self.start, last: self.start + i64::from(self.years) - 1 };
        let wanted = [
            (outputs::DISTRIBUTION, "distribution_first_year", "distribution_last_year", self.distribution),
            (outputs::INCIDENCE, "incidence_first_year", "incidence_last_year", self.incidence),
        ];
        for (output, first_name, last_name, years) in wanted {
            if !reader.wants(output) {
                continue;
            }
            let allowed = format!("a simulated year, {} to {}", simulated.first, simulated.last);
            for (name, year) in [(first_name, years.first), (last_name, years.last)] {
                if !simulated.contains(year) {
                    reader.problem(name, year.to_string(), allowed.clone());
                }
            }
            if years.first > years.last {
                reader.problem(
                    last_name,
                    years.last.to_string(),
                    format!("{first_name} ({}) or later", years.first),
                );
            }
        }
    }

    /// Steps of a run.
    pub(super) fn steps(&self) -> u32 {
        self.years * 365
    }
}

fn years(reader: &mut Reader, first: &str, last: &str) -> Years {
    Years { first: reader.whole(first), last: reader.whole(last) }
}

/// The parameters' places in a point.
#[derive(Debug, Clone)]
pub(super) struct Inputs([Input; PARAMETERS.len()]);

impl Inputs {
    pub(super) fn read(reader: &mut Reader) -> Inputs {
        Inputs(PARAMETERS.map(|parameter| reader.parameter(parameter.0)))
    }

    /// The parameters of one run.
    ///
    /// # Errors
    /// [`ModelFailure::Refused`] naming the first parameter out of its range.
    pub(super) fn at(&self, point: &Point) -> Result<Parameters, ModelFailure> {
        let mut values = [0.0; PARAMETERS.len()];
        for (value, input) in values.iter_mut().zip(&self.0) {
            *value = input.at(point)?;
        }
        Ok(Parameters::of(values))
    }
}

/// The parameters of one run, by the names of [`PARAMETERS`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    pub(super) tai: f64,
    pub(super) teer: f64,
    pub(super) susc_slope: f64,
    pub(super) tppi: f64,
    pub(super) p_acute: f64,
    pub(super) tpri: f64,
    pub(super) tsri: f64,
    pub(super) tcri: f64,
    pub(super) p_cpg: f64,
    pub(super) p_death: f64,
    pub(super) saturation_age: f64,
    pub(super) init_prev: f64,
    pub(super) alpha: f64,
    pub(super) n50: f64,
    pub(super) decay_rate: f64,
    pub(super) rel_trans: f64,
    pub(super) shedding_rate: f64,
    pub(super) init_cfu: f64,
    pub(super) season: Season,
}

/// A yearly trapezoid that multiplies the exposure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Season {
    peak_start: f64,
    ramp_up: f64,
    ramp_down: f64,
    cutoff: f64,
    amplitude: f64,
}

impl Season {
    /// The factor on day `x` of the year, in `[0, 365)`.
    pub(super) fn factor(&self, x: f64) -> f64 {
        let z = (x + self.ramp_up - self.peak_start).rem_euclid(365.0);
        let end = 365.0 - self.cutoff - self.ramp_down;
        if self.ramp_up - 1.0 <= z && z <= end {
            self.amplitude
        } else if z < self.ramp_up - 1.0 {
            self.amplitude * (z + 0.5) / self.ramp_up
        } else if end < z && z <= end + self.ramp_down {
            self.amplitude * (1.0 - (z - end) / self.ramp_down)
        } else {
            0.0
        }
    }
}

impl Parameters {
    fn of(values: [f64; PARAMETERS.len()]) -> Parameters {
        let [
            tai,
            teer,
            susc_slope,
            tppi,
            p_acute,
            tpri,
            tsri,
            tcri,
            p_cpg,
            p_death,
            _p_rec,
            saturation_age,
            init_prev,
            alpha,
            n50,
            decay_rate,
            rel_trans,
            shedding_rate,
            init_cfu,
            peak_start,
            ramp_up,
            ramp_down,
            cutoff,
            amplitude,
        ] = values;
        let season = Season { peak_start, ramp_up, ramp_down, cutoff, amplitude };
        Parameters {
            tai,
            teer,
            susc_slope,
            tppi,
            p_acute,
            tpri,
            tsri,
            tcri,
            p_cpg,
            p_death,
            saturation_age,
            init_prev,
            alpha,
            n50,
            decay_rate,
            rel_trans,
            shedding_rate,
            init_cfu,
            season,
        }
    }

    /// Share of people of this age that has entered susceptibility, in [0, 1]
    /// (the original's "cumulative fraction").
    pub(super) fn entered(&self, age_years: f64) -> f64 {
        if age_years >= self.saturation_age {
            return 1.0;
        }
        let share = age_years * (self.susc_slope + 1.0) / (self.saturation_age + self.susc_slope * age_years);
        share.clamp(0.0, 1.0)
    }

    /// The age, in years, at which a share `v` in (0, 1) has entered: the inverse of [`Self::entered`].
    pub(super) fn entry_age(&self, v: f64) -> f64 {
        v * self.saturation_age / (self.susc_slope + 1.0 - v * self.susc_slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Parameters {
        Parameters::of(PARAMETERS.map(|parameter| parameter.3))
    }

    /// The spot values of the reference description, section 7.
    #[test]
    fn the_season_has_its_known_values() {
        let season = defaults().season;
        for (day, factor) in [
            (0.0, 1.0),
            (69.0, 1.0),
            (80.0, 0.8974),
            (100.0, 0.6974),
            (160.0, 0.0974),
            (180.0, 0.0),
            (200.0, 0.0614),
            (300.0, 0.6320),
        ] {
            assert!((season.factor(day) - factor).abs() < 6e-5, "day {day}: {}", season.factor(day));
        }
        let mean = (0..365).map(|day| season.factor(f64::from(day))).sum::<f64>() / 365.0;
        assert!((mean - 0.5695).abs() < 1e-3, "{mean}");
    }

    /// Examples of section 5: k = 7: S(1) = 0.30, S(2) = 0.47, S(5) = 0.73.
    #[test]
    fn entry_into_susceptibility_has_its_known_values() {
        let parameters = defaults();
        for (age, share) in [(1.0, 0.30), (2.0, 0.47), (5.0, 0.73), (20.0, 1.0)] {
            assert!((parameters.entered(age) - share).abs() < 0.005);
        }
        for slope in [-1.0, -0.5, 0.0, 1.0, 40.0] {
            let parameters = Parameters { susc_slope: slope, ..parameters };
            for v in [0.01, 0.5, 0.99] {
                let age = parameters.entry_age(v);
                assert!((parameters.entered(age + 1e-9) - v).abs() < 1e-6 || slope == -1.0);
                assert!((0.0..=20.0 + 1e-9).contains(&age));
            }
        }
    }
}
