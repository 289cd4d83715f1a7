//! One run: the start, and the phases of each day in the original's order. Computed by events: only
//! agents to whom something happens are touched, under the same law as stepping through everybody.

use super::Rules;
use super::calendar::NEVER;
use super::population::{CHUNK, Population, State, Streams};
use super::record::Record;
use crate::math::dist::binomial;
use crate::math::{exp, exp_m1, ln_1p, pow};
use crate::model::{Host, ModelFailure};
use crate::rng::{Purpose, Stream};

/// Simulates one replicate into `record`.
///
/// # Errors
/// [`ModelFailure::Stopped`] as soon as the host says so.
pub(super) fn simulate(
    rules: &Rules,
    seed: u64,
    population: &mut Population,
    record: &mut Record,
    host: &dyn Host,
) -> Result<(), ModelFailure> {
    let mut streams = Streams {
        demography: Stream::new(seed, Purpose::Model, 0, 0),
        disease: Stream::new(seed, Purpose::Model, 1, 0),
    };
    let mut run = Run::start(rules, population, record, &mut streams);
    for day in 0..rules.fixed.settings.steps() {
        if host.stopped() {
            return Err(ModelFailure::Stopped);
        }
        run.step(day);
    }
    Ok(())
}

/// A run under way.
pub(super) struct Run<'a> {
    rules: &'a Rules<'a>,
    pub(super) population: &'a mut Population,
    environment: Environment,
    record: &'a mut Record,
    streams: &'a mut Streams,
}

impl<'a> Run<'a> {
    /// The initial population, with its initial cases.
    pub(super) fn start(
        rules: &'a Rules<'a>,
        population: &'a mut Population,
        record: &'a mut Record,
        streams: &'a mut Streams,
    ) -> Run<'a> {
        population.reset(rules.fixed.settings.steps());
        record.clear();
        population.found(rules, streams);
        initial_cases(rules, population, record, &mut streams.disease);
        Run { rules, population, environment: Environment::new(rules), record, streams }
    }

    /// The phases of one day.
    pub(super) fn step(&mut self, day: u32) {
        let Run { rules, population, environment, record, streams } = self;
        // Settings keep every day below NEVER.
        let short = day as u16;
        record.today.births = population.births(day, rules, &mut streams.demography);
        record.today.background_deaths = population.mark_background_deaths(day);
        population.enter_susceptible(day, rules, &mut streams.disease);
        population.transitions(short, rules, &mut streams.disease, record);
        let dose = environment.dose(day, population.alive);
        infect_from_pool(short, dose, environment, rules, population, streams, record);
        environment.shed(population);
        population.remove_dying(short, record);
        record.end_day(day, population, environment.pool);
    }
}

/// Infects each susceptible agent with probability `init_prev`, before step 0.
fn initial_cases(rules: &Rules, population: &mut Population, record: &mut Record, disease: &mut Stream) {
    if population.classes_used == 0 {
        return;
    }
    let mut cases = binomial(disease, population.classes[0].members.len() as u64, rules.parameters.init_prev);
    while cases > 0 {
        let members = &mut population.classes[0].members;
        let agent = members.swap_remove(disease.below(members.len() as u32) as usize);
        population.infect(agent, (0, 0), 0.0, rules, disease, record);
        cases -= 1;
    }
}

/// Infects the susceptible. Everybody of a class runs the same risk
/// `1 - exp(-teer * susceptibility * P(response))` on this day, exactly as with a Poisson number of
/// exposures drawn for each.
#[inline(never)]
fn infect_from_pool(
    day: u16,
    dose: f64,
    environment: &Environment,
    rules: &Rules,
    population: &mut Population,
    streams: &mut Streams,
    record: &mut Record,
) {
    if dose <= 0.0 {
        return;
    }
    let hazard = rules.parameters.teer * environment.response(dose);
    let mut drawn = std::mem::take(&mut population.drawn);
    for class in &mut population.classes[..population.classes_used] {
        class.draw(hazard * class.susceptibility, &mut streams.disease, &mut drawn);
    }
    for chunk in drawn.chunks(CHUNK) {
        // A short loop of independent look-ups: in a large population they wait for memory together.
        let is_ghost = |&&agent: &&u32| population.agents[agent as usize].state == State::Dead;
        let ghosts = chunk.iter().filter(is_ghost).count();
        for &agent in chunk {
            if ghosts == 0 || population.agents[agent as usize].state != State::Dead {
                population.infect(agent, (day, day + 1), dose, rules, &mut streams.disease, record);
            }
        }
    }
    drawn.clear();
    population.drawn = drawn;
}

/// The pool of bacteria that everybody drinks from.
#[derive(Debug, Clone)]
struct Environment {
    pool: f64,
    remaining: f64,
    /// Exposure factor for each day of the year.
    season: Vec<f64>,
    /// Of the dose-response: `(2^(1/alpha) - 1) / n50`, and alpha.
    steepness: f64,
    alpha: f64,
    /// Shed per day into the pool by one agent in each infected state.
    shed: [(State, f64); 4],
}

impl Environment {
    fn new(rules: &Rules) -> Environment {
        let parameters = &rules.parameters;
        let unit = parameters.tai * parameters.shedding_rate;
        Environment {
            pool: parameters.init_cfu,
            remaining: exp(-parameters.decay_rate),
            season: (0..365)
                .map(|day| parameters.rel_trans * parameters.season.factor(f64::from(day)))
                .collect(),
            steepness: (pow(2.0, 1.0 / parameters.alpha) - 1.0) / parameters.n50,
            alpha: parameters.alpha,
            shed: [
                (State::Prepatent, unit * parameters.tpri),
                (State::Acute, unit),
                (State::Subclinical, unit * parameters.tsri),
                (State::Chronic, unit * parameters.tcri),
            ],
        }
    }

    /// Dose per exposure, in CFU, from the pool at the end of the day before.
    #[inline]
    fn dose(&self, day: u32, alive: u32) -> f64 {
        if alive == 0 { 0.0 } else { self.season[(day % 365) as usize] * self.pool / f64::from(alive) }
    }

    /// Probability that one exposure infects: 1 - (1 + dose * steepness)^-alpha (beta-Poisson).
    #[inline]
    fn response(&self, dose: f64) -> f64 {
        -exp_m1(-self.alpha * ln_1p(dose * self.steepness))
    }

    /// Decay over the day, then what the infected shed.
    fn shed(&mut self, population: &Population) {
        self.pool *= self.remaining;
        for (state, amount) in self.shed {
            self.pool += amount * f64::from(population.counts[state as usize]);
        }
    }
}

const _: () = assert!(150 * 365 + 512 < NEVER as u32);
