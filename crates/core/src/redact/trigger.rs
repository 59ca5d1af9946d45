//! Where something to hide can begin: `lanes.rs` looks at sixteen bytes in one step, and each yes gets a second look
//! here, so that the walk passes over all else. What really begins is verified by `find.rs`.

use super::lanes::{self, LANES, Window};
use super::rules::{self, Shapes};
use super::{Paths, bytes, cards, key, pairs};
use crate::mask::MASK_START;

/// Finds the places at which something to hide may begin, in the order of the text.
#[derive(Debug)]
pub(super) struct Triggers {
    shapes: &'static Shapes,
    /// The separator behind the last run of key bytes that holds an anchor.
    separator: Option<usize>,
    /// Where that run ends, so that no run is walked along twice.
    run_end: usize,
    /// Where the last word with an anchor ends, and whether `separator` is that end and not the run's.
    word_end: usize,
    is_word: bool,
    /// Where the last run of dashes ends.
    dashes_end: usize,
    /// Anchors before this byte were seen.
    seen_to: usize,
}

impl Triggers {
    pub(super) fn new() -> Self {
        Self {
            shapes: rules::shapes(),
            separator: None,
            run_end: 0,
            word_end: 0,
            is_word: false,
            dashes_end: 0,
            seen_to: 0,
        }
    }

    /// Returns the first place from `from` on at which something to hide may begin. `from` never goes back.
    pub(super) fn next(&mut self, bytes: &[u8], from: usize, paths: Paths) -> Option<usize> {
        let was_word = self.is_word && self.separator.is_some_and(|at| at < from);
        if was_word {
            // Behind the word its run goes on.
            self.run_end = 0;
            self.follow_run(bytes, from);
        } else if from > self.seen_to {
            // What was hidden may have held an anchor.
            self.word_end = 0;
            self.follow(bytes, from);
        }
        self.separator = self.separator.filter(|at| *at >= from);
        let found = self.search(bytes, from, paths);
        self.seen_to = found.map_or(bytes.len(), |at| at + 1);
        found
    }

    fn search(&mut self, bytes: &[u8], from: usize, paths: Paths) -> Option<usize> {
        if from == 0 && self.begins(bytes, 0, from, paths) {
            return Some(0);
        }
        let mut base = from.max(1);
        while base < bytes.len() {
            let (start, mut candidates) = look(bytes, base);
            candidates &= u32::MAX << (base - start);
            while candidates != 0 {
                let at = start + candidates.trailing_zeros() as usize;
                candidates &= candidates - 1;
                if self.separator.is_some_and(|separator| separator < at) {
                    return self.separator;
                }
                if self.begins(bytes, at, from, paths) {
                    return Some(at);
                }
            }
            base = start + LANES;
            if self.separator.is_some_and(|separator| separator < base) {
                return self.separator;
            }
        }
        self.separator
    }

    /// Looks again at a candidate: whether something may begin there. An anchor is followed to its separator.
    fn begins(&mut self, bytes: &[u8], at: usize, from: usize, paths: Paths) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        let before = |distance: usize| at.checked_sub(distance).and_then(|i| bytes.get(i)).copied().unwrap_or_default();
        match rest {
            [b'/', ..] => may_begin_path(rest, paths),
            // The step to a URL passes over its slashes, which matters where every path is hidden.
            [b':', b'/', b'/', behind @ ..] => paths == Paths::Strict || has_user(behind),
            [b':', ..] => before(1).is_ascii_alphabetic() && !before(2).is_ascii_alphanumeric(), // a drive
            // Of a run of backslashes the walk stops at the first.
            [b'\\', b'\\', ..] => {
                at == from || before(1) != b'\\' && matches!(bytes::run(rest, 0, 5, bytes::BACKSLASH), 2 | 4)
            }
            [b'-', b'u' | b'p', b' ', ..] => true,
            [b'-', b'-', ..] => {
                if at >= self.dashes_end {
                    self.dashes_end = at + rest.iter().take_while(|b| **b == b'-').count();
                }
                bytes.get(self.dashes_end).is_some_and(|b| key::is_key(*b))
            }
            [b'[', ..] => rest.starts_with(MASK_START.as_bytes()),
            [first, ..] => {
                if is_anchor(rest) {
                    self.follow(bytes, at);
                }
                let is_in_word = before(1).is_ascii_alphanumeric() || before(1) == b'_';
                !is_in_word
                    && ((is_dense(rest) && self.shapes.may_begin_token(rest))
                        || matches!(first, b'2'..=b'6') && cards::may_begin(rest))
            }
            _ => false,
        }
    }

    /// Follows the word that goes on at `at`, and the run of key bytes behind it: what ends them may have a sensitive key.
    fn follow(&mut self, bytes: &[u8], at: usize) {
        if at >= self.word_end {
            self.word_end = at + bytes::run(bytes, at, usize::MAX, bytes::KEY);
            if pairs::may_follow(bytes, self.word_end) {
                (self.separator, self.is_word) = (Some(self.word_end), true);
                return;
            }
        } else if self.is_word {
            return;
        }
        self.follow_run(bytes, at);
    }

    /// Follows the run of key bytes that goes on at `at` to its end.
    fn follow_run(&mut self, bytes: &[u8], at: usize) {
        if at >= self.run_end {
            self.run_end = at + bytes::run(bytes, at, usize::MAX, bytes::BEFORE_SEPARATOR);
            self.is_word = false;
            self.separator = bytes.get(self.run_end).filter(|b| matches!(b, b':' | b'=')).map(|_| self.run_end);
        }
    }
}

/// Whether a word that begins with a digit may be a token: times, UUIDs and addresses have a point or a dash near.
pub(super) fn is_dense(word: &[u8]) -> bool {
    const PLACES: [usize; 9] = [2, 3, 4, 5, 6, 7, 8, 9, 13];
    !word.first().is_some_and(u8::is_ascii_digit) || PLACES.iter().all(|at| word.get(*at).is_some_and(|b| *b > b'.'))
}

/// Pieces of sensitive words: every key that `keys::classify` takes holds one. `lanes.rs` looks for their first three
/// letters.
const ANCHORS: [&[u8]; 16] = [
    b"otp", b"pass", b"pin", b"pw", b"cred", b"cret", b"cv", b"key", b"ken", b"kie", b"sess", b"srf", b"sid", b"sig",
    b"uth", b"rif",
];

/// For each anchor its letters as one number, and which bits of it count.
const ANCHOR_WORDS: [(u32, u32); ANCHORS.len()] = anchor_words();

const fn anchor_words() -> [(u32, u32); ANCHORS.len()] {
    let mut words = [(0, 0); ANCHORS.len()];
    let mut i = 0;
    while i < words.len() {
        let mut k = 0;
        while k < ANCHORS[i].len() {
            words[i].0 |= (ANCHORS[i][k] as u32) << (8 * k);
            words[i].1 |= 0xFF << (8 * k);
            k += 1;
        }
        i += 1;
    }
    words
}

fn is_anchor(rest: &[u8]) -> bool {
    let letters = rest.iter().take(4).rev().fold(0, |word, byte| word << 8 | u32::from(byte | 0x20));
    ANCHOR_WORDS.iter().any(|(anchor, mask)| letters & mask == *anchor)
}

/// Whether the authority of a URL that begins here may have a user. One behind a slash may be a password's, where no port
/// stands before it.
fn has_user(authority: &[u8]) -> bool {
    const LONGEST: usize = 256;
    let length = bytes::until(authority, 0, usize::MAX, bytes::ENDS_AUTHORITY);
    let (authority, rest) = authority.split_at_checked(length).unwrap_or_default();
    let mut colons = authority.split(|b| *b == b':');
    let mut may_go_on = || colons.nth(1).and_then(<[u8]>::first).is_some_and(|b| !b.is_ascii_digit());
    authority.contains(&b'@') || may_go_on() && rest.iter().take(LONGEST).any(|b| *b == b'@')
}

/// Whether the slash that `rest` begins with may begin a path that is hidden.
fn may_begin_path(rest: &[u8], paths: Paths) -> bool {
    match paths {
        Paths::Off => false,
        Paths::Strict => true,
        Paths::Home => {
            let path = rest.get(1..).unwrap_or_default();
            let firsts: [&[u8]; 6] = [b"home", b"Users", b"root", b"export", b"usr", b"mnt"];
            firsts.iter().any(|first| path.starts_with(first))
                || matches!(path, [letter, b'/' | b'\\', ..] if letter.is_ascii_lowercase())
        }
    }
}

/// Looks at sixteen places, that of `base` among them, and returns the first place and the candidates. No place is the
/// text's first.
fn look(bytes: &[u8], base: usize) -> (usize, u32) {
    const BEHIND: usize = size_of::<Window>() - LANES;
    if let Some(window) = bytes.get(base - 1..).and_then(<[u8]>::first_chunk) {
        return (base, lanes::candidates(window));
    }
    // Near the end of the text, places are looked at again rather than bytes copied one by one: lines are short.
    if let Some(window) = bytes.last_chunk().filter(|_| base + BEHIND <= bytes.len()) {
        return (bytes.len() + 1 - size_of::<Window>(), lanes::candidates(window));
    }
    let mut window = Window::default();
    if let Some(last) = bytes.last_chunk::<LANES>().filter(|_| base + BEHIND > bytes.len()) {
        window[..LANES].copy_from_slice(last);
        return (bytes.len() + 1 - LANES, lanes::candidates(&window));
    }
    for (place, byte) in window.iter_mut().zip(bytes.iter().skip(base - 1)) {
        *place = *byte;
    }
    (base, lanes::candidates(&window))
}
