//! What a caller's simulations gave, as JSON: for each replicate an object of tables, each an object of
//! columns, each a list of cells. The study's targets make a loss of it, as they do of a model's.

use super::verdict::found;
use crate::evaluate::{Aligned, Evaluator};
use crate::math::wire::Wire;
use crate::model::Outputs;
use crate::scheduler::{TrialFailure, Verdict};
use crate::spec::{Cells, Column, Study, Table};
use serde_json::{Map, Value as Json};

/// The verdict on a trial whose replicates gave `json`, in their order. Outputs for which a target
/// has no loss are a failed trial.
///
/// # Errors
/// The first mistake, with its field; outputs that a target cannot read are one.
pub fn loss_of_replicates(study: &Study, json: &Json) -> Result<Verdict, String> {
    let wanted = study.replicates as usize;
    let allowed = || format!("a list with the outputs of {wanted} replicates, the study's number");
    let replicates = json.as_array().ok_or_else(|| found("`replicates`", json, &allowed()))?;
    if replicates.len() != wanted {
        return Err(format!("`replicates` has {} replicates, allowed: {}", replicates.len(), allowed()));
    }
    let evaluator = Evaluator::new(&study.targets);
    let align = |(at, json): (usize, &Json)| {
        let field = format!("replicates[{at}]");
        let outputs = evaluator.keep(outputs(&field, json)?);
        evaluator.align(&outputs).map_err(|reason| format!("`{field}`: {reason}"))
    };
    let aligned = replicates.iter().enumerate().map(align).collect::<Result<Vec<Aligned>, _>>()?;
    Ok(match evaluator.evaluate(&aligned) {
        Ok(loss) => Verdict::Complete(loss),
        Err(reason) => Verdict::Failed(TrialFailure { replicate: None, reason }),
    })
}

fn outputs(field: &str, json: &Json) -> Result<Outputs, String> {
    let tables = object(field, json, "an object with a table for each output")?;
    let table = |(name, json): (&String, &Json)| table(&format!("{field}.{name}"), name, json);
    tables.iter().map(table).collect::<Result<_, _>>().map(Outputs)
}

fn table(field: &str, name: &str, json: &Json) -> Result<Table, String> {
    let columns = object(field, json, "an object with a list of cells for each column")?;
    let column = |(name, json): (&String, &Json)| {
        let cells = cells(&format!("{field}.{name}"), json)?;
        Ok::<_, String>(Column { name: name.clone().into(), cells })
    };
    let columns = columns.iter().map(column).collect::<Result<Vec<Column>, _>>()?;
    let uneven = columns.iter().find(|column| column.cells.len() != columns[0].cells.len());
    match uneven {
        Some(Column { name: other, cells }) => {
            let (first, rows) = (&columns[0].name, columns[0].cells.len());
            let few = cells.len();
            Err(format!("`{field}.{other}` has {few} cells, allowed: {rows}, as many as `{first}` has"))
        }
        None => Ok(Table { name: name.to_owned().into(), columns }),
    }
}

fn object<'a>(field: &str, json: &'a Json, allowed: &str) -> Result<&'a Map<String, Json>, String> {
    json.as_object().ok_or_else(|| found(&format!("`{field}`"), json, allowed))
}

/// Labels if the first cell is one; else numbers, where null is a missing one.
fn cells(field: &str, json: &Json) -> Result<Cells, String> {
    let list = json.as_array().ok_or_else(|| found(&format!("`{field}`"), json, "a list of cells"))?;
    let wrong = |at: usize, allowed| found(&format!("`{field}[{at}]`"), &list[at], allowed);
    if list.first().is_some_and(|cell| cell.is_string() && number(cell).is_none()) {
        let text = |(at, cell): (usize, &Json)| {
            cell.as_str().map(str::to_owned).ok_or_else(|| wrong(at, "a text, like the first cell"))
        };
        return list.iter().enumerate().map(text).collect::<Result<_, _>>().map(Cells::Text);
    }
    let number = |(at, cell)| number(cell).ok_or_else(|| wrong(at, "a number, or null"));
    list.iter().enumerate().map(number).collect::<Result<_, _>>().map(Cells::Float)
}

fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Null => Some(f64::NAN),
        json => serde_json::from_value::<Wire>(json.clone()).ok().map(|Wire(value)| value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::caller::testing::study;
    use crate::spec::{Combine, Data, Measure, Scale, Target};

    /// Compares `cases` by `age` with 3 and 5.
    fn with_data() -> Study {
        let column = |name: &'static str, cells| Column { name: name.into(), cells };
        let ages = Cells::Text(vec!["old".to_owned(), "young".to_owned()]);
        let columns = vec![column("age", ages), column("seen", Cells::Float(vec![3.0, 5.0]))];
        let target = Target {
            data: Some(Data {
                table: Table { name: "data".into(), columns },
                observed: "seen".to_owned(),
                observed_size: None,
                align: vec![("age".to_owned(), "age".to_owned())],
                group: Vec::new(),
            }),
            measure: Measure::Poisson,
            combine: Combine::Mean,
            scale: Scale { constant: 1.0, column: None, profile: None },
            ..Target::value("cases", "by_age", "cases")
        };
        Study { targets: vec![target], ..study() }
    }

    fn read(text: &str) -> Result<Verdict, String> {
        loss_of_replicates(&with_data(), &serde_json::from_str(text).unwrap())
    }

    const FIRST: &str = r#"{"by_age": {"cases": [4, 2], "age": ["young", "old"]}, "more": {"x": []}}"#;

    #[test]
    fn targets_compare_what_a_caller_simulated() {
        let second = r#"{"by_age": {"age": ["old", "young"], "cases": [3.5, 6]}}"#;
        let told = read(&format!("[{FIRST}, {second}]")).unwrap();
        let evaluator = Evaluator::new(&with_data().targets);
        let aligned = |cells: [f64; 2]| {
            let ages = Cells::Text(vec!["old".to_owned(), "young".to_owned()]);
            let columns = vec![
                Column { name: "age".into(), cells: ages },
                Column { name: "cases".into(), cells: Cells::Float(cells.to_vec()) },
            ];
            evaluator.align(&Outputs(vec![Table { name: "by_age".into(), columns }])).unwrap()
        };
        let expected = evaluator.evaluate(&[aligned([2.0, 4.0]), aligned([3.5, 6.0])]).unwrap();
        assert_eq!(told, Verdict::Complete(expected));
    }

    #[test]
    fn outputs_without_a_loss_are_a_failed_trial() {
        let none = r#"{"by_age": {"age": ["old", "young"], "cases": [0, 0]}}"#;
        let told = read(&format!("[{none}, {none}]")).unwrap();
        assert!(
            matches!(&told, Verdict::Failed(failure) if failure.reason.contains("target `cases`")),
            "{told:?}"
        );
    }

    #[test]
    fn every_mistake_is_named_by_its_field() {
        let with = |columns: &str| format!(r#"[{FIRST}, {{"by_age": {columns}}}]"#);
        for (text, says) in [
            ("3", "`replicates` is 3, allowed: a list with the outputs of 2 replicates"),
            (&format!("[{FIRST}]"), "`replicates` has 1 replicates, allowed: a list"),
            (&format!("[{FIRST}, 1]"), "`replicates[1]` is 1, allowed: an object with a table"),
            (&with("[]"), "`replicates[1].by_age` is [], allowed: an object with a list"),
            (&with(r#"{"age": 1}"#), "`replicates[1].by_age.age` is 1, allowed: a list of cells"),
            (&with(r#"{"age": ["old", 1]}"#), "`replicates[1].by_age.age[1]` is 1, allowed: a text"),
            (&with(r#"{"cases": [1, "old"]}"#), "cases[1]` is \"old\", allowed: a number, or null"),
            (
                &with(r#"{"age": ["old"], "cases": [1, 2]}"#),
                "`replicates[1].by_age.cases` has 2 cells, allowed: 1",
            ),
            (&with(r#"{"age": ["old"], "cases": [1]}"#), "`replicates[1]`: target `cases`:"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
