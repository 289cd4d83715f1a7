//! Time of one replicate of each built-in model: `cargo bench -p freerun-native --bench models`.

use criterion::{Criterion, criterion_group, criterion_main};
use freerun::ids::TrialId;
use freerun::model::{NoHost, ReplicateRequest, build};
use freerun::spec::{ModelPlan, Point, Setting, Space};
use std::hint::black_box;
use std::time::Duration;

fn bench(criterion: &mut Criterion, name: &str, model: &str, outputs: &[&str], settings: &[(&str, f64)]) {
    let plan = ModelPlan {
        model: model.to_owned(),
        settings: settings.iter().map(|&(name, value)| (name.to_owned(), Setting::Float(value))).collect(),
        space: Space::default(),
        outputs: outputs.iter().map(|&output| output.to_owned()).collect(),
    };
    let mut model = build(&plan).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
    let mut seed = 0;
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            seed += 1;
            let request = ReplicateRequest { trial: TrialId(0), replicate: 0, seed, point: Point::default() };
            black_box(model.run(&request, &NoHost))
        });
    });
}

fn models(criterion: &mut Criterion) {
    let targets = ["incidence_distribution", "incidence_by_age"];
    bench(criterion, "typhoid 10 years", "typhoid", &targets, &[]);
    bench(criterion, "typhoid 34 years", "typhoid", &targets, &[("start", 1990.0), ("years", 34.0)]);
    bench(criterion, "typhoid 10 years, 100,000 agents", "typhoid", &targets, &[("agents", 1e5)]);
    bench(criterion, "seir 180 days", "seir", &["weekly"], &[]);
    bench(criterion, "synthetic sphere", "synthetic", &["loss"], &[("x0", 0.3), ("x1", 0.6)]);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = models
}
criterion_main!(benches);
