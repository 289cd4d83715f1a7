//! The shortcuts against counting everybody: on every day of small, eventful runs.

use super::population::{Population, STATES, State, Streams};
use super::record::{Needs, Record};
use super::*;
use crate::rng::{Purpose, Stream};
use crate::spec::{Point, Setting, Space};

fn model(settings: &[(&str, f64)]) -> Typhoid {
    let plan = ModelPlan {
        model: NAME.to_owned(),
        settings: settings.iter().map(|&(name, value)| (name.to_owned(), Setting::Float(value))).collect(),
        space: Space::default(),
        outputs: Vec::new(),
    };
    Typhoid::new(&plan).unwrap()
}

#[track_caller]
fn check_day(day: u16, population: &Population) {
    let mut counts = [0; STATES];
    let mut susceptible = Vec::new();
    for (number, person) in population.agents.iter().enumerate() {
        let state = person.state_on(day);
        counts[state as usize] += 1;
        if state == State::Susceptible {
            susceptible.push((person.infections, number as u32));
        }
    }
    let dead = counts[State::Dead as usize];
    assert_eq!(counts[..STATES - 1], population.counts[..STATES - 1], "states on day {day}");
    assert_eq!(population.agents.len() as u32 - dead, population.alive, "alive on day {day}");

    let classes = population.classes[..population.classes_used].iter().enumerate();
    let mut members: Vec<(u16, u32)> = classes
        .flat_map(|(number, class)| class.members.iter().map(move |&agent| (number as u16, agent)))
        .filter(|&(_, agent)| population.agents[agent as usize].state != State::Dead)
        .collect();
    members.sort_unstable();
    susceptible.sort_unstable();
    assert_eq!(members, susceptible, "members of the classes on day {day}");
}

#[test]
fn counts_and_classes_are_those_of_everybody_on_every_day() {
    let many_reinfections =
        [("agents", 300.0), ("years", 4.0), ("tppi", 0.2), ("tai", 4e5), ("p_acute", 0.5)];
    for (seed, extra) in
        [("p_death", 0.4), ("p_cpg", 1.0), ("p_acute", 0.0), ("teer", 0.5)].into_iter().enumerate()
    {
        let mut settings: Vec<(&str, f64)> =
            many_reinfections.iter().copied().filter(|(name, _)| *name != extra.0).collect();
        settings.push(extra);
        let model = model(&settings);
        let rules = Rules { fixed: &model.fixed, parameters: model.inputs.at(&Point::default()).unwrap() };
        let mut population = Population::new();
        let mut record = Record::new(Needs::default(), &[0.0, 100.0], 4);
        let mut streams = Streams {
            demography: Stream::new(seed as u64, Purpose::Test, 0, 0),
            disease: Stream::new(seed as u64, Purpose::Test, 1, 0),
        };
        let mut run = step::Run::start(&rules, &mut population, &mut record, &mut streams);
        for day in 0..4 * 365 {
            run.step(day);
            check_day(day as u16, run.population);
        }
        assert!(run.population.classes_used > 3, "people are infected again and again");
    }
}
