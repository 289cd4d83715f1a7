//! Reads a plan against a model's card: every unknown name, wrong type and value out of range becomes
//! a [`SettingProblem`], and every parameter's place in a point is found once, so that a run looks
//! no name up. It knows no particular model.

use super::ModelFailure;
use crate::spec::{
    Cells, Column, ColumnCard, Domain, InputCard, Label, ModelCard, ModelPlan, OutputCard, Parameter, Point,
    Setting, SettingProblem, Table, Value,
};

/// Where a parameter's value comes from.
#[derive(Debug, Clone)]
enum Source {
    Fixed(f64),
    Coordinate(usize),
    /// A categorical parameter whose choices are numbers.
    Choice(usize, Vec<f64>),
}

/// One parameter of a built model.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    name: String,
    source: Source,
    low: f64,
    high: f64,
}

impl Input {
    /// Its value at `point`.
    ///
    /// # Errors
    /// [`ModelFailure::Refused`] if the point lacks it or it is out of the model's range.
    #[inline]
    pub(crate) fn at(&self, point: &Point) -> Result<f64, ModelFailure> {
        let value = match &self.source {
            Source::Fixed(value) => return Ok(*value),
            Source::Coordinate(position) => match point.0.get(*position) {
                Some(Value::Float(value)) => Some(*value),
                Some(Value::Int(value)) => Some(*value as f64),
                _ => None,
            },
            Source::Choice(position, choices) => match point.0.get(*position) {
                Some(Value::Choice(choice)) => choices.get(*choice as usize).copied(),
                _ => None,
            },
        };
        match value {
            Some(value) if value >= self.low && value <= self.high => Ok(value),
            _ => Err(self.refused(value)),
        }
    }

    #[cold]
    fn refused(&self, value: Option<f64>) -> ModelFailure {
        let allowed = range(Some(self.low), Some(self.high));
        ModelFailure::Refused(match value {
            Some(value) => format!("{} is {value}; allowed is {allowed}", self.name),
            None => format!("the point has no number for {}", self.name),
        })
    }
}

/// Collects what a model needs from a plan, and every problem on the way.
pub(crate) struct Reader<'a> {
    plan: &'a ModelPlan,
    card: &'a ModelCard,
    problems: Vec<SettingProblem>,
}

impl<'a> Reader<'a> {
    /// Starts with what is wrong without knowing any meaning: names.
    pub(crate) fn new(plan: &'a ModelPlan, card: &'a ModelCard) -> Reader<'a> {
        let mut reader = Reader { plan, card, problems: Vec::new() };
        reader.check_names();
        reader.check_outputs();
        reader
    }

    fn check_names(&mut self) {
        for name in self.plan.settings.keys() {
            if self.input(name).is_none() {
                self.unknown(name, |_| true);
            }
        }
        for parameter in &self.plan.space.0 {
            if self.input(&parameter.name).is_none_or(|input| !input.calibrated) {
                self.unknown(&parameter.name, |input| input.calibrated);
            }
            if self.plan.settings.contains_key(&parameter.name) {
                self.problem(
                    &parameter.name,
                    "both a fixed value and a parameter to calibrate",
                    "one of the two",
                );
            }
        }
    }

    fn check_outputs(&mut self) {
        for output in &self.plan.outputs {
            if !self.card.outputs.iter().any(|card| card.name == *output) {
                let known: Vec<&str> = self.card.outputs.iter().map(|card| card.name.as_str()).collect();
                self.problem("outputs", format!("`{output}`"), one_of(&known));
            }
        }
    }

    fn unknown(&mut self, name: &str, wanted: impl Fn(&InputCard) -> bool) {
        let known: Vec<&str> =
            self.card.inputs.iter().filter(|input| wanted(input)).map(|input| input.name.as_str()).collect();
        self.problem(name, format!("`{name}`, which {} does not have", self.card.name), one_of(&known));
    }

    fn input(&self, name: &str) -> Option<&'a InputCard> {
        self.card.inputs.iter().find(|input| input.name == name)
    }

    /// Notes a problem with `name`.
    pub(crate) fn problem(&mut self, name: &str, found: impl Into<String>, allowed: impl Into<String>) {
        self.problems.push(SettingProblem {
            name: name.to_owned(),
            found: found.into(),
            allowed: allowed.into(),
        });
    }

    /// The setting as given, else its default; `None` for a name that the card lacks.
    fn setting(&self, name: &str) -> Option<&'a Setting> {
        self.plan.settings.get(name).or_else(|| self.input(name).map(|input| &input.default))
    }

    /// A number that may be calibrated.
    pub(crate) fn parameter(&mut self, name: &str) -> Input {
        let (low, high) = self.bounds(name);
        let source = match self.plan.space.position(name) {
            Some(position) => self.calibrated(&self.plan.space.0[position], position),
            None => Source::Fixed(self.number(name)),
        };
        Input { name: name.to_owned(), source, low, high }
    }

    fn calibrated(&mut self, parameter: &Parameter, position: usize) -> Source {
        let name = parameter.name.as_str();
        let (low, high, source) = match &parameter.domain {
            Domain::Float { low, high, .. } => (*low, *high, Source::Coordinate(position)),
            Domain::Int { low, high, .. } => (*low as f64, *high as f64, Source::Coordinate(position)),
            Domain::Categorical { choices } => {
                let numbers: Vec<f64> = choices.iter().filter_map(as_number).collect();
                if numbers.len() < choices.len() {
                    self.problem(name, "choices that are not numbers", "numbers");
                }
                let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
                let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                (low, high, Source::Choice(position, numbers))
            }
        };
        let (least, most) = self.bounds(name);
        if low < least || high > most {
            self.problem(name, format!("values from {low} to {high}"), range(Some(least), Some(most)));
        }
        source
    }

    fn bounds(&self, name: &str) -> (f64, f64) {
        let input = self.input(name);
        (
            input.and_then(|input| input.low).unwrap_or(f64::MIN),
            input.and_then(|input| input.high).unwrap_or(f64::MAX),
        )
    }

    /// A number that is only set; on a problem, the smallest allowed one.
    pub(crate) fn number(&mut self, name: &str) -> f64 {
        let (low, high) = self.bounds(name);
        match self.setting(name) {
            Some(setting) => match as_number(setting) {
                Some(value) if value >= low && value <= high => return value,
                Some(value) => self.problem(name, value.to_string(), range(Some(low), Some(high))),
                None => self.problem(
                    name,
                    describe(setting),
                    format!("a number, {}", range(Some(low), Some(high))),
                ),
            },
            None => self.problem(name, "nothing", "a number"),
        }
        low
    }

    /// A whole number that is only set (`10.0` counts as whole).
    pub(crate) fn whole(&mut self, name: &str) -> i64 {
        let value = self.number(name);
        if value.floor() != value {
            self.problem(name, value.to_string(), "a whole number");
        }
        value as i64
    }

    /// A list of numbers that is only set; a single number is a list of one.
    pub(crate) fn numbers(&mut self, name: &str) -> Vec<f64> {
        let setting = self.setting(name);
        let numbers = match setting {
            Some(Setting::List(items)) => items.iter().map(as_number).collect::<Option<Vec<f64>>>(),
            Some(other) => as_number(other).map(|number| vec![number]),
            None => None,
        };
        let (low, high) = self.bounds(name);
        match numbers {
            Some(numbers) if numbers.iter().all(|&number| number >= low && number <= high) => numbers,
            _ => {
                let found = setting.map_or_else(String::new, describe);
                self.problem(
                    name,
                    found,
                    format!("a list of numbers, each {}", range(Some(low), Some(high))),
                );
                Vec::new()
            }
        }
    }

    /// One of the card's texts; on a problem, the first of them.
    pub(crate) fn choice(&mut self, name: &str) -> String {
        let choices = self.input(name).map(|input| input.choices.as_slice()).unwrap_or_default();
        match self.setting(name) {
            Some(Setting::Text(text)) if choices.contains(text) => return text.clone(),
            other => {
                let known: Vec<&str> = choices.iter().map(String::as_str).collect();
                let found = other.map_or_else(String::new, describe);
                self.problem(name, found, one_of(&known));
            }
        }
        choices.first().cloned().unwrap_or_default()
    }

    /// Whether `output` is wanted.
    pub(crate) fn wants(&self, output: &str) -> bool {
        self.plan.outputs.iter().any(|wanted| wanted == output)
    }

    /// `value`, if there was no problem.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<SettingProblem>> {
        if self.problems.is_empty() { Ok(value) } else { Err(self.problems) }
    }
}

fn as_number(setting: &Setting) -> Option<f64> {
    match setting {
        Setting::Int(value) => Some(*value as f64),
        Setting::Float(value) if value.is_finite() => Some(*value),
        _ => None,
    }
}

fn describe(setting: &Setting) -> String {
    match setting {
        Setting::Bool(value) => value.to_string(),
        Setting::Int(value) => value.to_string(),
        Setting::Float(value) => value.to_string(),
        Setting::Text(text) => format!("`{text}`"),
        Setting::List(items) => format!("[{}]", items.iter().map(describe).collect::<Vec<_>>().join(", ")),
    }
}

fn one_of(names: &[&str]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn range(low: Option<f64>, high: Option<f64>) -> String {
    let low = low.filter(|&low| low > f64::MIN);
    let high = high.filter(|&high| high < f64::MAX);
    match (low, high) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, Some(high)) => format!("at most {high}"),
        (None, None) => "any finite number".to_owned(),
    }
}

/// Card of a parameter: a number that can be calibrated.
pub(crate) fn parameter_card(
    name: &str,
    about: &str,
    unit: &str,
    default: f64,
    low: f64,
    high: f64,
) -> InputCard {
    InputCard { calibrated: true, ..setting_card(name, about, unit, Setting::Float(default), low, high) }
}

/// Card of a setting: never calibrated. `f64::MIN` and `f64::MAX` stand for no bound.
pub(crate) fn setting_card(
    name: &str,
    about: &str,
    unit: &str,
    default: Setting,
    low: f64,
    high: f64,
) -> InputCard {
    InputCard {
        name: name.to_owned(),
        about: about.to_owned(),
        unit: unit.to_owned(),
        default,
        low: (low > f64::MIN).then_some(low),
        high: (high < f64::MAX).then_some(high),
        choices: Vec::new(),
        calibrated: false,
    }
}

/// Name, description and unit of a column.
pub(crate) type ColumnText = (&'static str, &'static str, &'static str);

/// Card of an output.
pub(crate) fn output_card(
    name: &str,
    about: &str,
    index: &[ColumnText],
    values: &[ColumnText],
) -> OutputCard {
    let cards = |columns: &[ColumnText]| {
        let card = |&(name, about, unit): &ColumnText| ColumnCard {
            name: name.to_owned(),
            about: about.to_owned(),
            unit: unit.to_owned(),
        };
        columns.iter().map(card).collect()
    };
    OutputCard { name: name.to_owned(), about: about.to_owned(), index: cards(index), values: cards(values) }
}

/// A column of whole numbers.
pub(crate) fn ints(name: &'static str, cells: impl IntoIterator<Item = i64>) -> Column {
    Column { name: Label::Borrowed(name), cells: Cells::Int(cells.into_iter().collect()) }
}

/// A column of real numbers.
pub(crate) fn floats(name: &'static str, cells: impl IntoIterator<Item = f64>) -> Column {
    Column { name: Label::Borrowed(name), cells: Cells::Float(cells.into_iter().collect()) }
}

/// A table with a name of the program.
pub(crate) fn table(name: &'static str, columns: Vec<Column>) -> Table {
    Table { name: Label::Borrowed(name), columns }
}
