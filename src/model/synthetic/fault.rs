//! Real faults, for trying engines: what a model must never do and an engine must survive. Nothing
//! here is simulated: a panic unwinds, a loop takes its processor for ever, a program without memory
//! ends.

/// It does not return.
pub(super) type Fault = fn();

pub(super) const FAULTS: [(&str, Option<Fault>); 4] = [
    ("none", None),
    ("panic", Some(panics)),
    ("hang", Some(hangs)),
    ("out_of_memory", Some(takes_all_memory)),
];

pub(super) const FAULT_ABOUT: &str = "a real fault, after the run time, to try engines with: a panic; a loop without \
    end that no stop reaches; a request for more memory than there is, which ends the program";

/// Meant: input asks for it by name.
fn panics() {
    panic!("as fault asks for");
}

fn hangs() {
    loop {
        std::hint::spin_loop();
    }
}

/// A single request fails on a machine of 64 bits; one of 32 bits may have as much memory once.
fn takes_all_memory() {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(std::hint::black_box(Vec::with_capacity(isize::MAX as usize)));
    }
}
