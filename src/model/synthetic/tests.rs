//! Known optima, and worlds as the settings ask for.

use super::*;
use crate::ids::TrialId;
use crate::model::NoHost;
use crate::spec::{Parameter, Point, Prior, Space, Value};
use std::cell::Cell;
use std::f64::consts::PI;

fn plan(function: &str, dims: usize, settings: &[(&str, Setting)]) -> ModelPlan {
    let parameter = |dim: usize| Parameter {
        name: format!("x{dim}"),
        domain: Domain::Float { low: -5.0, high: 5.0, log: false },
        prior: Prior::Uniform,
    };
    let mut settings: std::collections::BTreeMap<String, Setting> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    settings.insert("function".to_owned(), Setting::Text(function.to_owned()));
    ModelPlan {
        model: NAME.to_owned(),
        settings,
        space: Space((0..dims).map(parameter).collect()),
        outputs: vec!["loss".to_owned()],
    }
}

fn request(x: &[f64], seed: u64) -> ReplicateRequest {
    let point = Point(x.iter().copied().map(Value::Float).collect());
    ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point }
}

fn loss(model: &mut Synthetic, x: &[f64], seed: u64) -> Result<f64, ModelFailure> {
    let outputs = model.run(&request(x, seed), &NoHost)?;
    Ok(outputs.table("loss").unwrap().column("loss").unwrap().cells.number(0).unwrap())
}

#[test]
fn optima_are_the_known_ones() {
    let hartmann = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573];
    for (function, optimum, value) in [
        ("sphere", vec![0.0; 4], 0.0),
        ("rosenbrock", vec![1.0; 3], 0.0),
        ("ackley", vec![0.0; 2], 0.0),
        ("rastrigin", vec![0.0; 5], 0.0),
        ("styblinski_tang", vec![-2.903534; 3], -39.16617 * 3.0),
        ("branin", vec![PI, 2.275], 0.397887),
        ("branin", vec![-PI, 12.275], 0.397887),
        ("hartmann6", hartmann.to_vec(), -3.32237),
    ] {
        let mut plan = plan(function, optimum.len(), &[]);
        plan.space.0.iter_mut().for_each(|parameter| {
            parameter.domain = Domain::Float { low: -5.0, high: 15.0, log: false };
        });
        let mut model = Synthetic::new(&plan).unwrap();
        let best = loss(&mut model, &optimum, 1).unwrap();
        assert!((best - value).abs() < 2e-4, "{function}: {best}");
        for dim in 0..optimum.len() {
            for step in [-0.05, 0.05] {
                let mut near = optimum.clone();
                near[dim] += step;
                assert!(loss(&mut model, &near, 1).unwrap() > best, "{function} at {near:?}");
            }
        }
    }
}

#[test]
fn noise_and_failures_come_as_often_as_asked() {
    let settings =
        [("noise_sd", Setting::Float(2.0)), ("fail_share", Setting::Float(0.2)), ("shift", Setting::Int(1))];
    let mut model = Synthetic::new(&plan("sphere", 1, &settings)).unwrap();
    let losses: Vec<f64> = (0..4000).filter_map(|seed| loss(&mut model, &[1.0], seed).ok()).collect();
    assert!((losses.len() as f64 - 3200.0).abs() < 130.0, "{}", losses.len());
    let variance = losses.iter().map(|x| x * x).sum::<f64>() / losses.len() as f64;
    assert!((variance - 4.0).abs() < 0.5, "{variance}");
    assert_eq!(loss(&mut model, &[1.0], 7), loss(&mut model, &[1.0], 7));
}

#[test]
fn a_fault_takes_its_share_of_replicates_and_leaves_the_others_as_they_were() {
    let noise = ("noise_sd", Setting::Float(2.0));
    let fault = ("fault", Setting::Text("panic".to_owned()));
    let share = ("fault_share", Setting::Float(0.25));
    let mut sound = Synthetic::new(&plan("sphere", 1, std::slice::from_ref(&noise))).unwrap();
    let mut faulty = Synthetic::new(&plan("sphere", 1, &[noise, fault, share])).unwrap();
    let mut panics = 0;
    for seed in 0..80 {
        let run = std::panic::AssertUnwindSafe(|| loss(&mut faulty, &[1.0], seed));
        match std::panic::catch_unwind(run) {
            Ok(found) => assert_eq!(found, loss(&mut sound, &[1.0], seed)),
            Err(_) => panics += 1,
        }
    }
    assert!((10..=30).contains(&panics), "{panics} of 80");
}

#[test]
fn it_waits_as_long_as_its_law_says() {
    struct Clock(Cell<u64>);
    impl Host for Clock {
        fn stopped(&self) -> bool {
            false
        }
        fn wait_us(&self, us: u64) {
            self.0.set(self.0.get() + us);
        }
    }
    let settings = [
        ("duration", Setting::Text("constant".to_owned())),
        ("mean_ms", Setting::Int(3)),
        ("slow", Setting::Float(0.5)),
    ];
    let mut model = Synthetic::new(&plan("sphere", 2, &settings)).unwrap();
    for (x0, us) in [(-5.0, 1500), (0.0, 3000), (5.0, 4500)] {
        let clock = Clock(Cell::new(0));
        model.run(&request(&[x0, 1.0], 1), &clock).unwrap();
        assert_eq!(clock.0.get(), us);
    }
}

#[test]
fn problems_name_what_was_found_and_what_is_allowed() {
    let found = |plan: &ModelPlan| Synthetic::new(plan).err().unwrap();
    let wrong = found(&plan("branin", 3, &[]));
    assert_eq!((wrong[0].found.as_str(), wrong[0].allowed.as_str()), ("3 coordinates", "2 to 2 for branin"));
    assert!(found(&plan("sphere", 0, &[]))[0].found.contains("0 coordinates"));
    assert!(found(&plan("spher", 1, &[]))[0].allowed.contains("sphere, rosenbrock"));
    assert!(found(&plan("sphere", 1, &[("x3", Setting::Int(1))]))[0].found.contains("gap"));
    assert_eq!(found(&plan("sphere", 1, &[("noise_sd", Setting::Int(-1))]))[0].allowed, "at least 0");
}
