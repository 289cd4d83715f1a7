//! What a run writes down on the way, and only what the wanted outputs need. How tables are made of
//! it is `outputs`' business.

use super::population::{Agent, Population, STATES, State};

/// Day of a year on which the population is counted.
const MID_YEAR: u32 = 182;

/// Which outputs are wanted, by what they need.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    /// A row of counts each day.
    pub(super) days: bool,
    /// Cases by year and target age bin.
    pub(super) target_cases: bool,
    /// Mid-year population by target age bin, in these years (counted from the start).
    pub(super) target_population: Option<(u32, u32)>,
    /// Everything by year and fine age bin.
    pub(super) fine: bool,
}

/// Counts by year and age bin; bins are `[edge, next edge)`.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    edges_days: Vec<f64>,
    counts: Vec<u32>,
}

impl Tally {
    pub(super) fn new(edges_years: &[f64], years: u32) -> Tally {
        let bins = edges_years.len().saturating_sub(1);
        Tally {
            edges_days: edges_years.iter().map(|edge| edge * 365.0).collect(),
            counts: vec![0; bins * years as usize],
        }
    }

    pub(super) fn bins(&self) -> usize {
        self.edges_days.len().saturating_sub(1)
    }

    fn clear(&mut self) {
        self.counts.fill(0);
    }

    #[inline]
    fn cell(&mut self, year: u32, age_days: f64) -> Option<&mut u32> {
        let above = self.edges_days.iter().take_while(|&&edge| edge <= age_days).count();
        if above == 0 || above > self.bins() {
            return None;
        }
        let bins = self.bins();
        self.counts.get_mut(year as usize * bins + above - 1)
    }

    #[inline]
    pub(super) fn add(&mut self, year: u32, age_days: f64) {
        if let Some(cell) = self.cell(year, age_days) {
            *cell += 1;
        }
    }

    #[inline]
    fn remove(&mut self, year: u32, age_days: f64) {
        if let Some(cell) = self.cell(year, age_days) {
            *cell -= 1;
        }
    }

    /// The counts of one year, by bin.
    pub(super) fn year(&self, year: u32) -> &[u32] {
        let bins = self.bins();
        self.counts.get(year as usize * bins..(year as usize + 1) * bins).unwrap_or_default()
    }
}

/// The end of one day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Day {
    pub(super) counts: [u32; STATES],
    pub(super) alive: u32,
    pub(super) infections: u32,
    pub(super) first_infections: u32,
    pub(super) cases: u32,
    pub(super) births: u32,
    pub(super) background_deaths: u32,
    pub(super) typhoid_deaths: u32,
    pub(super) pool: f64,
}

impl Day {
    pub(super) fn infected(&self) -> u32 {
        [State::Prepatent, State::Acute, State::Subclinical, State::Chronic]
            .into_iter()
            .map(|state| self.counts[state as usize])
            .sum()
    }
}

/// Fine age bins of the reference's `by_age_year`, in years.
pub(super) const FINE_EDGES: [f64; 17] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 130.0];

/// What has been written down.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) needs: Needs,
    year: u32,
    /// The day under way.
    pub(super) today: Day,
    pub(super) days: Vec<Day>,
    /// Agents whose acute stage may begin today.
    pub(super) case_candidates: Vec<u32>,
    pub(super) target_cases: Tally,
    pub(super) target_population: Tally,
    pub(super) fine_cases: Tally,
    pub(super) fine_infections: Tally,
    pub(super) fine_alive: Tally,
    pub(super) fine_susceptible: Tally,
    pub(super) fine_chronic: Tally,
}

impl Record {
    pub(super) fn new(needs: Needs, age_bins: &[f64], years: u32) -> Record {
        let fine = Tally::new(if needs.fine { &FINE_EDGES } else { &[] }, years);
        let target = Tally::new(age_bins, years);
        Record {
            needs,
            year: 0,
            today: Day::default(),
            days: Vec::new(),
            case_candidates: Vec::new(),
            target_cases: target.clone(),
            target_population: target,
            fine_cases: fine.clone(),
            fine_infections: fine.clone(),
            fine_alive: fine.clone(),
            fine_susceptible: fine.clone(),
            fine_chronic: fine,
        }
    }

    pub(super) fn clear(&mut self) {
        self.days.clear();
        self.case_candidates.clear();
        self.year = 0;
        self.today = Day::default();
        for tally in [
            &mut self.target_cases,
            &mut self.target_population,
            &mut self.fine_cases,
            &mut self.fine_infections,
            &mut self.fine_alive,
            &mut self.fine_susceptible,
            &mut self.fine_chronic,
        ] {
            tally.clear();
        }
    }

    /// Notes an infection today; undone if the agent dies today.
    #[inline]
    pub(super) fn infection(&mut self, first: bool, age_days: f64) {
        self.today.infections += 1;
        self.today.first_infections += u32::from(first);
        if self.needs.fine {
            self.fine_infections.add(self.year, age_days);
        }
    }

    #[cold]
    pub(super) fn undo_infection(&mut self, first: bool, age_days: f64) {
        self.today.infections -= 1;
        self.today.first_infections -= u32::from(first);
        if self.needs.fine {
            self.fine_infections.remove(self.year, age_days);
        }
    }

    /// Ends the day: confirms the cases against the timers now in force, counts, starts the next.
    #[inline(never)]
    pub(super) fn end_day(&mut self, day: u32, population: &Population, pool: f64) {
        self.count_cases(day, &population.agents);
        if day % 365 == MID_YEAR {
            self.count_mid_year(day, &population.agents);
        }
        if self.needs.days {
            let alive = population.alive;
            self.days.push(Day { counts: population.counts, alive, pool, ..self.today });
        }
        self.today = Day::default();
        self.year = (day + 1) / 365;
    }

    fn count_cases(&mut self, day: u32, agents: &[Agent]) {
        while let Some(agent) = self.case_candidates.pop() {
            let person = &agents[agent as usize];
            if person.state == State::Dead || u32::from(person.acute) != day {
                continue;
            }
            self.today.cases += 1;
            if self.needs.target_cases {
                self.target_cases.add(self.year, person.age_days(day));
            }
            if self.needs.fine {
                self.fine_cases.add(self.year, person.age_days(day));
            }
        }
    }

    fn count_mid_year(&mut self, day: u32, agents: &[Agent]) {
        let year = self.year;
        if self.needs.target_population.is_some_and(|(first, last)| (first..=last).contains(&year)) {
            for person in agents.iter().filter(|person| person.state != State::Dead) {
                self.target_population.add(year, person.age_days(day));
            }
        }
        if !self.needs.fine {
            return;
        }
        for person in agents.iter().filter(|person| person.state != State::Dead) {
            let age_days = person.age_days(day);
            self.fine_alive.add(year, age_days);
            match person.state_on(day as u16) {
                State::Susceptible => self.fine_susceptible.add(year, age_days),
                State::Chronic => self.fine_chronic.add(year, age_days),
                _ => {}
            }
        }
    }
}
