//! What is due on which day: agents to look at, and the two days that are fixed for life (entry into
//! susceptibility, background death). It knows no agent's state: an entry that has become outdated is
//! for the reader to discard.

/// No day of any run.
pub(super) const NEVER: u16 = u16::MAX;

/// Days that the ring of looks reaches ahead; a power of two.
const RING: usize = 512;

/// Agents to look at, by day, up to [`LookCalendar::REACH`] days ahead.
#[derive(Debug, Clone)]
pub(super) struct LookCalendar {
    ring: Vec<Vec<u32>>,
}

impl LookCalendar {
    /// The farthest day that can be entered is so many after the day being worked on.
    pub(super) const REACH: u16 = RING as u16 - 1;

    pub(super) fn new() -> LookCalendar {
        LookCalendar { ring: vec![Vec::new(); RING] }
    }

    pub(super) fn clear(&mut self) {
        self.ring.iter_mut().for_each(Vec::clear);
    }

    #[inline]
    pub(super) fn enter(&mut self, day: u16, agent: u32) {
        self.ring[usize::from(day) % RING].push(agent);
    }

    /// Takes out the entries of `day`; give the list back with [`Self::give_back`].
    pub(super) fn take(&mut self, day: u16) -> Vec<u32> {
        std::mem::take(&mut self.ring[usize::from(day) % RING])
    }

    /// Returns the emptied list, so that its memory is used again.
    pub(super) fn give_back(&mut self, day: u16, mut list: Vec<u32>) {
        list.clear();
        self.ring[usize::from(day) % RING] = list;
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
