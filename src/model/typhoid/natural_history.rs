//! What an infection decides, and the daily transitions, for one agent at a time. The rules, their
//! order and their quirks (timers are never cleared) are the original's.

use super::Rules;
use super::calendar::{NEVER, REACH, Return};
use super::population::{Agent, CHUNK, Population, State};
use super::record::Record;
use crate::math::dist::bernoulli;
use crate::rng::Stream;

impl Agent {
    /// The state on `day`, after that day's transitions. Those of an infection are not due before the
    /// next day, even if their timers say so.
    #[inline]
    pub(super) fn state_on(&self, day: u16) -> State {
        if self.infected == day { self.state } else { self.advance(day) }
    }

    /// The state on `day` before looking: as the last look left it, but that a recovered person has
    /// become susceptible in the meantime.
    #[inline]
    fn state_on_eve(&self, day: u16) -> State {
        if self.state == State::Recovered && self.recovery < day { State::Susceptible } else { self.state }
    }

    /// The first day, from `from` on, on which something of this agent's may be due.
    #[inline]
    fn next_look(&self, from: u16) -> u16 {
        if self.state == State::Prepatent && (self.acute < from || self.subclinical < from) {
            // A stale timer ends the prepatent stage at once.
            return from;
        }
        // Days before `from` wrap around to beyond NEVER.
        let ahead = [self.acute, self.subclinical, self.chronic, self.recovery, self.death]
            .map(|day| day.wrapping_sub(from));
        from + ahead.into_iter().fold(NEVER - from, u16::min).min(REACH - 1)
    }

    /// Whether all that will happen is the recovery, soon enough for the rings.
    #[inline]
    fn will_just_recover(&self, day: u16) -> bool {
        self.death == NEVER && self.chronic == NEVER && self.recovery.wrapping_sub(day + 1) < REACH - 1
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
        !matches!(self.state, State::Prepatent | State::Acute | State::Subclinical)
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
        self.counts[State::Susceptible as usize] -= 1;
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
        self.schedule(agent, (day, from));
    }

    /// Enters what the infection on `day` leads to.
    #[inline]
    fn schedule(&mut self, agent: u32, (day, from): (u16, u16)) {
        let person = &mut self.agents[agent as usize];
        person.counted_on =
            from > day && person.acute == NEVER && person.subclinical > day && person.will_just_recover(day);
        if person.counted_on {
            person.look = NEVER;
            let (onset, recovery, infections) = (person.subclinical, person.recovery, person.infections);
            self.courses.on(onset).onsets += 1;
            self.courses.on(recovery).from_subclinical += 1;
            self.courses.returns.enter(recovery + 1, Return { agent, infections });
            return;
        }
        let look = person.next_look(from);
        if look != person.look {
            person.look = look;
            self.looks.enter(look, agent);
        }
    }

    /// Looks at everybody whom the calendar names for `day`.
    #[inline(never)]
    pub(super) fn transitions(&mut self, day: u16, rules: &Rules, disease: &mut Stream, record: &mut Record) {
        self.unseen_transitions(day, rules, disease);
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
        let (before, after) = (person.state_on_eve(day), person.advance(day));
        person.state = after;
        if person.acute == day {
            record.case_candidates.push(agent);
        }
        if person.death <= day {
            self.dying.push(agent);
            record.today.typhoid_deaths += 1;
        }
        person.counted_on = matches!(after, State::Acute | State::Subclinical)
            && (person.acute <= day || person.acute == NEVER)
            && person.will_just_recover(day);
        let (infections, recovery) = (person.infections, person.recovery);
        if person.counted_on || person.is_settled(day + 1) {
            person.look = NEVER;
        } else {
            person.look = person.next_look(day + 1);
            self.looks.enter(person.look, agent);
        }
        if person.counted_on {
            let moves = self.courses.on(recovery);
            *(if after == State::Acute { &mut moves.from_acute } else { &mut moves.from_subclinical }) += 1;
            self.courses.returns.enter(recovery + 1, Return { agent, infections });
        }
        self.counts[before as usize] -= 1;
        self.counts[after as usize] += 1;
        if after == State::Recovered {
            self.courses.returns.enter(day + 1, Return { agent, infections });
        } else if after == State::Susceptible && before != after {
            self.join_class(infections, agent, rules, disease);
        }
    }

    /// What happens on `day` to people who need not be looked at: those who recovered the day before
    /// become susceptible (the dead among them as ghosts), and the counted on change stage.
    fn unseen_transitions(&mut self, day: u16, rules: &Rules, disease: &mut Stream) {
        let returns = self.courses.returns.take(day);
        for &Return { agent, infections } in &returns {
            self.join_class(infections, agent, rules, disease);
        }
        self.courses.returns.give_back(day, returns);
        let moves = std::mem::take(self.courses.on(day));
        let counts = &mut self.counts;
        counts[State::Susceptible as usize] += counts[State::Recovered as usize];
        counts[State::Recovered as usize] = moves.from_acute + moves.from_subclinical;
        counts[State::Prepatent as usize] -= moves.onsets;
        counts[State::Subclinical as usize] += moves.onsets;
        counts[State::Subclinical as usize] -= moves.from_subclinical;
        counts[State::Acute as usize] -= moves.from_acute;
    }

    /// Removes everybody marked to die. An infection on the day of death does not count.
    #[inline(never)]
    pub(super) fn remove_dying(&mut self, day: u16, record: &mut Record) {
        while let Some(agent) = self.dying.pop() {
            let person = &mut self.agents[agent as usize];
            if person.state == State::Dead {
                continue;
            }
            let state = person.state_on(day);
            self.counts[state as usize] -= 1;
            self.alive -= 1;
            if person.counted_on && person.recovery > day {
                let moves = self.courses.on(person.recovery);
                *(if state == State::Acute { &mut moves.from_acute } else { &mut moves.from_subclinical }) -=
                    1;
                if state == State::Prepatent {
                    self.courses.on(person.subclinical).onsets -= 1;
                }
            }
            if person.infected == day {
                record.undo_infection(person.infections == 1, person.age_days(u32::from(day)));
            }
            person.state = State::Dead;
            person.look = NEVER;
        }
    }
}
