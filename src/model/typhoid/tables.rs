//! The compiled-in data of the typhoid model: initial ages, background mortality, gallstones.
//! Sources and licence are in `data/README.md`.

const AGES: &str = include_str!("data/pakistan_age_distribution.csv");
const MORTALITY: &str = include_str!("data/pakistan_mortality_male.csv");
const GALLSTONES: &str = include_str!("data/gallstone_probs.csv");

/// Rows of numbers under a header; `NA` is infinity.
fn rows(text: &str) -> impl Iterator<Item = Vec<f64>> {
    text.lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.trim().split(',').map(|cell| cell.parse().unwrap_or(f64::INFINITY)).collect())
}

/// Initial ages: piecewise uniform.
#[derive(Debug, Clone)]
pub(super) struct AgeDistribution {
    /// (probability of being younger than the class, its own probability, first age, width)
    classes: Vec<(f64, f64, f64, f64)>,
}

impl AgeDistribution {
    pub(super) fn new() -> AgeDistribution {
        let rows: Vec<Vec<f64>> = rows(AGES).collect();
        let total: f64 = rows.iter().map(|row| row[2]).sum();
        let mut below = 0.0;
        let mut classes = Vec::new();
        for row in rows.iter().filter(|row| row[2] > 0.0) {
            let share = row[2] / total;
            classes.push((below, share, row[0], row[1] - row[0]));
            below += share;
        }
        AgeDistribution { classes }
    }

    /// The age, in years, that a share `u` of people are younger than.
    #[inline]
    pub(super) fn quantile(&self, u: f64) -> f64 {
        let mut class = self.classes[0];
        for &next in &self.classes[1..] {
            if u < next.0 {
                break;
            }
            class = next;
        }
        let (below, share, first, width) = class;
        first + width * ((u - below) / share).min(1.0 - f64::EPSILON)
    }
}

/// Gallstone prevalence by decade of age (the last is open) and sex.
#[derive(Debug, Clone)]
pub(super) struct Gallstones([[f64; 2]; 9]);

impl Gallstones {
    pub(super) fn new() -> Gallstones {
        let mut prevalence = [[0.0; 2]; 9];
        for row in rows(GALLSTONES) {
            let decade = ((row[0] / 10.0) as usize).min(8);
            prevalence[decade][usize::from(row[2] == 1.0)] = row[3];
        }
        Gallstones(prevalence)
    }

    #[inline]
    pub(super) fn prevalence(&self, age_years: f64, female: bool) -> f64 {
        self.0[((age_years / 10.0) as usize).min(8)][usize::from(female)]
    }
}

/// Age classes of the mortality table start at these ages, in years.
const CLASS_AGES: [u32; 22] =
    [0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100];
const FIRST_YEAR: i64 = 1950;

/// Background mortality of the steps of one run.
#[derive(Debug, Clone)]
pub(super) struct Mortality {
    /// Hazard per step, by half-year-shifted calendar year and age class.
    hazards: Vec<[f64; CLASS_AGES.len()]>,
    /// Upper bound of the hazard of the whole run, by age in whole years at its start.
    bounds: Vec<f64>,
    steps: u32,
}

impl Mortality {
    pub(super) fn new(start_year: i64, steps: u32) -> Mortality {
        let mut years: Vec<[f64; CLASS_AGES.len()]> = Vec::new();
        for (index, row) in rows(MORTALITY).enumerate() {
            let class = index % CLASS_AGES.len();
            if class == 0 {
                years.push([0.0; CLASS_AGES.len()]);
            }
            if let Some(year) = years.last_mut() {
                year[class] = row[2] / 365.0;
            }
        }
        let last = years.len() as i64 - 1;
        let of_year = |shift: i64| years[(start_year + shift - FIRST_YEAR).clamp(0, last) as usize];
        let hazards = (0..=i64::from(steps.div_ceil(365))).map(of_year).collect();
        let mut mortality = Mortality { hazards, bounds: Vec::new(), steps };
        mortality.bounds = (0..=105).map(|age| mortality.bound(age)).collect();
        mortality
    }

    fn bound(&self, age_years: u32) -> f64 {
        let mut total = 0.0;
        let mut step = 0;
        while step < self.steps {
            let end = table_end(step).min(self.steps);
            let youngest = class_of(age_years * 365 + step);
            let oldest = class_of((age_years + 1) * 365 + end);
            let worst = self.table(step)[youngest..=oldest].iter().copied().fold(0.0, f64::max);
            total += worst * f64::from(end - step);
            step = end;
        }
        total
    }

    /// The nearest whole year to the step's date decides: the tables change in mid-year.
    #[inline]
    fn table(&self, step: u32) -> &[f64; CLASS_AGES.len()] {
        &self.hazards[((step + 182) / 365) as usize]
    }

    /// The first step at which the hazard summed from `first` on reaches `threshold` (a standard
    /// exponential draw), for somebody `age_days` old at `first`; `None` if that is not in this run.
    pub(super) fn death_step(&self, first: u32, age_days: u32, threshold: f64) -> Option<u32> {
        if first == 0 && self.bounds.get((age_days / 365) as usize).is_some_and(|&bound| threshold > bound) {
            return None;
        }
        let mut left = threshold;
        let mut step = first;
        let mut class = class_of(age_days);
        while step < self.steps {
            let next_class = CLASS_AGES.get(class + 1).map_or(u32::MAX, |age| first + (age * 365 - age_days));
            let end = table_end(step).min(self.steps).min(next_class);
            let hazard = self.table(step)[class];
            let spent = hazard * f64::from(end - step);
            if left < spent {
                return Some(step + ((left / hazard) as u32).min(end - step - 1));
            }
            left -= spent;
            step = end;
            if step == next_class {
                class += 1;
            }
        }
        None
    }
}

/// The first step after `step` with another mortality table.
fn table_end(step: u32) -> u32 {
    ((step + 182) / 365 + 1) * 365 - 182
}

fn class_of(age_days: u32) -> usize {
    CLASS_AGES.iter().rposition(|age| age * 365 <= age_days).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        assert_eq!(rows(AGES).count(), 21);
        assert_eq!(rows(GALLSTONES).count(), 18);
        let ages: Vec<u32> = rows(MORTALITY).take(22).map(|row| row[1] as u32).collect();
        assert_eq!(ages, CLASS_AGES);
        assert_eq!(rows(MORTALITY).count(), 22 * 72);
        for (index, row) in rows(MORTALITY).enumerate() {
            assert_eq!((row[0] as i64, row[1] as u32), (1950 + index as i64 / 22, CLASS_AGES[index % 22]));
            assert!(row.iter().all(|cell| cell.is_finite()));
        }
        let stones = Gallstones::new();
        assert_eq!(stones.prevalence(29.99, true), 0.234);
        assert_eq!(stones.prevalence(95.0, false), 0.4);
    }

    #[test]
    fn a_quantile_stays_in_its_class() {
        let ages = AgeDistribution::new();
        assert_eq!(ages.quantile(0.0), 0.0);
        assert!((ages.quantile(0.0632) - 2.5).abs() < 0.01);
        let oldest = ages.quantile(1.0 - f64::EPSILON / 2.0);
        assert!(oldest < 100.0 && oldest > 95.0, "{oldest}");
    }

    /// Against a step-by-step sum, over ages, first steps and thresholds.
    #[test]
    fn death_falls_on_the_step_that_reaches_the_threshold() {
        let steps = 5 * 365;
        let mortality = Mortality::new(2015, steps);
        let yearly: Vec<f64> = rows(MORTALITY).map(|row| row[2]).collect();
        for (first, age_days) in [(0, 0), (0, 364), (0, 1825), (0, 80 * 365 + 7), (700, 0), (0, 104 * 365)] {
            for threshold in [1e-6, 0.003, 0.04, 0.3, 1.1] {
                let mut sum = 0.0;
                let slow = (first..steps).find(|step| {
                    let age = f64::from(age_days + step - first) / 365.0;
                    let class = CLASS_AGES.iter().rposition(|&from| f64::from(from) <= age).unwrap();
                    let year = (2015.0 + f64::from(*step) / 365.0 + 0.5).floor().min(2021.0) as usize;
                    sum += yearly[(year - 1950) * 22 + class] / 365.0;
                    sum >= threshold
                });
                assert_eq!(
                    mortality.death_step(first, age_days, threshold),
                    slow,
                    "{first} {age_days} {threshold}"
                );
            }
        }
    }
}
