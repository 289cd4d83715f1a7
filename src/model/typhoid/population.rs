//! Agents and what demography does to them: the initial population, births, entry into
//! susceptibility, background death. Infection is `natural_history`'s.

use super::Rules;
use super::calendar::{Courses, LifeCalendar, NEVER, Ring};
use super::settings::Parameters;
use crate::math::dist::exponential;
use crate::rng::Stream;

/// Where an agent is in its natural history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    Unexposed,
    Susceptible,
    Prepatent,
    Acute,
    Subclinical,
    Chronic,
    Recovered,
    Dead,
}

pub(super) const STATES: usize = 8;

/// One person. Days are step numbers; a timer that is not set is [`NEVER`], and timers are only ever
/// overwritten, as in the original: stale ones change what a later infection does.
#[derive(Debug, Clone, Copy)]
// Two agents to a cache line, none across two.
#[repr(align(32))]
pub(super) struct Agent {
    /// Day of birth: negative, with a fraction, for the initial population.
    pub(super) birth: f64,
    pub(super) acute: u16,
    pub(super) subclinical: u16,
    pub(super) chronic: u16,
    /// Recovery; susceptible again one day later.
    pub(super) recovery: u16,
    /// Death by typhoid.
    pub(super) death: u16,
    /// Day of the last infection.
    pub(super) infected: u16,
    /// Day of the one valid entry in the look calendar.
    pub(super) look: u16,
    pub(super) infections: u16,
    /// State when last looked at; see [`Agent::state_on`].
    pub(super) state: State,
    /// Whether the calendar counts on its recovery without a look.
    pub(super) counted_on: bool,
    pub(super) female: bool,
}

const _: () = assert!(size_of::<Agent>() == 32);

impl Agent {
    fn new(birth: f64, female: bool, state: State) -> Agent {
        Agent {
            birth,
            acute: NEVER,
            subclinical: NEVER,
            chronic: NEVER,
            recovery: NEVER,
            death: NEVER,
            infected: NEVER,
            look: NEVER,
            infections: 0,
            state,
            counted_on: false,
            female,
        }
    }

    #[inline]
    pub(super) fn age_days(&self, day: u32) -> f64 {
        f64::from(day) - self.birth
    }
}

/// The susceptible of one number of infections: they all run the same risk.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    /// Members, and ghosts: the dead stay until they are drawn.
    pub(super) members: Vec<u32>,
    /// Hazard left until the next infection: an exponential clock.
    pub(super) clock: f64,
    /// Susceptibility factor.
    pub(super) susceptibility: f64,
}

impl Class {
    /// Spends the clock at the rate of the class over one day; whenever it rings, a member or ghost
    /// chosen at random leaves the class for `drawn`.
    #[inline]
    pub(super) fn draw(&mut self, rate: f64, disease: &mut Stream, drawn: &mut Vec<u32>) {
        let mut left = 1.0;
        loop {
            let total = rate * self.members.len() as f64;
            if self.clock > total * left {
                self.clock -= total * left;
                return;
            }
            left -= self.clock / total;
            self.clock = exponential(disease);
            let position = disease.below(self.members.len() as u32) as usize;
            drawn.push(self.members.swap_remove(position));
        }
    }
}

/// Agents worked on at a time: few enough to stay in the processor's nearest memory.
pub(super) const CHUNK: usize = 128;

/// Everybody, with the memory kept from run to run.
#[derive(Debug, Clone)]
pub(super) struct Population {
    pub(super) agents: Vec<Agent>,
    /// Agents in each state, `Dead` not counted.
    pub(super) counts: [u32; STATES],
    pub(super) alive: u32,
    pub(super) classes: Vec<Class>,
    pub(super) classes_used: usize,
    pub(super) looks: Ring<u32>,
    pub(super) courses: Courses,
    entries: LifeCalendar,
    deaths: LifeCalendar,
    /// Marked to die at the end of the step.
    pub(super) dying: Vec<u32>,
    /// Members of classes whose clock rang today.
    pub(super) drawn: Vec<u32>,
    birth_clock: f64,
}

impl Population {
    pub(super) fn new() -> Population {
        Population {
            agents: Vec::new(),
            counts: [0; STATES],
            alive: 0,
            classes: Vec::new(),
            classes_used: 0,
            looks: Ring::new(),
            courses: Courses::new(),
            entries: LifeCalendar::default(),
            deaths: LifeCalendar::default(),
            dying: Vec::new(),
            drawn: Vec::new(),
            birth_clock: 0.0,
        }
    }

    /// Empties it for a run of so many steps.
    pub(super) fn reset(&mut self, steps: u32) {
        self.agents.clear();
        self.counts = [0; STATES];
        self.alive = 0;
        self.classes_used = 0;
        self.looks.clear();
        self.courses.clear();
        self.entries.reset(steps);
        self.deaths.reset(steps);
        self.dying.clear();
    }

    /// Creates the initial agents. Those susceptible before step 0 are in class 0 when this returns;
    /// those that become so in step 0 are entered in the calendar.
    #[inline(never)]
    pub(super) fn found(&mut self, rules: &Rules, streams: &mut Streams) {
        let (fixed, parameters) = (rules.fixed, &rules.parameters);
        self.agents.reserve(fixed.settings.agents as usize + fixed.settings.agents as usize / 2);
        for agent in 0..fixed.settings.agents {
            let (position, female) = unit_and_coin(&mut streams.demography);
            let age = fixed.ages.quantile(position);
            let age_days = age * 365.0;
            let (state, entry) = if age >= parameters.saturation_age {
                (State::Susceptible, None)
            } else {
                initial_entry(parameters, age, &mut streams.demography)
            };
            let death = fixed.mortality.death_step(0, age_days as u32, exponential(&mut streams.demography));
            self.add(Agent::new(-age_days, female, state), entry, death);
            if state == State::Susceptible {
                self.join_class(0, agent, rules, &mut streams.disease);
            }
        }
        self.birth_clock = exponential(&mut streams.demography);
    }

    fn add(&mut self, agent: Agent, entry: Option<u32>, death: Option<u32>) {
        self.counts[agent.state as usize] += 1;
        self.alive += 1;
        self.agents.push(agent);
        self.entries.add(entry);
        self.deaths.add(death);
    }

    /// Puts `agent` among the susceptible with `infections` infections behind them.
    #[inline]
    pub(super) fn join_class(&mut self, infections: u16, agent: u32, rules: &Rules, disease: &mut Stream) {
        while self.classes_used <= usize::from(infections) {
            self.open_class(rules, disease);
        }
        self.classes[usize::from(infections)].members.push(agent);
    }

    #[cold]
    fn open_class(&mut self, rules: &Rules, disease: &mut Stream) {
        let number = self.classes_used;
        if number == self.classes.len() {
            self.classes.push(Class::default());
        }
        let susceptibility = match number {
            0 => 1.0,
            _ => self.classes[number - 1].susceptibility * (1.0 - rules.parameters.tppi),
        };
        let class = &mut self.classes[number];
        class.members.clear();
        class.susceptibility = susceptibility;
        class.clock = exponential(disease);
        self.classes_used += 1;
    }

    /// Each living agent gives birth with the daily probability: an exponential clock that runs at
    /// the rate of those who have not yet given birth on this day, which makes the number of births
    /// binomial exactly.
    #[inline(never)]
    pub(super) fn births(&mut self, day: u32, rules: &Rules, demography: &mut Stream) -> u32 {
        let mut mothers = self.alive;
        let mut left = 1.0;
        let mut births = 0;
        while mothers > 0 {
            let rate = f64::from(mothers) * rules.fixed.birth_hazard;
            if self.birth_clock > rate * left {
                self.birth_clock -= rate * left;
                break;
            }
            left -= self.birth_clock / rate;
            self.birth_clock = exponential(demography);
            mothers -= 1;
            births += 1;
            self.newborn(day, rules, demography);
        }
        births
    }

    fn newborn(&mut self, day: u32, rules: &Rules, demography: &mut Stream) {
        let (v, female) = unit_and_coin(demography);
        let entry = rules.parameters.entry_age(v) * 365.0;
        let entry = (f64::from(day) + entry.ceil().max(1.0)) as u32;
        let death = rules.fixed.mortality.death_step(day, 0, exponential(demography));
        self.add(Agent::new(f64::from(day), female, State::Unexposed), Some(entry), death);
    }

    /// Marks those whose background death falls on `day`; says how many.
    #[inline(never)]
    pub(super) fn mark_background_deaths(&mut self, day: u32) -> u32 {
        let before = self.dying.len();
        let mut next = self.deaths.first(day);
        while let Some(agent) = next {
            if self.agents[agent as usize].state != State::Dead {
                self.dying.push(agent);
            }
            next = self.deaths.after(agent);
        }
        (self.dying.len() - before) as u32
    }

    /// Lets those enter the susceptible whose age says so on `day`.
    #[inline(never)]
    pub(super) fn enter_susceptible(&mut self, day: u32, rules: &Rules, disease: &mut Stream) {
        let mut next = self.entries.first(day);
        while let Some(agent) = next {
            if self.agents[agent as usize].state == State::Unexposed {
                self.agents[agent as usize].state = State::Susceptible;
                self.counts[State::Unexposed as usize] -= 1;
                self.counts[State::Susceptible as usize] += 1;
                self.join_class(0, agent, rules, disease);
            }
            next = self.entries.after(agent);
        }
    }
}

/// State before step 0 and day of entry of somebody younger than the saturation age. The share
/// S(age) applies twice, before step 0 and again in it, as in the original; after that the survival
/// (1 - S(age now)) / (1 - S(initial age)) is inverted with the second draw, which given no entry is
/// uniform on [S(age), 1).
fn initial_entry(parameters: &Parameters, age: f64, demography: &mut Stream) -> (State, Option<u32>) {
    let share = parameters.entered(age);
    let (first, second) = (demography.unit(), demography.unit());
    if first < share {
        (State::Susceptible, None)
    } else if second < share {
        (State::Unexposed, Some(0))
    } else {
        let days = (parameters.entry_age(second) - age) * 365.0;
        (State::Unexposed, Some(days.ceil().max(1.0) as u32))
    }
}

/// The two streams of a run: with common random numbers, people stay the same while infection differs.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    pub(super) demography: Stream,
    pub(super) disease: Stream,
}

/// A uniform number and a coin from different bits of one draw.
#[inline]
fn unit_and_coin(stream: &mut Stream) -> (f64, bool) {
    let bits = stream.next_u64();
    ((bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64), bits & 1 == 1)
}
