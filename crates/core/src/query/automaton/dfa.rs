//! The pattern as a table: one state at a time, one look-up a symbol.

use super::super::pattern::Bytes;
use super::nfa::{Nfa, Node, NodeSet};
use super::{Before, Symbol, any_symbol};
use crate::names::Names;

/// The most table states; a pattern that needs more is matched node by node.
const MAX_STATES: usize = 2_000;

/// The most nodes looked at while a table is built: its time, some milliseconds.
const MAX_TABLE_WORK: usize = 1_000_000;

/// A table of states: for each one and each class of symbols the next state.
#[derive(Debug)]
pub(super) struct Dfa {
    class_of: [u8; 256],
    /// How many classes there are, with those of a mask and the end, which stand last.
    classes: usize,
    /// The rows begin at the state's own number, so that no multiplication is needed.
    next: Vec<u32>,
}

/// The state that has matched.
const MATCHED: u32 = u32::MAX;

impl Dfa {
    /// Builds the table; none where it would be too large.
    pub(super) fn new(nfa: &Nfa) -> Option<Dfa> {
        let (class_of, mut symbols) = byte_classes(nfa);
        symbols.extend([Symbol::Mask, Symbol::End]);
        let classes = symbols.len();
        let mut states = vec![(Vec::new(), Before::LineStart)];
        let mut known = Names::default();
        known.place(&name(&[], Before::LineStart));
        let mut next = Vec::new();
        let mut closed = NodeSet::new(nfa.nodes.len());
        let mut after = Vec::new();
        let mut done = 0;
        let mut work = 0;
        while let Some((at, before)) = states.get(done).cloned() {
            done += 1;
            for &symbol in &symbols {
                let matched = nfa.step(&at, before, symbol, &mut closed, &mut after);
                work += closed.list.len();
                if matched {
                    next.push(MATCHED);
                    continue;
                }
                let behind = Before::after(symbol);
                let place = known.place(&name(&after, behind)) as usize; // from 1 on
                if place > states.len() {
                    states.push((after.clone(), behind));
                }
                next.push(u32::try_from((place - 1) * classes).ok()?);
            }
            if states.len() > MAX_STATES || work > MAX_TABLE_WORK {
                return None;
            }
        }
        Some(Dfa { class_of, classes, next })
    }

    /// Returns whether the pattern matches anywhere in `text`.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let mut state = 0_u32;
        any_symbol(text, |symbol| {
            let class = match symbol {
                Symbol::Byte(byte) => self.class_of.get(usize::from(byte)).copied().map_or(0, usize::from),
                Symbol::Mask => self.classes - 2,
                Symbol::End => self.classes - 1,
            };
            state = self.next.get(state as usize + class).copied().unwrap_or(0);
            state == MATCHED
        })
    }
}

/// Returns a state as a text, a character a node: what it is known by.
fn name(nodes: &[usize], before: Before) -> String {
    let character = |number: usize| u32::try_from(number).ok().and_then(char::from_u32).unwrap_or_default();
    std::iter::once(before as usize).chain(nodes.iter().copied()).map(character).collect()
}

/// Puts bytes into one class that no node and no assertion tells apart. Returns each byte's class, and one byte of each.
fn byte_classes(nfa: &Nfa) -> ([u8; 256], Vec<Symbol>) {
    let mut sets: Vec<Bytes> = Vec::new();
    for node in &nfa.nodes {
        if let Node::One(bytes, _) = node
            && !sets.contains(bytes)
        {
            sets.push(*bytes);
        }
    }
    let signature = |byte: u8| {
        let symbol = Symbol::Byte(byte);
        let asked = [symbol.is_word(), symbol.ends_line(), symbol.is_inside_character()];
        sets.iter().map(|set| set.has(byte)).chain(asked).collect::<Vec<bool>>()
    };
    let mut class_of = [0; 256];
    let mut known: Vec<Vec<bool>> = Vec::new();
    let mut symbols = Vec::new();
    for (byte, class) in (0..=255).zip(class_of.iter_mut()) {
        let own = signature(byte);
        let place = known.iter().position(|signature| *signature == own).unwrap_or_else(|| {
            known.push(own);
            symbols.push(Symbol::Byte(byte));
            known.len() - 1
        });
        // 256 bytes have at most 256 classes.
        *class = u8::try_from(place).unwrap_or(u8::MAX);
    }
    (class_of, symbols)
}
