//! The redactor's shapes as regular expressions, read from the page that lists them.

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexSet};

type Failure = Box<dyn std::error::Error>;

/// Each pattern as a regex, and all of them as a set.
pub(crate) struct Shapes {
    patterns: Vec<String>,
    set: RegexSet,
    each: Vec<Regex>,
}

impl Shapes {
    /// Reads the patterns from the rows of the page's table.
    pub(crate) fn from_page(page: &str) -> Result<Self, Failure> {
        let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
        let patterns: Vec<String> = rows
            .flat_map(|(_, cell)| cell.split('`').skip(1).step_by(2))
            .map(|pattern| pattern.replace("\\|", "|"))
            .collect();
        let regexes: Vec<String> = patterns.iter().map(|pattern| regex_of(pattern)).collect();
        let set =
            regex::RegexSetBuilder::new(&regexes).unicode(false).size_limit(1 << 30).dfa_size_limit(1 << 28).build()?;
        let each = regexes
            .iter()
            .map(|regex| regex::RegexBuilder::new(regex).unicode(false).size_limit(1 << 26).build())
            .collect::<Result<_, _>>()?;
        Ok(Self { patterns, set, each })
    }

    pub(crate) fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Returns how many bytes are found.
    pub(crate) fn find(&self, line: &str) -> usize {
        let matching = self.set.matches(line).into_iter().filter_map(|i| self.each.get(i));
        matching.flat_map(|regex| regex.find_iter(line)).map(|found| found.len()).sum()
    }
}

/// The same with aho-corasick in front: a regex is asked where the longest fixed text of its pattern stands.
pub(crate) struct Literals {
    literals: AhoCorasick,
    /// For each literal its regexes.
    regexes: Vec<Vec<Regex>>,
}

impl Literals {
    /// Patterns without a fixed text of two bytes are left out.
    pub(crate) fn of(shapes: &Shapes) -> Result<Self, Failure> {
        let mut by_literal: std::collections::BTreeMap<String, Vec<Regex>> = std::collections::BTreeMap::new();
        for (pattern, regex) in shapes.patterns.iter().zip(&shapes.each) {
            if let Some(literal) = fixed_text(pattern) {
                by_literal.entry(literal).or_default().push(regex.clone());
            }
        }
        let literals = AhoCorasick::new(by_literal.keys())?;
        Ok(Self { literals, regexes: by_literal.into_values().collect() })
    }

    /// Returns how many bytes are found.
    pub(crate) fn find(&self, line: &str) -> usize {
        const LONGEST_BEFORE: usize = 80;
        let mut bytes = 0;
        let mut done = 0;
        for hit in self.literals.find_overlapping_iter(line).take(64) {
            let from = line.floor_char_boundary(hit.start().saturating_sub(LONGEST_BEFORE).max(done));
            for regex in self.regexes.get(hit.pattern().as_usize()).into_iter().flatten() {
                if let Some(found) = regex.find_at(line, from) {
                    bytes += found.len();
                    done = found.end();
                    break;
                }
            }
        }
        bytes
    }
}

/// A part of a pattern.
enum Part<'p> {
    Text(char),
    Set(&'p str),
    Run(char, &'p str),
}

/// Splits a pattern as the page says that they are written.
fn parts(mut pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some(first) = pattern.chars().next() {
        let rest = &pattern[first.len_utf8()..];
        pattern = match first {
            '[' if rest.contains(']') => {
                let (set, behind) = rest.split_once(']').unwrap_or_default();
                parts.push(Part::Set(set));
                behind
            }
            '%' => {
                let letter = rest.chars().next().unwrap_or('a');
                let count = &rest[letter.len_utf8()..];
                let end = count.find(|c: char| !c.is_ascii_digit()).unwrap_or(count.len());
                let range_end = match count.as_bytes().get(end) {
                    Some(b'*') => end + 1,
                    Some(b'-') if count.as_bytes().get(end + 1).is_some_and(u8::is_ascii_digit) => {
                        let second = &count[end + 1..];
                        end + 1 + second.find(|c: char| !c.is_ascii_digit()).unwrap_or(second.len())
                    }
                    _ => end,
                };
                parts.push(Part::Run(letter, &count[..range_end]));
                &count[range_end..]
            }
            _ => {
                parts.push(Part::Text(first));
                rest
            }
        };
    }
    parts
}

fn regex_of(pattern: &str) -> String {
    let mut regex = String::from(if pattern.starts_with('$') { "" } else { r"\b" });
    for part in parts(pattern) {
        match part {
            Part::Text(text) => regex.push_str(&regex::escape(&text.to_string())),
            Part::Set(set) => regex.extend(["[", &regex::escape(set), "]"]),
            Part::Run(letter, count) => {
                let class = match letter.to_ascii_lowercase() {
                    'n' => "0-9",
                    'x' => "0-9a-fA-F",
                    'l' => "a-z0-9",
                    'u' => "A-Z0-9",
                    'w' => "0-9A-Za-z_-",
                    'd' => "0-9A-Za-z_.-",
                    'm' => "0-9A-Za-z_.=-",
                    't' => "0-9A-Za-z_.~-",
                    'b' => "0-9A-Za-z+/=_-",
                    'p' => "0-9A-Za-z/_@-",
                    'q' => "0-9a-fA-F-",
                    's' => "0-9A-Za-z./",
                    'h' => "0-9A-Za-z./+$=,*@:_-",
                    _ => "0-9A-Za-z",
                };
                let count = match (count.strip_suffix('*'), count.split_once('-')) {
                    (Some(least), _) => format!("{{{least},}}"),
                    (None, Some((least, most))) => format!("{{{least},{most}}}"),
                    (None, None) => format!("{{{count}}}"),
                };
                regex.extend(["[", class, "]", &count]);
            }
        }
    }
    regex
}

/// Returns the longest fixed text of a pattern, of two bytes at least.
fn fixed_text(pattern: &str) -> Option<String> {
    let mut texts = vec![String::new()];
    for part in parts(pattern) {
        match (part, texts.last_mut()) {
            (Part::Text(text), Some(last)) => last.push(text),
            _ => texts.push(String::new()),
        }
    }
    texts.into_iter().max_by_key(String::len).filter(|text| text.len() > 1)
}
