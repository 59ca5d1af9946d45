//! Where something to hide can begin: `lanes.rs` looks at many bytes in one step, and each yes gets a second look
//! here, so that the walk passes over all else. What really begins is verified by `find.rs`.

use std::ops::Range;

use super::lanes::{self, BEHIND, LANES, Window};
use super::rules::{self, Shapes};
use super::{Paths, bytes, cards, key, keys, pairs, steps};
use crate::mask::MASK_START;

/// Finds the places at which something to hide may begin, in the order of the text.
#[derive(Debug)]
pub(super) struct Triggers<'t> {
    bytes: &'t [u8],
    /// The text that `bytes` are a part of, and where they begin in it: bytes are looked at where they stand, not copied.
    around: &'t [u8],
    start: usize,
    shapes: &'static Shapes,
    /// The separator behind the last run of key bytes that holds an anchor.
    separator: Option<usize>,
    /// Where that run ends, so that no run is walked along twice.
    run_end: usize,
    /// Where the last word with an anchor ends, and whether its value may follow without a separator.
    word_end: usize,
    word_pairs: bool,
    /// Whether `separator` is that word's end and not the run's.
    is_word: bool,
    /// Where the last run of dashes ends.
    dashes_end: usize,
    /// Anchors before this byte were seen.
    seen_to: usize,
}

impl<'t> Triggers<'t> {
    /// Begins to look through a text.
    pub(super) fn of(bytes: &'t [u8]) -> Self {
        Self::new(bytes, bytes, 0)
    }

    /// Begins to look through a part of a text that nothing around it can change.
    pub(super) fn within(around: &'t [u8], part: Range<usize>) -> Option<Self> {
        Some(Self::new(around.get(part.clone())?, around, part.start))
    }

    fn new(bytes: &'t [u8], around: &'t [u8], start: usize) -> Self {
        Self {
            bytes,
            around,
            start,
            shapes: rules::shapes(),
            separator: None,
            run_end: 0,
            word_end: 0,
            word_pairs: false,
            is_word: false,
            dashes_end: 0,
            seen_to: 0,
        }
    }

    /// Returns the first place from `from` on at which something to hide may begin. `from` never goes back.
    pub(super) fn next(&mut self, from: usize, paths: Paths) -> Option<usize> {
        let was_word = self.is_word && self.separator.is_some_and(|at| at < from);
        if from > self.seen_to {
            self.follow(from); // What was hidden may have held an anchor.
        } else if was_word {
            self.follow_run(from); // Behind the word its run goes on.
        }
        self.separator = self.separator.filter(|at| *at >= from);
        let found = self.search(from, paths);
        self.seen_to = found.map_or(self.bytes.len(), |at| at + 1);
        found
    }

    /// Whether nothing can begin anywhere, and no key or option that more of the text could make sensitive.
    pub(super) fn sees_nothing(mut self, paths: Paths) -> bool {
        self.next(0, paths).is_none() && self.word_end.max(self.run_end).max(self.dashes_end) == 0
    }

    /// Whether all of the text, which was looked through, is the name of something sensitive.
    pub(super) fn is_sensitive_key(&self) -> bool {
        self.word_end > 0
            && self.word_end == self.bytes.len()
            && str::from_utf8(self.bytes).is_ok_and(|name| keys::classify(name).is_some())
    }

    fn search(&mut self, from: usize, paths: Paths) -> Option<usize> {
        let mut base = from;
        while base < self.bytes.len() {
            let (start, mut candidates) = self.look(base);
            candidates &= u32::MAX << (base - start);
            while candidates != 0 {
                let at = start + candidates.trailing_zeros() as usize;
                candidates &= candidates - 1;
                if self.separator.is_some_and(|separator| separator < at) {
                    return self.separator;
                }
                if let Some(place) = self.begins(at, from, paths) {
                    return Some(place);
                }
            }
            base = start + LANES;
            if self.separator.is_some_and(|separator| separator < base) {
                return self.separator;
            }
        }
        self.separator
    }

    /// Looks again at a candidate, and returns the place at which something may begin: there, or one before. An anchor is
    /// followed to its separator.
    fn begins(&mut self, at: usize, from: usize, paths: Paths) -> Option<usize> {
        let bytes = self.bytes;
        let rest = bytes.get(at..).unwrap_or_default();
        let before = |distance: usize| at.checked_sub(distance).and_then(|i| bytes.get(i)).copied().unwrap_or_default();
        let previous = || at.checked_sub(1).filter(|place| *place >= from);
        let begins = match rest {
            [first, second, third, ..] if first.is_ascii_alphanumeric() => {
                let letters = [first | 0x20, second | 0x20, third | 0x20];
                if is_anchor(letters) {
                    self.follow(at);
                }
                match letters {
                    [b'r', b'e', b'd'] if before(1) == b'[' && starts_mask(bytes, at - 1) => return previous(),
                    [b'e', b'a', b'r'] if before(1) | 0x20 == b'b' && !is_in_word(before(2)) => return previous(),
                    [b'b', b'a', b's'] => !is_in_word(before(1)),
                    // Behind the letter of an escape, too.
                    [b'n' | b'r' | b't', ..]
                        if before(1) == b'\\' && self.may_begin_token(rest.get(1..).unwrap_or_default()) =>
                    {
                        true
                    }
                    _ => !is_in_word(before(1)) && self.may_begin_token(rest),
                }
            }
            // The step to a URL passes over its slashes, which matters where every path is hidden.
            [b'/', b'/', behind @ ..] if before(1) == b':' && (paths == Paths::Strict || has_user(behind)) => {
                return previous().or_else(|| may_begin_path(rest, paths).then_some(at));
            }
            [b'/' | b'\\', ..] if before(1) == b':' && previous().is_some() && is_drive(before(2), before(3), rest) => {
                return previous();
            }
            [b'/', ..] => may_begin_path(rest, paths),
            [b'\\', b'u', b'0', b'0', b'2'..=b'7', ..] => {
                self.follow(at); // a letter of a key, maybe
                false
            }
            // Of a run of backslashes the walk stops at the first.
            [b'\\', b'\\', ..] => {
                at == from || before(1) != b'\\' && matches!(bytes::run(rest, 0, 5, bytes::BACKSLASH), 2 | 4)
            }
            [b'-', b'-', ..] => {
                if at >= self.dashes_end {
                    self.dashes_end = at + rest.iter().take_while(|b| **b == b'-').count();
                }
                bytes.get(self.dashes_end).is_some_and(|b| key::is_key(*b))
            }
            [b'-', ..] => pairs::may_be_option(bytes, at),
            [b'$', ..] => !is_in_word(before(1)) && self.shapes.may_begin(rest),
            _ => false,
        };
        begins.then_some(at)
    }

    /// Whether a token or a card number may begin here, where a word begins.
    fn may_begin_token(&self, rest: &[u8]) -> bool {
        goes_on(rest) && is_dense(rest) && self.shapes.may_begin(rest) || cards::may_begin(rest)
    }

    /// Follows the word that goes on at `at`, and the run of key bytes behind it: what ends them may have a sensitive key.
    fn follow(&mut self, at: usize) {
        let bytes = self.bytes;
        if at >= self.word_end {
            self.word_end = at + bytes::run(bytes, at, usize::MAX, bytes::KEY);
            self.word_pairs = pairs::may_follow(bytes, self.word_end);
        }
        if self.word_pairs {
            (self.separator, self.is_word) = (Some(self.word_end), true);
        } else {
            self.follow_run(at);
        }
    }

    /// Follows the run of key bytes that goes on at `at` to its end. No run is walked along twice.
    fn follow_run(&mut self, at: usize) {
        let bytes = self.bytes;
        if at >= self.run_end {
            self.run_end = at + bytes::run(bytes, at, usize::MAX, bytes::BEFORE_SEPARATOR);
        }
        self.is_word = false;
        self.separator = bytes.get(self.run_end).filter(|b| matches!(b, b':' | b'=')).map(|_| self.run_end);
    }

    /// Looks at some places, that of `base` among them, and returns the first place and the candidates.
    fn look(&self, base: usize) -> (usize, u32) {
        steps::count(LANES);
        let at = self.start + base;
        // What stands around makes more places candidates, never fewer.
        let window = at.checked_sub(1).and_then(|before| self.around.get(before..)).and_then(<[u8]>::first_chunk);
        match window {
            Some(window) => (base, lanes::candidates(window)),
            None => look_at_end(self.bytes, base),
        }
    }
}

/// Whether a word may go on as far as the shortest token.
pub(super) fn goes_on(word: &[u8]) -> bool {
    [13, 9, 5].iter().all(|place| word.get(*place).is_some_and(|byte| *byte > b'*'))
}

/// Whether a word that begins with a digit may be a token: times, UUIDs and addresses have a point or a dash near.
pub(super) fn is_dense(word: &[u8]) -> bool {
    const PLACES: [usize; 9] = [2, 3, 4, 5, 6, 7, 8, 9, 13];
    !word.first().is_some_and(u8::is_ascii_digit) || PLACES.iter().all(|at| word.get(*at).is_some_and(|b| *b > b'.'))
}

/// Whether a byte goes on with a word, so that no token begins behind it.
fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a drive may end before the separators that `path` begins with: a letter that is no other word's last, and a small
/// one only with a user's folder behind it.
fn is_drive(letter: u8, before: u8, path: &[u8]) -> bool {
    let first = || path.iter().take(9).find(|byte| !matches!(byte, b'/' | b'\\'));
    let is_letter = letter.is_ascii_uppercase()
        || letter.is_ascii_lowercase() && first().is_some_and(|byte| matches!(byte, b'U' | b'u' | b'D'));
    is_letter && !before.is_ascii_alphanumeric()
}

fn starts_mask(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(MASK_START.as_bytes()))
}

/// Whether three letters in lower case are a piece of a sensitive word: every key that `keys::classify` takes holds one.
/// `lanes.rs` looks for them, and beside them for `ear` and `bas` of `bearer` and `basic`.
#[inline]
fn is_anchor(letters: [u8; 3]) -> bool {
    matches!(
        &letters,
        b"otp"
            | b"pas"
            | b"pin"
            | b"red"
            | b"sec"
            | b"key"
            | b"oke"
            | b"oki"
            | b"ssi"
            | b"srf"
            | b"sid"
            | b"sig"
            | b"uth"
            | b"rif"
            | [b'p', b'w', _]
            | [b'c', b'v', _]
    )
}

/// Whether the authority of a URL that begins here may have a user. One behind a slash may be a password's, where no port
/// stands before it.
fn has_user(authority: &[u8]) -> bool {
    const LONGEST: usize = 256;
    let length = bytes::until(authority, 0, usize::MAX, bytes::ENDS_AUTHORITY);
    let (authority, rest) = authority.split_at_checked(length).unwrap_or_default();
    let port = bytes::until(authority, 0, usize::MAX, bytes::COLON) + 1;
    let may_go_on = || authority.get(port).is_some_and(|b| !b.is_ascii_digit());
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    authority.contains(&b'@') || may_go_on() && memchr::memchr(b'@', rest).is_some()
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

/// The same where a text begins or ends.
fn look_at_end(bytes: &[u8], base: usize) -> (usize, u32) {
    if base == 0 {
        return (0, lanes::candidates(&beginning(bytes)));
    }
    // Near the end of the text, places are looked at again rather than bytes copied one by one: lines are short.
    if let Some(window) = bytes.last_chunk().filter(|_| base + BEHIND <= bytes.len()) {
        return (bytes.len() + 1 - size_of::<Window>(), lanes::candidates(window));
    }
    let mut window = [0; LANES + BEHIND];
    for (place, byte) in window.iter_mut().zip(bytes.iter().skip(base - 1)) {
        *place = *byte;
    }
    (base, lanes::candidates(&window))
}

/// The text's beginning, as if a space stood before it.
fn beginning(bytes: &[u8]) -> Window {
    let mut window = [0; LANES + BEHIND];
    let [before, places @ ..] = &mut window;
    *before = b' ';
    match bytes.first_chunk() {
        Some(first) => *places = *first,
        None => {
            for (place, byte) in places.iter_mut().zip(bytes) {
                *place = *byte;
            }
        }
    }
    window
}
