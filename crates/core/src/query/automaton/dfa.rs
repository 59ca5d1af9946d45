//! The pattern as a table: one state at a time, one look-up a symbol.

use std::collections::BTreeMap;

use super::super::pattern::Bytes;
use super::nfa::{Nfa, Node, NodeSet};
use super::{Before, Symbol, any_symbol};

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
        let mut known: BTreeMap<(Vec<usize>, Before), u32> = BTreeMap::new();
        let mut states = vec![(Vec::new(), Before::LineStart)];
        known.insert((Vec::new(), Before::LineStart), 0);
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
                let state = (after.clone(), Before::after(symbol));
                let fresh = u32::try_from(states.len() * classes).ok()?;
                let number = *known.entry(state.clone()).or_insert(fresh);
                if number == fresh {
                    states.push(state);
                }
                next.push(number);
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

/// Puts bytes into one class that no node and no assertion tells apart. Returns each byte's class, and one byte of each.
fn byte_classes(nfa: &Nfa) -> ([u8; 256], Vec<Symbol>) {
    let mut class_of = [0; 256];
    let mut known: BTreeMap<Vec<bool>, u8> = BTreeMap::new();
    let mut symbols = Vec::new();
    let mut sets: Vec<Bytes> = Vec::new();
    for node in &nfa.nodes {
        if let Node::One(bytes, _) = node
            && !sets.contains(bytes)
        {
            sets.push(*bytes);
        }
    }
    for (byte, class) in (0..=255).zip(class_of.iter_mut()) {
        let mut signature: Vec<bool> = sets.iter().map(|set| set.has(byte)).collect();
        let symbol = Symbol::Byte(byte);
        signature.extend([symbol.is_word(), symbol.ends_line(), symbol.is_inside_character()]);
        *class = *known.entry(signature).or_insert_with(|| {
            symbols.push(Symbol::Byte(byte));
            // 256 bytes have at most 256 classes.
            u8::try_from(symbols.len() - 1).unwrap_or(u8::MAX)
        });
    }
    (class_of, symbols)
}
