//! Draws the README's picture, `www/docs/race.svg`: the same trials on the same slots with a barrier
//! and without, under the virtual clock. `BLESS=1 cargo test -p freerun --test it picture` makes it
//! anew when the scheduler changes.

use crate::worlds::build::{loss_table, slots, study, unwatched};
use freerun::ids::Tick;
use freerun::math::duration::DurationLaw;
use freerun::model::{ModelFailure, Outputs, ReplicateRequest};
use freerun::rng::{Purpose, Stream};
use freerun::spec::{Mode, SamplerPlan, Study};
use freerun::view::{Fold, Timeline, TimelineSummary};
use std::fmt::Write;

const SLOTS: u32 = 8;
const TRIALS: u32 = 48;
const LANE: f64 = 13.0;
const WIDTH: f64 = 760.0;
const LEFT: f64 = 20.0;
/// Okabe and Ito's colours of the modes: orange and blue.
const BATCHED: &str = "#E69F00";
const PARALLEL: &str = "#0072B2";

/// A trial takes as long in either mode: its run time is drawn from its number.
fn lasting(request: &ReplicateRequest) -> (Result<Outputs, ModelFailure>, u64) {
    let law = DurationLaw::LogNormal { mean_us: 60e6, cv: 0.7 };
    let run_us = law.draw(&mut Stream::new(1, Purpose::Test, request.trial.0, 0));
    (Ok(loss_table(0.0)), run_us as u64)
}

fn race(mode: Mode) -> (TimelineSummary, Tick) {
    let study = Study { sampler: SamplerPlan::Random, ..study(mode, TRIALS, 1) };
    let (records, end) = unwatched(&study, &slots(SLOTS), lasting);
    (Timeline::of(&records).summary(end), end)
}

fn lanes(svg: &mut String, top: f64, colour: &str, timeline: &TimelineSummary, end: Tick, scale: f64) {
    let x = |at: Tick| LEFT + at.0 as f64 * scale;
    let height = LANE - 3.0;
    for (row, lane) in timeline.slots.iter().enumerate() {
        let y = top + row as f64 * LANE;
        let width = x(end) - LEFT;
        let _ = writeln!(
            svg,
            r##"<rect x="{LEFT}" y="{y:.0}" width="{width:.1}" height="{height:.0}" fill="url(#idle)"/>"##
        );
        for bar in &lane.bars {
            let (from, to) = (x(bar.started_at_us), x(bar.ended_at_us));
            let _ = writeln!(
                svg,
                r#"<rect x="{from:.1}" y="{y:.0}" width="{:.1}" height="{height:.0}" fill="{colour}"/>"#,
                (to - from - 1.0).max(0.5)
            );
        }
    }
}

fn minutes(at: Tick) -> String {
    format!("{:.1} min", at.0 as f64 / 60e6)
}

fn draw() -> String {
    let (batched, batched_end) = race(Mode::Batched { batch_size: SLOTS });
    let (parallel, parallel_end) = race(Mode::Parallel { in_flight: None });
    let scale = WIDTH / batched_end.0 as f64;
    let block = f64::from(SLOTS) * LANE;
    let (first, second) = (52.0, 52.0 + block + 40.0);
    let busy = |timeline: &TimelineSummary, end: Tick| {
        100.0 - 100.0 * timeline.idle_slot_seconds * 1e6 / (f64::from(SLOTS) * end.0 as f64)
    };
    let mut svg = String::new();
    let height = second + block + 16.0;
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height:.0}" role="img" font-family="system-ui, sans-serif" font-size="14" fill="#1b1b1b">"##
    );
    let faster = batched_end.0 as f64 / parallel_end.0 as f64;
    let _ = writeln!(
        svg,
        "<title>The same {TRIALS} trials on the same {SLOTS} slots: {faster:.2} times faster without the barrier</title>"
    );
    svg.push_str("<defs><pattern id=\"idle\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#f4f4f0\"/><line y2=\"6\" stroke=\"#c9c9c2\" stroke-width=\"2\"/></pattern></defs>\n");
    let _ = writeln!(svg, r##"<rect width="800" height="{height:.0}" fill="#fffefb"/>"##);
    let _ = writeln!(
        svg,
        r#"<text x="{LEFT}" y="22" font-weight="600">The same {TRIALS} trials on the same {SLOTS} slots</text>"#
    );
    let _ = writeln!(
        svg,
        r#"<text x="{LEFT}" y="44">With a barrier: every batch waits for its slowest trial. {:.0} % busy, {}.</text>"#,
        busy(&batched, batched_end),
        minutes(batched_end)
    );
    lanes(&mut svg, first, BATCHED, &batched, batched_end, scale);
    let _ = writeln!(
        svg,
        r#"<text x="{LEFT}" y="{:.0}">Without: nobody waits. {:.0} % busy, {}: {faster:.2} times faster.</text>"#,
        second - 8.0,
        busy(&parallel, parallel_end),
        minutes(parallel_end)
    );
    lanes(&mut svg, second, PARALLEL, &parallel, parallel_end, scale);
    svg.push_str("</svg>\n");
    svg
}

#[test]
fn the_picture_is_what_the_scheduler_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/docs/race.svg");
    let drawn = draw();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &drawn).expect("the picture can be written");
    }
    let committed = std::fs::read_to_string(path).expect("the picture is there");
    assert!(committed == drawn, "make {path} anew with BLESS=1");
}
