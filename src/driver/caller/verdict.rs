//! Verdicts on trials as JSON: losses, what simulations gave, or why there is no loss. Every mistake is
//! named by its field. They know no scheduler.

use super::outputs::loss_of_replicates;
use crate::evaluate::{TargetLoss, TrialLoss};
use crate::ids::TrialId;
use crate::scheduler::{TrialFailure, Verdict};
use crate::spec::Study;
use serde_json::{Map, Value as Json};

/// The verdicts in an object or a list of objects. Each has `trial`; and `loss`, with it `se` and
/// `targets` (for each target by name its loss, or an object with `loss` and `se`); or `replicates`,
/// a list with the outputs of each as tables of columns, which the study's targets then compare
/// with their data; or `failed`, a reason.
///
/// # Errors
/// The first mistake, with its field.
pub fn verdicts_of_json(study: &Study, json: &Json) -> Result<Vec<(TrialId, Verdict)>, String> {
    match json {
        Json::Array(all) if all.is_empty() => Err("the list of trials is empty".to_owned()),
        Json::Array(all) => {
            let at = |(at, json)| one(study, json).map_err(|reason| format!("[{at}]: {reason}"));
            all.iter().enumerate().map(at).collect()
        }
        json => Ok(vec![one(study, json)?]),
    }
}

fn one(study: &Study, json: &Json) -> Result<(TrialId, Verdict), String> {
    const FIELDS: [&str; 6] = ["trial", "loss", "se", "targets", "replicates", "failed"];
    let object = json.as_object().ok_or_else(|| found("a verdict", json, "an object or a list of them"))?;
    if let Some(unknown) = object.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(format!("there is no field `{unknown}`: there are {}", FIELDS.join(", ")));
    }
    let trial = object.get("trial").ok_or("`trial` is missing")?;
    let number = trial.as_u64().and_then(|number| u32::try_from(number).ok());
    let number = number.ok_or_else(|| found("`trial`", trial, "the number of a trial"))?;
    let verdict = match (object.get("loss"), object.get("replicates"), object.get("failed")) {
        (Some(loss), None, None) => Verdict::Complete(complete(study, object, loss)?),
        (None, Some(replicates), None) => {
            only_with_loss(object, "replicates")?;
            loss_of_replicates(study, replicates)?
        }
        (None, None, Some(reason)) => Verdict::Failed(failed(object, reason)?),
        _ => return Err("there must be one of `loss`, `replicates` and `failed`".to_owned()),
    };
    Ok((TrialId(number), verdict))
}

fn only_with_loss(object: &Map<String, Json>, other: &str) -> Result<(), String> {
    let extra = ["se", "targets"].into_iter().find(|&field| object.contains_key(field));
    extra.map_or(Ok(()), |extra| Err(format!("`{extra}` goes with `loss`, not with `{other}`")))
}

fn failed(object: &Map<String, Json>, reason: &Json) -> Result<TrialFailure, String> {
    only_with_loss(object, "failed")?;
    let reason = reason.as_str().ok_or_else(|| found("`failed`", reason, "a text, the reason"))?;
    Ok(TrialFailure { replicate: None, reason: reason.to_owned() })
}

fn complete(study: &Study, object: &Map<String, Json>, loss: &Json) -> Result<TrialLoss, String> {
    Ok(TrialLoss {
        loss: number("`loss`", loss)?,
        se: object.get("se").map_or(Ok(f64::NAN), |se| error_number("`se`", se))?,
        targets: object.get("targets").map_or(Ok(Vec::new()), |targets| target_losses(study, targets))?,
        notes: Vec::new(),
    })
}

fn target_losses(study: &Study, json: &Json) -> Result<Vec<TargetLoss>, String> {
    let names = || study.targets.iter().map(|target| target.name.as_str()).collect::<Vec<_>>().join(", ");
    let object = json
        .as_object()
        .ok_or_else(|| found("`targets`", json, &format!("an object with a loss for each of {}", names())))?;
    if let Some(unknown) = object.keys().find(|key| study.targets.iter().all(|target| target.name != **key)) {
        return Err(format!("`targets.{unknown}`: the study has no such target: it has {}", names()));
    }
    let of_target = |name: &String| {
        let json = object.get(name).ok_or_else(|| format!("`targets.{name}` is missing"))?;
        target_loss(&format!("targets.{name}"), json)
    };
    study.targets.iter().map(|target| of_target(&target.name)).collect()
}

fn target_loss(field: &str, json: &Json) -> Result<TargetLoss, String> {
    let (loss, se) = match json {
        Json::Object(object) => {
            if let Some(unknown) = object.keys().find(|key| !["loss", "se"].contains(&key.as_str())) {
                return Err(format!("there is no field `{field}.{unknown}`: there are loss, se"));
            }
            (object.get("loss").ok_or_else(|| format!("`{field}.loss` is missing"))?, object.get("se"))
        }
        loss => (loss, None),
    };
    let loss = number(&format!("`{field}`"), loss)?;
    let se = se.map_or(Ok(f64::NAN), |se| error_number(&format!("`{field}.se`"), se))?;
    Ok(TargetLoss { loss, se, factors: Vec::new() })
}

fn number(field: &str, json: &Json) -> Result<f64, String> {
    let allowed = "a finite number (a trial without a loss is told by `failed`)";
    json.as_f64().filter(|number| number.is_finite()).ok_or_else(|| found(field, json, allowed))
}

/// A standard error; null is one that is not known.
fn error_number(field: &str, json: &Json) -> Result<f64, String> {
    if json.is_null() {
        return Ok(f64::NAN);
    }
    let number = json.as_f64().filter(|&number| number.is_finite() && number >= 0.0);
    number.ok_or_else(|| found(field, json, "a finite number from 0 on, or null"))
}

pub(super) fn found(field: &str, json: &Json, allowed: &str) -> String {
    format!("{field} is {json}, allowed: {allowed}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::caller::testing::study;

    fn read(text: &str) -> Result<Vec<(TrialId, Verdict)>, String> {
        let mut study = study();
        study.targets[0].name = "cases".to_owned();
        verdicts_of_json(&study, &serde_json::from_str(text).unwrap())
    }

    #[test]
    fn losses_and_failures_are_read() {
        let all = read(
            r#"[{"trial": 3, "loss": -1.5, "se": 0.25, "targets": {"cases": {"loss": -1.5, "se": 0.5}}},
                {"trial": 4, "failed": "the node went down"}]"#,
        )
        .unwrap();
        let Verdict::Complete(loss) = &all[0].1 else { panic!("{all:?}") };
        assert_eq!((all[0].0, loss.loss, loss.se), (TrialId(3), -1.5, 0.25));
        assert_eq!((loss.targets[0].loss, loss.targets[0].se), (-1.5, 0.5));
        let failure = TrialFailure { replicate: None, reason: "the node went down".to_owned() };
        assert_eq!(all[1], (TrialId(4), Verdict::Failed(failure)));
        let plain = read(r#"{"trial": 3, "loss": 2, "se": null, "targets": {"cases": 2}}"#).unwrap();
        assert!(
            matches!(&plain[0].1, Verdict::Complete(loss) if loss.se.is_nan() && loss.targets[0].loss == 2.0)
        );
    }

    #[test]
    fn every_mistake_is_named_by_its_field() {
        for (text, says) in [
            ("3", "a verdict is 3, allowed: an object"),
            ("[]", "the list of trials is empty"),
            (r#"{"loss": 1}"#, "`trial` is missing"),
            (r#"{"trial": -1, "loss": 1}"#, "`trial` is -1, allowed: the number of a trial"),
            (r#"[{"trial": 1, "loss": "x"}]"#, "[0]: `loss` is \"x\", allowed: a finite number"),
            (r#"{"trial": 1}"#, "one of `loss`, `replicates` and `failed`"),
            (r#"{"trial": 1, "loss": 1, "failed": "no"}"#, "one of `loss`, `replicates` and `failed`"),
            (r#"{"trial": 1, "failed": "no", "se": 1}"#, "`se` goes with `loss`"),
            (r#"{"trial": 1, "loss": 1, "se": -1}"#, "`se` is -1, allowed: a finite number from 0 on"),
            (r#"{"trial": 1, "loss": 1, "los": 1}"#, "there is no field `los`"),
            (
                r#"{"trial": 1, "loss": 1, "targets": [1]}"#,
                "`targets` is [1], allowed: an object with a loss",
            ),
            (r#"{"trial": 1, "loss": 1, "targets": {}}"#, "`targets.cases` is missing"),
            (r#"{"trial": 1, "loss": 1, "targets": {"c": 1}}"#, "`targets.c`: the study has no such target"),
            (r#"{"trial": 1, "loss": 1, "targets": {"cases": {}}}"#, "`targets.cases.loss` is missing"),
            (r#"{"trial": 1, "loss": 1, "targets": {"cases": null}}"#, "`targets.cases` is null"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
