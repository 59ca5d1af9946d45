//! The pattern as nodes, many of which may hold at once.

use super::super::pattern::{Assertion, Bytes, Part};
use super::{Before, Symbol, any_symbol};

/// The most NFA nodes of a pattern: bounds the time for each byte where the table grew too large.
const MAX_NODES: usize = 2_000;

/// One node: what is read or asked here, and where it goes on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    One(Bytes, usize),
    Assert(Assertion, usize),
    Both(usize, usize),
    Match,
}

/// The nodes of a pattern; any number of them may hold at once.
#[derive(Debug, Default)]
pub(super) struct Nfa {
    pub(super) nodes: Vec<Node>,
    start: usize,
}

impl Nfa {
    /// Builds the nodes of a pattern; none where there would be too many.
    pub(super) fn new(part: &Part) -> Option<Nfa> {
        let mut nfa = Nfa::default();
        let end = nfa.push(Node::Match);
        nfa.start = nfa.part(part, end);
        (nfa.nodes.len() <= MAX_NODES).then_some(nfa)
    }

    fn push(&mut self, node: Node) -> usize {
        // Beyond the limit nothing is built any more: the pattern is refused.
        if self.nodes.len() <= MAX_NODES {
            self.nodes.push(node);
        }
        self.nodes.len() - 1
    }

    /// Adds the nodes that read `part` and then go on at `next`; returns where they begin.
    fn part(&mut self, part: &Part, next: usize) -> usize {
        match part {
            Part::One(bytes) => self.push(Node::One(*bytes, next)),
            Part::Beyond => self.beyond(next),
            Part::Assert(assertion) => self.push(Node::Assert(*assertion, next)),
            Part::Chain(parts) => parts.iter().rev().fold(next, |next, part| self.part(part, next)),
            Part::Choice(parts) => {
                let starts: Vec<usize> = parts.iter().map(|part| self.part(part, next)).collect();
                self.either(&starts, next)
            }
            Part::Repeat(part, least, most) => self.repeat(part, *least, *most, next),
        }
    }

    fn either(&mut self, starts: &[usize], none: usize) -> usize {
        let Some((first, others)) = starts.split_first() else { return none };
        others.iter().fold(*first, |one, other| self.push(Node::Both(one, *other)))
    }

    fn repeat(&mut self, part: &Part, least: u32, most: Option<u32>, next: usize) -> usize {
        let mut start = next;
        match most {
            None => {
                start = self.push(Node::Both(next, next));
                let around = self.part(part, start);
                if let Some(node) = self.nodes.get_mut(start) {
                    *node = Node::Both(around, next);
                }
            }
            Some(most) => {
                for _ in least..most {
                    if self.nodes.len() > MAX_NODES {
                        return start;
                    }
                    let once = self.part(part, start);
                    start = self.push(Node::Both(once, next));
                }
            }
        }
        for _ in 0..least {
            if self.nodes.len() > MAX_NODES {
                return start;
            }
            start = self.part(part, start);
        }
        start
    }

    /// Any character beyond ASCII: a leading byte and its continuation bytes (RFC 3629 section 4; text is valid UTF-8).
    fn beyond(&mut self, next: usize) -> usize {
        let [mut behind, mut starts] = [next, next];
        for (first, last) in [(0xc2, 0xdf), (0xe0, 0xef), (0xf0, 0xf4)] {
            behind = self.push(Node::One(Bytes::range(0x80, 0xbf), behind));
            let start = self.push(Node::One(Bytes::range(first, last), behind));
            starts = if starts == next { start } else { self.push(Node::Both(starts, start)) };
        }
        starts
    }

    /// Adds to `set` every node that can be reached from `node` without reading, where `before` and `next` stand
    /// around the place.
    fn close(&self, node: usize, before: Before, next: Symbol, set: &mut NodeSet) {
        let mut waiting = vec![node];
        while let Some(index) = waiting.pop() {
            if !set.add(index) {
                continue;
            }
            match self.nodes.get(index) {
                Some(Node::Both(one, other)) => waiting.extend([*other, *one]),
                Some(Node::Assert(assertion, behind)) if holds(*assertion, before, next) => waiting.push(*behind),
                _ => {}
            }
        }
    }

    /// Reads one symbol: returns whether the pattern matched before it, and puts into `after` the nodes behind it.
    pub(super) fn step(
        &self,
        at: &[usize],
        before: Before,
        symbol: Symbol,
        closed: &mut NodeSet,
        after: &mut Vec<usize>,
    ) -> bool {
        closed.clear();
        after.clear();
        for node in at.iter().chain([&self.start]) {
            self.close(*node, before, symbol, closed);
        }
        for &index in &closed.list {
            match (self.nodes.get(index), symbol) {
                (Some(Node::Match), _) => return true,
                (Some(Node::One(bytes, next)), Symbol::Byte(byte)) if bytes.has(byte) => {
                    if let Err(place) = after.binary_search(next) {
                        after.insert(place, *next);
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// Returns whether the pattern matches anywhere in `text`.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let mut at = Vec::new();
        let mut after = Vec::new();
        let mut closed = NodeSet::new(self.nodes.len());
        let mut before = Before::LineStart;
        any_symbol(text, |symbol| {
            let matched = self.step(&at, before, symbol, &mut closed, &mut after);
            std::mem::swap(&mut at, &mut after);
            before = Before::after(symbol);
            matched
        })
    }
}

fn holds(assertion: Assertion, before: Before, next: Symbol) -> bool {
    let is_border = (before == Before::Word) != next.is_word();
    match assertion {
        Assertion::LineStart => before == Before::LineStart,
        Assertion::LineEnd => next.ends_line(),
        Assertion::WordBorder => is_border,
        Assertion::NoWordBorder => !is_border && !next.is_inside_character(),
    }
}

/// A set of nodes that remembers the order in which they came.
pub(super) struct NodeSet {
    pub(super) list: Vec<usize>,
    has: Vec<bool>,
}

impl NodeSet {
    pub(super) fn new(nodes: usize) -> Self {
        Self { list: Vec::new(), has: vec![false; nodes] }
    }

    /// Adds a node; false where it is there already.
    fn add(&mut self, node: usize) -> bool {
        let Some(has) = self.has.get_mut(node) else { return false };
        let is_new = !std::mem::replace(has, true);
        if is_new {
            self.list.push(node);
        }
        is_new
    }

    fn clear(&mut self) {
        for node in self.list.drain(..) {
            if let Some(has) = self.has.get_mut(node) {
                *has = false;
            }
        }
    }
}
