//! What an infection decides, and the daily transitions, for one agent at a time. The rules, their
//! order and their quirks (timers are never cleared) are the original's.

use super::Rules;
use super::calendar::{LookCalendar, NEVER};
use super::population::{Agent, CHUNK, Population, State};
use super::record::Record;
use crate::math::dist::bernoulli;
use crate::rng::Stream;

impl Agent {
    /// The first day, from `from` on, on which something of this agent's may be due.
    #[inline]
    fn next_look(&self, from: u16) -> u16 {
        if self.state == State::Prepatent && (self.acute < from || self.subclinical < from) {
            // A stale timer ends the prepatent stage at once.
            return from;
        }
        let susceptible_again = self.recovery.saturating_add(1);
        // Days before `from` wrap around to beyond NEVER.
        let ahead =
            [self.acute, self.subclinical, self.chronic, self.recovery, susceptible_again, self.death]
                .map(|day| day.wrapping_sub(from));
        from + ahead.into_iter().fold(NEVER - from, u16::min).min(LookCalendar::REACH - 1)
    }

    /// All transitions that are due, in the original's order; gives the new state.
    #[inline]
    fn advance(&self, day: u16) -> State {
        let mut state = self.state;
        if state == State::Prepatent {
            if self.acute <= day {
                state = State::Acute;
            } else if self.subclinical <= day {
                state = State::Subclinical;
            }
        }
        if matches!(state, State::Acute | State::Subclinical) {
            if self.chronic <= day {
                state = State::Chronic;
            } else if self.recovery <= day {
                state = State::Recovered;
            }
        }
        if state == State::Recovered && self.recovery < day {
            state = State::Susceptible;
        }
        state
    }

    /// Nothing of this agent's will ever be due.
    #[inline]
    fn is_settled(&self, from: u16) -> bool {
        let due = |timer: u16| timer >= from && timer != NEVER;
        !matches!(self.state, State::Prepatent | State::Acute | State::Subclinical | State::Recovered)
            && !due(self.acute)
            && !due(self.death)
    }
}

impl Population {
    /// Infects `agent` on `day` with this dose and decides all that follows. `from` is the first day
    /// on which transitions can still happen.
    #[inline]
    pub(super) fn infect(
        &mut self,
        agent: u32,
        (day, from): (u16, u16),
        dose: f64,
        rules: &Rules,
        disease: &mut Stream,
        record: &mut Record,
    ) {
        let (fixed, parameters) = (rules.fixed, &rules.parameters);
        let person = &mut self.agents[agent as usize];
        let age_days = person.age_days(u32::from(day));
        let age_years = age_days / 365.0;
        person.infections = person.infections.saturating_add(1);
        person.infected = day;
        self.counts[person.state as usize] -= 1;
        self.counts[State::Prepatent as usize] += 1;
        person.state = State::Prepatent;

        let onset = day.saturating_add(fixed.durations.prepatent(dose).draw(disease));
        let end = onset.saturating_add(fixed.durations.infectious(age_years).draw(disease));
        let acute = bernoulli(disease, parameters.p_acute);
        if acute {
            // Without a prepatent stage the calendar comes too late to say that today is the onset.
            if onset < from && person.acute != day {
                record.case_candidates.push(agent);
            }
            person.acute = onset;
        } else {
            person.subclinical = onset;
        }
        let carrier = parameters.p_cpg * fixed.gallstones.prevalence(age_years, person.female);
        if bernoulli(disease, carrier) {
            person.chronic = end;
        } else if acute && bernoulli(disease, parameters.p_death) {
            person.death = end;
        } else {
            person.recovery = end;
        }
        record.infection(person.infections == 1, age_days);
        let look = person.next_look(from);
        if look != person.look {
            person.look = look;
            self.looks.enter(look, agent);
        }
    }

    /// Looks at everybody whom the calendar names for `day`.
    #[inline(never)]
    pub(super) fn transitions(&mut self, day: u16, rules: &Rules, disease: &mut Stream, record: &mut Record) {
        let due = self.looks.take(day);
        for chunk in due.chunks(CHUNK) {
            // As for infections: first the independent look-ups, then the work.
            let valid = chunk.iter().filter(|&&agent| self.agents[agent as usize].look == day).count();
            if valid == 0 {
                continue;
            }
            for &agent in chunk {
                self.look_at(agent, day, rules, disease, record);
            }
        }
        self.looks.give_back(day, due);
    }

    #[inline]
    fn look_at(&mut self, agent: u32, day: u16, rules: &Rules, disease: &mut Stream, record: &mut Record) {
        let person = &mut self.agents[agent as usize];
        if person.look != day {
            return;
        }
        let (before, after) = (person.state, person.advance(day));
        person.state = after;
        if person.acute == day {
            record.case_candidates.push(agent);
        }
        if person.death <= day {
            self.dying.push(agent);
            record.today.typhoid_deaths += 1;
        }
        if person.is_settled(day + 1) {
            person.look = NEVER;
        } else {
            person.look = person.next_look(day + 1);
            self.looks.enter(person.look, agent);
        }
        let infections = person.infections;
        self.counts[before as usize] -= 1;
        self.counts[after as usize] += 1;
        if after == State::Susceptible && before != after {
            self.join_class(infections, agent, rules, disease);
        }
    }

    /// Removes everybody marked to die. An infection on the day of death does not count.
    #[inline(never)]
    pub(super) fn remove_dying(&mut self, day: u16, record: &mut Record) {
        while let Some(agent) = self.dying.pop() {
            let person = &mut self.agents[agent as usize];
            if person.state == State::Dead {
                continue;
            }
            self.counts[person.state as usize] -= 1;
            self.alive -= 1;
            if person.infected == day {
                record.undo_infection(person.infections == 1, person.age_days(u32::from(day)));
            }
            person.state = State::Dead;
            person.look = NEVER;
        }
    }
}
