//! What is due on which day: agents to look at, changes of stage that are known beforehand, and the two
//! days that are fixed for life (entry into susceptibility, background death). It knows no agent's state: an entry that has become outdated is
//! for the reader to discard.

/// No day of any run.
pub(super) const NEVER: u16 = u16::MAX;

/// Days that the rings reach ahead.
const RING: usize = 512;

/// The farthest day that can be entered is so many after the day being worked on.
pub(super) const REACH: u16 = RING as u16 - 1;

/// Lists by day, up to [`REACH`] days ahead.
#[derive(Debug, Clone)]
pub(super) struct Ring<T> {
    days: Vec<Vec<T>>,
}

impl<T> Ring<T> {
    pub(super) fn new() -> Ring<T> {
        Ring { days: (0..RING).map(|_| Vec::new()).collect() }
    }

    pub(super) fn clear(&mut self) {
        self.days.iter_mut().for_each(Vec::clear);
    }

    #[inline]
    pub(super) fn enter(&mut self, day: u16, entry: T) {
        self.days[usize::from(day) % RING].push(entry);
    }

    /// Takes out the entries of `day`; give the list back with [`Self::give_back`].
    pub(super) fn take(&mut self, day: u16) -> Vec<T> {
        std::mem::take(&mut self.days[usize::from(day) % RING])
    }

    /// Returns the list, emptied, so that its memory is used again.
    pub(super) fn give_back(&mut self, day: u16, mut list: Vec<T>) {
        list.clear();
        self.days[usize::from(day) % RING] = list;
    }
}

/// Somebody who is susceptible again, and how often infected before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Return {
    pub(super) agent: u32,
    pub(super) infections: u16,
}

/// How many people change stage on a day without being looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moves {
    /// Prepatent to subclinical.
    pub(super) onsets: u32,
    /// Acute to recovered.
    pub(super) from_acute: u32,
    /// Subclinical to recovered.
    pub(super) from_subclinical: u32,
}

/// Infections whose course is known to its end: only numbers are kept for their days.
#[derive(Debug, Clone)]
pub(super) struct Courses {
    moves: Vec<Moves>,
    pub(super) returns: Ring<Return>,
}

impl Courses {
    pub(super) fn new() -> Courses {
        Courses { moves: vec![Moves::default(); RING], returns: Ring::new() }
    }

    pub(super) fn clear(&mut self) {
        self.moves.fill(Moves::default());
        self.returns.clear();
    }

    /// The moves of `day`.
    #[inline]
    pub(super) fn on(&mut self, day: u16) -> &mut Moves {
        &mut self.moves[usize::from(day) % RING]
    }
}

const NOBODY: u32 = u32::MAX;

/// One day for each agent, given once: a linked list for each day, threaded through the agents.
#[derive(Debug, Clone, Default)]
pub(super) struct LifeCalendar {
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl LifeCalendar {
    pub(super) fn reset(&mut self, days: u32) {
        self.heads.clear();
        self.heads.resize(days as usize, NOBODY);
        self.next.clear();
    }

    /// Adds the agent that is one more than the last; without a day of this run, only its place.
    #[inline]
    pub(super) fn add(&mut self, day: Option<u32>) {
        let agent = self.next.len() as u32;
        let head = day.and_then(|day| self.heads.get_mut(day as usize));
        self.next.push(head.map_or(NOBODY, |head| std::mem::replace(head, agent)));
    }

    /// The first agent of `day`.
    #[inline]
    pub(super) fn first(&self, day: u32) -> Option<u32> {
        self.heads.get(day as usize).copied().filter(|&agent| agent != NOBODY)
    }

    /// The agent after `agent` on its day.
    #[inline]
    pub(super) fn after(&self, agent: u32) -> Option<u32> {
        Some(self.next[agent as usize]).filter(|&agent| agent != NOBODY)
    }
}
