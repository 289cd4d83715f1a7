//! A stochastic SEIR epidemic in a closed, well-mixed population: a chain of binomial draws in equal
//! steps of a fraction of a day (Reed-Frost type; Allen, "A primer on stochastic epidemic models",
//! Infectious Disease Modelling 2, 2017). It knows nothing of data or trials.

use super::inputs::{Input, Reader, floats, ints, output_card, parameter_card, setting_card, table};
use super::{Host, Model, ModelFailure, Outputs, ReplicateRequest};
use crate::math::dist::binomial;
use crate::math::exp_m1;
use crate::rng::{Purpose, Stream};
use crate::spec::{Column, ModelCard, ModelPlan, Point, Setting, SettingProblem, Table};

pub(super) const NAME: &str = "seir";
const DAYS_OF_WEEK: usize = 7;

pub(super) fn card() -> ModelCard {
    ModelCard {
        name: NAME.to_owned(),
        about: "Stochastic SEIR epidemic in a closed population".to_owned(),
        version: 1,
        inputs: vec![
            parameter_card("r0", "basic reproduction number", "", 2.5, 0.0, 100.0),
            parameter_card(
                "latent_days",
                "mean time from infection to infectiousness",
                "days",
                3.0,
                0.01,
                1e4,
            ),
            parameter_card("infectious_days", "mean infectious time", "days", 5.0, 0.01, 1e4),
            parameter_card(
                "initial_infected",
                "infectious at the start, rounded to a whole number",
                "people",
                10.0,
                0.0,
                1e12,
            ),
            parameter_card(
                "reporting",
                "probability that a case is reported at its onset",
                "",
                0.5,
                0.0,
                1.0,
            ),
            setting_card("population", "people", "people", Setting::Int(100_000), 1.0, 1e12),
            setting_card("days", "simulated days", "days", Setting::Int(180), 1.0, 1e5),
            setting_card("steps_per_day", "steps of a day", "", Setting::Int(4), 1.0, 1000.0),
        ],
        outputs: output_cards(),
    }
}

fn output_cards() -> Vec<crate::spec::OutputCard> {
    vec![
        output_card(
            "daily",
            "events of each day, states at its end",
            &[("day", "day, from 0", "days")],
            &[
                ("infections", "new infections", "people"),
                ("cases", "new infectious (onsets)", "people"),
                ("reported", "reported of the cases", "people"),
                ("susceptible", "susceptible", "people"),
                ("exposed", "infected, not yet infectious", "people"),
                ("infectious", "infectious", "people"),
                ("recovered", "recovered", "people"),
            ],
        ),
        output_card(
            "weekly",
            "events of each week; the last may be shorter",
            &[("week", "week, from 0", "weeks")],
            &[
                ("infections", "new infections", "people"),
                ("cases", "new infectious (onsets)", "people"),
                ("reported", "reported of the cases", "people"),
            ],
        ),
        output_card(
            "summary",
            "one row for the whole epidemic",
            &[],
            &[
                ("attack_rate", "share of the population that was infected, the initial ones included", ""),
                ("infections", "infections after the start", "people"),
                ("reported", "reported cases", "people"),
                ("peak_day", "day with the most infectious people", "days"),
                ("peak_infectious", "infectious people at the end of that day", "people"),
            ],
        ),
    ]
}

#[derive(Debug, Clone, Copy, Default)]
struct Day {
    infections: u64,
    cases: u64,
    reported: u64,
    susceptible: u64,
    exposed: u64,
    infectious: u64,
    recovered: u64,
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    population: u64,
    days: usize,
    steps_per_day: u32,
}

impl Settings {
    fn read(reader: &mut Reader) -> Settings {
        Settings {
            population: reader.whole("population") as u64,
            days: reader.whole("days") as usize,
            steps_per_day: reader.whole("steps_per_day") as u32,
        }
    }
}

struct Inputs {
    r0: Input,
    latent_days: Input,
    infectious_days: Input,
    initial_infected: Input,
    reporting: Input,
}

/// Probabilities and hazards of one step.
struct Step {
    /// Hazard of infection if everybody were infectious.
    contact: f64,
    onset: f64,
    recovery: f64,
    reporting: f64,
}

/// The model, with the memory it keeps from run to run.
pub(super) struct Seir {
    card: ModelCard,
    settings: Settings,
    inputs: Inputs,
    outputs: Vec<String>,
    days: Vec<Day>,
}

impl Seir {
    /// The model under `plan`.
    ///
    /// # Errors
    /// Every setting or parameter that it refuses.
    pub(super) fn new(plan: &ModelPlan) -> Result<Seir, Vec<SettingProblem>> {
        let card = card();
        let mut reader = Reader::new(plan, &card);
        let settings = Settings::read(&mut reader);
        let inputs = Inputs {
            r0: reader.parameter("r0"),
            latent_days: reader.parameter("latent_days"),
            infectious_days: reader.parameter("infectious_days"),
            initial_infected: reader.parameter("initial_infected"),
            reporting: reader.parameter("reporting"),
        };
        let inputs = reader.finish(inputs)?;
        Ok(Seir { settings, inputs, outputs: plan.outputs.clone(), days: Vec::new(), card })
    }

    /// The chances of a step and the state before the first.
    fn start(&self, point: &Point) -> Result<(Step, Day), ModelFailure> {
        let infectious_days = self.inputs.infectious_days.at(point)?;
        let infected = (self.inputs.initial_infected.at(point)? + 0.5).floor();
        if infected > self.settings.population as f64 {
            return Err(ModelFailure::Refused(format!(
                "initial_infected is {infected}; allowed is at most the population, {}",
                self.settings.population
            )));
        }
        let length = 1.0 / f64::from(self.settings.steps_per_day);
        let step = Step {
            contact: self.inputs.r0.at(point)? / infectious_days * length,
            onset: -exp_m1(-length / self.inputs.latent_days.at(point)?),
            recovery: -exp_m1(-length / infectious_days),
            reporting: self.inputs.reporting.at(point)?,
        };
        let infectious = infected as u64;
        Ok((step, Day { susceptible: self.settings.population - infectious, infectious, ..Day::default() }))
    }

    fn simulate(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<(), ModelFailure> {
        let (step, mut state) = self.start(&request.point)?;
        let mut stream = Stream::new(request.seed, Purpose::Model, 0, 0);
        self.days.clear();
        for _ in 0..self.settings.days {
            if host.stopped() {
                return Err(ModelFailure::Stopped);
            }
            state.infections = 0;
            state.cases = 0;
            for _ in 0..self.settings.steps_per_day {
                if state.exposed + state.infectious == 0 {
                    break;
                }
                advance(&mut state, &step, self.settings.population, &mut stream);
            }
            state.reported = binomial(&mut stream, state.cases, step.reporting);
            self.days.push(state);
        }
        Ok(())
    }
}

/// One step: everybody's chance depends on the state at its beginning.
fn advance(state: &mut Day, step: &Step, population: u64, stream: &mut Stream) {
    let infection = -exp_m1(-step.contact * state.infectious as f64 / population as f64);
    let infections = binomial(stream, state.susceptible, infection);
    let onsets = binomial(stream, state.exposed, step.onset);
    let recoveries = binomial(stream, state.infectious, step.recovery);
    state.susceptible -= infections;
    state.exposed = state.exposed + infections - onsets;
    state.infectious = state.infectious + onsets - recoveries;
    state.recovered += recoveries;
    state.infections += infections;
    state.cases += onsets;
}

impl Model for Seir {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    fn run(&mut self, request: &ReplicateRequest, host: &dyn Host) -> Result<Outputs, ModelFailure> {
        self.simulate(request, host)?;
        let mut tables = Vec::with_capacity(self.outputs.len());
        for name in &self.outputs {
            let Some(mut whole) = index_table(&self.settings, name) else { continue };
            whole.columns.extend(match name.as_str() {
                "daily" => daily(&self.days),
                "weekly" => weekly(&self.days),
                _ => summary(&self.days, self.settings.population),
            });
            tables.push(whole);
        }
        Ok(Outputs(tables))
    }
}

fn column(name: &'static str, days: &[Day], count: impl Fn(&Day) -> u64) -> Column {
    ints(name, days.iter().map(|day| count(day) as i64))
}

fn daily(days: &[Day]) -> Vec<Column> {
    vec![
        column("infections", days, |day| day.infections),
        column("cases", days, |day| day.cases),
        column("reported", days, |day| day.reported),
        column("susceptible", days, |day| day.susceptible),
        column("exposed", days, |day| day.exposed),
        column("infectious", days, |day| day.infectious),
        column("recovered", days, |day| day.recovered),
    ]
}

fn sum(days: &[Day], count: impl Fn(&Day) -> u64) -> i64 {
    days.iter().map(|day| count(day) as i64).sum()
}

fn weekly(days: &[Day]) -> Vec<Column> {
    let weeks = || days.chunks(DAYS_OF_WEEK);
    vec![
        ints("infections", weeks().map(|week| sum(week, |day| day.infections))),
        ints("cases", weeks().map(|week| sum(week, |day| day.cases))),
        ints("reported", weeks().map(|week| sum(week, |day| day.reported))),
    ]
}

fn summary(days: &[Day], population: u64) -> Vec<Column> {
    let peak = days.iter().map(|day| day.infectious).max().unwrap_or(0);
    let peak_day = days.iter().position(|day| day.infectious == peak).unwrap_or(0);
    let left = days.last().map_or(population, |day| day.susceptible);
    vec![
        floats("attack_rate", [(population - left) as f64 / population as f64]),
        ints("infections", [sum(days, |day| day.infections)]),
        ints("reported", [sum(days, |day| day.reported)]),
        ints("peak_day", [peak_day as i64]),
        ints("peak_infectious", [peak as i64]),
    ]
}

fn index_table(settings: &Settings, output: &str) -> Option<Table> {
    match output {
        "daily" => Some(table("daily", vec![ints("day", 0..settings.days as i64)])),
        "weekly" => Some(table("weekly", vec![ints("week", 0..settings.days.div_ceil(DAYS_OF_WEEK) as i64)])),
        "summary" => Some(table("summary", Vec::new())),
        _ => None,
    }
}

/// The index columns of `output`, with all rows; `None` if the plan has problems or no such output.
pub(super) fn index(plan: &ModelPlan, output: &str) -> Option<Table> {
    let card = card();
    let mut reader = Reader::new(plan, &card);
    let settings = Settings::read(&mut reader);
    let settings = reader.finish(settings).ok()?;
    index_table(&settings, output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TrialId;
    use crate::math::exp;
    use crate::model::NoHost;

    fn run(settings: &[(&str, Setting)], seed: u64) -> Result<Outputs, ModelFailure> {
        let plan = ModelPlan {
            model: NAME.to_owned(),
            settings: settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            space: Default::default(),
            outputs: ["daily", "weekly", "summary"].map(str::to_owned).to_vec(),
        };
        let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point: Point::default() };
        let outputs = Seir::new(&plan).unwrap().run(&request, &NoHost)?;
        for table in &outputs.0 {
            let index = index(&plan, &table.name).unwrap();
            assert_eq!(table.columns[..index.columns.len()], index.columns);
        }
        Ok(outputs)
    }

    fn number(outputs: &Outputs, table: &str, column: &str, row: usize) -> f64 {
        outputs.table(table).unwrap().column(column).unwrap().cells.number(row).unwrap()
    }

    /// A large outbreak infects the share z that solves z = 1 - exp(-r0 z) (Kermack and McKendrick,
    /// 1927): 0.8926 for r0 = 2.5. Its standard deviation at 10^6 people is about 0.0006.
    #[test]
    fn a_large_outbreak_has_the_known_final_size() {
        let settings = [
            ("population", Setting::Int(1_000_000)),
            ("days", Setting::Int(400)),
            ("initial_infected", Setting::Int(100)),
            ("steps_per_day", Setting::Int(20)),
        ];
        let outputs = run(&settings, 3).unwrap();
        let z = number(&outputs, "summary", "attack_rate", 0);
        // The discrete steps make the infectious time a little longer than 5 days: step / (1 - exp(-step / 5)).
        let r0 = 2.5 / 5.0 * 0.05 / -exp_m1(-0.05 / 5.0);
        let mut known = 0.9;
        for _ in 0..100 {
            known = 1.0 - exp(-r0 * known);
        }
        assert!((z - known).abs() < 0.004, "{z} {known}");
    }

    /// From one infected person an epidemic with geometric offspring dies out with probability 1/r0.
    #[test]
    fn small_outbreaks_die_out_as_often_as_they_should() {
        let settings =
            [("initial_infected", Setting::Int(1)), ("r0", Setting::Float(2.0)), ("days", Setting::Int(200))];
        let died = (0..400)
            .filter(|&seed| number(&run(&settings, seed).unwrap(), "summary", "attack_rate", 0) < 0.05);
        let died = died.count();
        // Binomial(400, about 0.5): 5 standard deviations are 50.
        assert!((150..250).contains(&died), "{died}");
    }

    #[test]
    fn nobody_appears_or_vanishes_and_weeks_sum_days() {
        let outputs = run(&[("days", Setting::Int(100)), ("reporting", Setting::Float(0.3))], 1).unwrap();
        for day in 0..100 {
            let states = ["susceptible", "exposed", "infectious", "recovered"];
            let total: f64 = states.iter().map(|state| number(&outputs, "daily", state, day)).sum();
            assert_eq!(total, 100_000.0);
        }
        assert_eq!(outputs.table("weekly").unwrap().rows(), 15);
        let week_2: f64 = (14..21).map(|day| number(&outputs, "daily", "reported", day)).sum();
        assert_eq!(week_2, number(&outputs, "weekly", "reported", 2));
    }

    #[test]
    fn more_infected_than_people_are_refused() {
        let settings = [("population", Setting::Int(50)), ("initial_infected", Setting::Int(51))];
        assert!(
            matches!(run(&settings, 1), Err(ModelFailure::Refused(reason)) if reason.contains("population"))
        );
    }
}
