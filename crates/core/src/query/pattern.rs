//! The grammar of `/regex/`: a small common subset of what regular expressions are everywhere.
//!
//! Literals in any ASCII case, `.`, `[a-z]`, `[^a-z]`, `\d \w \s \D \W \S` (ASCII), `\b \B`, `^ $` (of each line), groups
//! `(...)` and `(?:...)`, `|`, `* + ? {n} {n,} {n,m}`, also with a lazy `?`. No back reference, no look-around, no flag: all
//! that is here is matched in linear time, by `automaton.rs`.

use std::borrow::Cow;

/// How deep groups may stand in each other.
const MAX_DEPTH: usize = 50;

/// The largest count in `{n,m}`.
const MAX_COUNT: u32 = 1000;

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    pub(super) const NONE: Bytes = Bytes([0; 4]);

    pub(super) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte / 64)).is_some_and(|word| word >> (byte % 64) & 1 == 1)
    }

    /// Returns the bytes from `low` to `high`, both included.
    pub(super) fn range(low: u8, high: u8) -> Bytes {
        Bytes::of(&|byte| (low..=high).contains(&byte))
    }

    fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte / 64)) {
            *word |= 1 << (byte % 64);
        }
    }

    fn of(is_member: &dyn Fn(u8) -> bool) -> Bytes {
        let mut bytes = Bytes::NONE;
        (0..=255).filter(|byte| is_member(*byte)).for_each(|byte| bytes.add(byte));
        bytes
    }

    fn join(&mut self, other: Bytes) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }
}

/// Whether a byte is a letter, digit or `_`.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// One byte of this set.
    One(Bytes),
    /// One character beyond ASCII, whichever.
    Beyond,
    Assert(Assertion),
    /// These, one after the other.
    Chain(Vec<Part>),
    /// One of these.
    Choice(Vec<Part>),
    /// So many times; no second number is no limit.
    Repeat(Box<Part>, u32, Option<u32>),
}

/// A place between two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    LineStart,
    LineEnd,
    WordBorder,
    NoWordBorder,
}

/// Where a pattern cannot be read, and what was expected there.
#[derive(Debug)]
pub(super) struct PatternError {
    /// The byte of the pattern.
    pub(super) at: usize,
    pub(super) expected: Cow<'static, str>,
}

/// Returns what the whole of `pattern` says.
pub(super) fn parse(pattern: &str) -> Result<Part, PatternError> {
    let mut reader = Reader { pattern, at: 0 };
    let part = reader.choice(0)?;
    match reader.peek() {
        None => Ok(part),
        Some(_) => Err(reader.error("a pattern whose closing parentheses were opened, or `\\)`")),
    }
}

struct Reader<'p> {
    pattern: &'p str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.pattern.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let takes = self.pattern.get(self.at..).is_some_and(|rest| rest.starts_with(wanted));
        self.at += if takes { wanted.len() } else { 0 };
        takes
    }

    fn error(&self, expected: &'static str) -> PatternError {
        PatternError { at: self.at, expected: Cow::Borrowed(expected) }
    }

    fn choice(&mut self, depth: usize) -> Result<Part, PatternError> {
        if depth > MAX_DEPTH {
            return Err(self.error("at most 50 groups inside each other"));
        }
        let mut branches = vec![self.chain(depth)?];
        while self.takes("|") {
            branches.push(self.chain(depth)?);
        }
        Ok(if let [_] = *branches { branches.remove(0) } else { Part::Choice(branches) })
    }

    fn chain(&mut self, depth: usize) -> Result<Part, PatternError> {
        let mut parts = Vec::new();
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let at = self.at;
            let part = self.atom(depth)?;
            let can_repeat = !matches!(part, Part::Assert(_));
            parts.push(match self.count()? {
                None => part,
                Some((least, most)) if can_repeat => Part::Repeat(Box::new(part), least, most),
                Some(_) => return Err(PatternError { at, expected: "something that can be repeated".into() }),
            });
        }
        Ok(Part::Chain(parts))
    }

    fn atom(&mut self, depth: usize) -> Result<Part, PatternError> {
        let at = self.at;
        let Some(c) = self.next() else { return Err(self.error("a character")) };
        Ok(match c {
            '.' => any_but(Bytes::range(b'\n', b'\n')),
            '^' => Part::Assert(Assertion::LineStart),
            '$' => Part::Assert(Assertion::LineEnd),
            '[' => self.class(at)?,
            '(' => {
                if self.takes("?") && !self.takes(":") {
                    return Err(self.error("`(?:`: groups have no names, flags or look-around here"));
                }
                let inner = self.choice(depth + 1)?;
                if !self.takes(")") {
                    return Err(self.error("a closing parenthesis"));
                }
                inner
            }
            '\\' => match self.escape()? {
                Escape::Set(bytes) => Part::One(bytes),
                Escape::Others(bytes) => any_but(bytes),
                Escape::Assertion(assertion) => Part::Assert(assertion),
                Escape::Literal(c) => literal(c),
            },
            '*' | '+' | '?' => {
                return Err(PatternError { at, expected: format!("something before `{c}`, or `\\{c}`").into() });
            }
            c => literal(c),
        })
    }

    /// `*`, `+`, `?` or `{n,m}` behind an atom. A brace that holds no count is itself.
    fn count(&mut self) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        let counted = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.braces(),
            _ => return Ok(None),
        };
        self.at += 1;
        self.ends_count()?;
        Ok(Some(counted))
    }

    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        let rest = self.pattern.get(self.at + 1..).unwrap_or_default();
        let Some((inner, _)) = rest.split_once('}') else { return Ok(None) };
        let (least, most) = inner
            .split_once(',')
            .map_or((inner, Some(inner)), |(least, most)| (least, Some(most).filter(|most| !most.is_empty())));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(least) || !most.is_none_or(is_number) {
            return Ok(None);
        }
        let number = |text: &str| text.parse().ok().filter(|count| *count <= MAX_COUNT);
        let least = number(least);
        let Some(least) = least else { return Err(self.error("counts up to 1000")) };
        let most = match most.map(number) {
            None => None,
            Some(Some(most)) if most >= least => Some(most),
            Some(_) => return Err(self.error("counts up to 1000, the smaller one first")),
        };
        self.at += 1 + inner.len() + 1;
        self.ends_count()?;
        Ok(Some((least, most)))
    }

    /// A lazy `?` changes nothing here; a second count is a mistake.
    fn ends_count(&mut self) -> Result<(), PatternError> {
        self.takes("?");
        match self.peek() {
            Some('*' | '+' | '?' | '{') => Err(self.error("one repetition; `(?:...)` groups")),
            _ => Ok(()),
        }
    }

    fn class(&mut self, opened_at: usize) -> Result<Part, PatternError> {
        let negated = self.takes("^");
        let mut bytes = Bytes::NONE;
        let mut beyond = Vec::new();
        let mut is_first = true;
        loop {
            let Some(c) = self.next() else {
                return Err(PatternError {
                    at: opened_at,
                    expected: "a class with its closing bracket, or `\\[`".into(),
                });
            };
            if c == ']' && !is_first {
                break;
            }
            is_first = false;
            let low = match c {
                '\\' => match self.escape()? {
                    Escape::Set(set) => {
                        bytes.join(set);
                        continue;
                    }
                    Escape::Literal(c) => c,
                    Escape::Others(_) | Escape::Assertion(_) => {
                        return Err(self.error("in a class only \\d, \\w, \\s and escaped characters"));
                    }
                },
                '[' => return Err(self.error("`\\[` in a class")),
                c => c,
            };
            let high = self.range_end()?.unwrap_or(low);
            match (u8::try_from(low), u8::try_from(high)) {
                (Ok(low), Ok(high)) if low.is_ascii() && high.is_ascii() && low <= high => {
                    (low..=high).for_each(|byte| bytes.add(byte));
                }
                _ if low == high => beyond.push(literal(low)),
                _ => return Err(self.error("a range of ASCII characters, the smaller one first")),
            }
        }
        let folded = fold(bytes);
        if negated {
            return if beyond.is_empty() { Ok(any_but(folded)) } else { Err(self.error("only ASCII behind `[^`")) };
        }
        beyond.insert(0, Part::One(folded));
        Ok(Part::Choice(beyond))
    }

    /// The upper end of a range in a class; none where a single character stands, or a hyphen at the end.
    fn range_end(&mut self) -> Result<Option<char>, PatternError> {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        if !rest.starts_with('-') || rest.starts_with("-]") {
            return Ok(None);
        }
        self.at += 1;
        match self.next() {
            Some('\\') => match self.escape()? {
                Escape::Literal(c) => Ok(Some(c)),
                _ => Err(self.error("a character that ends the range")),
            },
            Some(c) => Ok(Some(c)),
            None => Err(self.error("a character that ends the range")),
        }
    }

    fn escape(&mut self) -> Result<Escape, PatternError> {
        let at = self.at;
        let digit = Bytes::range(b'0', b'9');
        let word = Bytes::of(&is_word);
        let space = Bytes::of(&|b| b.is_ascii_whitespace() || b == 0x0b);
        Ok(match self.next() {
            Some('d') => Escape::Set(digit),
            Some('w') => Escape::Set(word),
            Some('s') => Escape::Set(space),
            Some('D') => Escape::Others(digit),
            Some('W') => Escape::Others(word),
            Some('S') => Escape::Others(space),
            Some('b') => Escape::Assertion(Assertion::WordBorder),
            Some('B') => Escape::Assertion(Assertion::NoWordBorder),
            Some('n') => Escape::Literal('\n'),
            Some('t') => Escape::Literal('\t'),
            Some('r') => Escape::Literal('\r'),
            Some(c) if c.is_ascii_punctuation() => Escape::Literal(c),
            _ => {
                let expected = "\\d \\w \\s \\D \\W \\S \\b \\B \\n \\t \\r, or an escaped punctuation mark".into();
                return Err(PatternError { at, expected });
            }
        })
    }
}

enum Escape {
    Set(Bytes),
    /// Every character but these, also beyond ASCII.
    Others(Bytes),
    Assertion(Assertion),
    Literal(char),
}

/// One character, in any ASCII case.
fn literal(c: char) -> Part {
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).bytes();
    Part::Chain(bytes.map(|byte| Part::One(fold(Bytes::range(byte, byte)))).collect())
}

/// One character that is none of these ASCII ones.
fn any_but(Bytes([low, high, ..]): Bytes) -> Part {
    Part::Choice(vec![Part::One(Bytes([!low, !high, 0, 0])), Part::Beyond])
}

/// Adds the other case of every ASCII letter.
fn fold(Bytes([low, high, rest @ ..]): Bytes) -> Bytes {
    const LETTERS: u64 = 0x07ff_fffe; // `a` to `z` stand 32 places above `A` to `Z`
    let [upper, lower] = [high & LETTERS, high >> 32 & LETTERS];
    let [third, fourth] = rest;
    Bytes([low, high | lower | upper << 32, third, fourth])
}
