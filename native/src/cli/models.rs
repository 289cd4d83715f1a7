//! `models`: what the built-in models take and give.

use super::failure::Failure;
use super::{out, text};
use clap::Args;
use freerun::model::BuiltIn;
use freerun::spec::{Catalogue, ColumnCard, InputCard, ModelCard};
use freerun::view::Plain;

/// List the models, or the parameters, settings and outputs of one
#[derive(Args)]
#[command(
    after_help = "Examples:\n  freerun models\n  freerun models typhoid\n  freerun models typhoid --json"
)]
pub struct ModelsArgs {
    /// Name of the model
    model: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub fn run(args: &ModelsArgs) -> Result<(), Failure> {
    let names = BuiltIn.names();
    let wanted: Vec<ModelCard> = match &args.model {
        None => names.iter().filter_map(|name| BuiltIn.card(name)).collect(),
        Some(name) => vec![BuiltIn.card(name).ok_or_else(|| {
            Failure::bad_input(format!("there is no model `{name}`: there are {}", names.join(", ")))
        })?],
    };
    match (&args.model, args.json) {
        (_, true) => wanted.iter().for_each(out::json),
        (None, false) => {
            let rows: Vec<_> = wanted.into_iter().map(|card| vec![card.name, card.about]).collect();
            out::table(&["model", "about"], &[], &rows);
        }
        (Some(_), false) => wanted.iter().for_each(print_card),
    }
    Ok(())
}

fn print_card(card: &ModelCard) {
    out::line(format!("{} (version {}): {}", out::bold(&card.name), card.version, card.about));
    out::line("");
    let rows: Vec<_> = card.inputs.iter().map(input_row).collect();
    out::table(&["input", "default", "allowed", "unit", "kind", "about"], &[], &rows);
    for output in &card.outputs {
        out::line("");
        out::line(format!("output {}: {}", out::bold(&output.name), output.about));
        let row = |kind: &str, column: &ColumnCard| {
            vec![format!("  {}", column.name), kind.to_owned(), column.unit.clone(), column.about.clone()]
        };
        let index = output.index.iter().map(|column| row("index", column));
        let values = output.values.iter().map(|column| row("value", column));
        out::table(&["  column", "kind", "unit", "about"], &[], &index.chain(values).collect::<Vec<_>>());
    }
}

fn input_row(input: &InputCard) -> Vec<String> {
    let kind = if input.calibrated { "parameter" } else { "setting" };
    vec![
        input.name.clone(),
        Plain::from(&input.default).to_string(),
        allowed(input),
        input.unit.clone(),
        kind.to_owned(),
        input.about.clone(),
    ]
}

fn allowed(input: &InputCard) -> String {
    match (input.low, input.high) {
        _ if !input.choices.is_empty() => input.choices.join(", "),
        (Some(low), Some(high)) => format!("{} to {}", text::number(low), text::number(high)),
        (Some(low), None) => format!("{} or more", text::number(low)),
        (None, Some(high)) => format!("{} or less", text::number(high)),
        (None, None) => String::new(),
    }
}
