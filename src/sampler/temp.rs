use super::*;
use crate::spec::*;
struct R(Space);
impl Sampler for R {
    fn version(&self) -> &'static str {
        "random/1"
    }
    fn observe(&mut self, _: &Observation) {}
    fn propose(&mut self, _t: TrialId, mut s: Stream) -> Point {
        Point(
            self.0
                .0
                .iter()
                .map(|p| match p.domain {
                    Domain::Float { low, high, .. } => Value::Float(low + (high - low) * s.unit()),
                    Domain::Int { low, high, .. } => {
                        Value::Int(low + s.below((high - low + 1) as u32) as i64)
                    }
                    Domain::Categorical { ref choices } => Value::Choice(s.below(choices.len() as u32)),
                })
                .collect(),
        )
    }
}
pub fn build(_p: &SamplerPlan, space: &Space, _seed: u64) -> Box<dyn Sampler> {
    Box::new(R(space.clone()))
}
