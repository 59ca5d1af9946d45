//! One line of a terminal being written: its styles, the cells it has taken, and where it goes on when it is full.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const RESET: &str = "\x1b[0m";

/// What searched words look like: black on yellow is read on a dark and on a light background.
const HIT: &str = "\x1b[30;43m";

/// A line, or several where it is wrapped.
pub(super) struct Flow<'a> {
    out: &'a mut String,
    is_colored: bool,
    /// The cells of a line; none where lines have no end.
    limit: Option<usize>,
    /// The cells in front of what goes on in the next line.
    indent: usize,
    column: usize,
    /// Spaces that are written once something stands behind them.
    spaces: usize,
    /// The style that the terminal is in.
    style: &'a str,
}

impl<'a> Flow<'a> {
    pub(super) fn new(out: &'a mut String, is_colored: bool, limit: Option<usize>) -> Self {
        Self { out, is_colored, limit, indent: 0, column: 0, spaces: 0, style: "" }
    }

    /// Returns how many cells of the line are taken.
    pub(super) fn column(&self) -> usize {
        self.column + self.spaces
    }

    /// From here on the text goes on that far from the left in the next lines.
    pub(super) fn indent_here(&mut self, at_most: usize, else_at: usize) {
        self.indent = if self.column() <= at_most { self.column() } else { else_at };
    }

    /// Adds text that stays in one piece.
    pub(super) fn piece(&mut self, style: &'a str, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.spaces > 0 {
            // Between words of one style spaces are in it too: a marked phrase is one mark.
            if style != self.style {
                self.restyle("");
            }
            self.out.extend(std::iter::repeat_n(' ', self.spaces));
        }
        self.restyle(style);
        self.out.push_str(text);
        self.column += self.spaces + text.width();
        self.spaces = 0;
    }

    /// Adds spaces, none of them at the end of a line.
    pub(super) fn space(&mut self, cells: usize) {
        self.spaces += cells;
    }

    /// Adds text that is wrapped between words; `words` are marked in it.
    pub(super) fn text(&mut self, style: &'a str, text: &str, words: &[String]) {
        let hits = if self.is_colored { hits(text, words) } else { Vec::new() };
        let mut at = 0;
        for word in text.split_inclusive(' ') {
            let begin = at;
            at += word.len();
            let bare = word.trim_end_matches(' ');
            if !bare.is_empty() {
                self.word(style, begin, bare, &hits);
            }
            self.spaces += word.len() - bare.len();
        }
    }

    /// Ends the line and begins the next one at the indent.
    pub(super) fn next_line(&mut self) {
        self.end();
        self.spaces = self.indent;
    }

    /// Ends the line.
    pub(super) fn end(&mut self) {
        self.restyle("");
        self.out.push('\n');
        self.column = 0;
        self.spaces = 0;
    }

    /// Begins a line that far from the left; it goes on 4 cells further.
    pub(super) fn begin(&mut self, indent: usize) {
        self.spaces = indent;
        self.indent = indent + 4;
    }

    /// Adds the word that stands at `begin` of a text in which `hits` are marked.
    fn word(&mut self, style: &'a str, begin: usize, word: &str, hits: &[Range<usize>]) {
        let cells = word.width();
        if self.limit.is_some_and(|limit| self.column() + cells > limit && self.column() > self.indent) {
            self.next_line();
        }
        let mut done = begin;
        let end = begin + word.len();
        let first = hits.partition_point(|hit| hit.end <= begin);
        for hit in hits.iter().skip(first).take_while(|hit| hit.start < end) {
            let (from, to) = (hit.start.max(done), hit.end.min(end));
            self.part(style, word.get(done - begin..from - begin).unwrap_or_default());
            self.part(HIT, word.get(from - begin..to - begin).unwrap_or_default());
            done = to;
        }
        self.part(style, word.get(done - begin..).unwrap_or_default());
    }

    /// Adds a part of a word, cut where even an empty line has no room for it.
    fn part(&mut self, style: &'a str, text: &str) {
        let Some(limit) = self.limit else { return self.piece(style, text) };
        let (mut begin, mut cells) = (0, 0);
        for (at, c) in text.char_indices() {
            let wide = c.width().unwrap_or_default();
            // A character at least goes into a line, so that this ends in a terminal however narrow.
            if self.column() + cells + wide > limit && (cells > 0 || self.column() > self.indent) {
                self.piece(style, text.get(begin..at).unwrap_or_default());
                self.next_line();
                (begin, cells) = (at, 0);
            }
            cells += wide;
        }
        self.piece(style, text.get(begin..).unwrap_or_default());
    }

    fn restyle(&mut self, style: &'a str) {
        if !self.is_colored || style == self.style {
            return;
        }
        if !self.style.is_empty() {
            self.out.push_str(RESET);
        }
        self.out.push_str(style);
        self.style = style;
    }
}

/// Returns where any of these words stand in a text, in any ASCII case, in order and apart from each other.
fn hits(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let mut hits: Vec<Range<usize>> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty() && word.len() <= text.len()) {
        let mut from = 0;
        let is_here = |at: &usize| {
            text.as_bytes().get(*at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        };
        while let Some(at) = (from..=text.len() - word.len()).find(is_here) {
            from = at + word.len();
            hits.push(at..from);
        }
    }
    hits.sort_unstable_by_key(|hit| hit.start);
    let mut end = 0;
    for hit in &mut hits {
        hit.start = hit.start.max(end).min(hit.end);
        end = end.max(hit.end);
    }
    hits.retain(|hit| !hit.is_empty());
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(limit: usize, indent: usize, text: &str) -> String {
        let mut out = String::new();
        let mut flow = Flow::new(&mut out, false, Some(limit));
        flow.piece("", &"x".repeat(indent));
        flow.indent_here(indent, 0);
        flow.text("", text, &[]);
        flow.end();
        out
    }

    #[test]
    fn text_is_wrapped_between_words_and_a_long_word_where_it_must_be() {
        assert_eq!("xone two\n three\n", wrapped(8, 1, "one two three"));
        assert_eq!("xabcde\n fghij\n kl m\n", wrapped(6, 1, "abcdefghijkl m"));
        assert_eq!("xone\n two\n", wrapped(6, 1, "one     two  "));
        assert_eq!("x\n 漢\n 字\n", wrapped(2, 1, "漢字").replace("x漢", "x\n 漢"));
        assert_eq!("xxxxa\n    b\n", wrapped(4, 4, "ab"));
    }

    #[test]
    fn searched_words_are_marked_in_any_case_and_only_they() {
        let mut out = String::new();
        let mut flow = Flow::new(&mut out, true, Some(9));

        flow.text("\x1b[2m", "Time TIME-out lost it", &["time".to_owned(), "e-o".to_owned()]);
        flow.end();

        let shown = out.replace("\x1b[30;43m", "<").replace("\x1b[2m", "{").replace(RESET, "}");
        assert_eq!("<Time}\n<TIME-o}{ut}\n{lost it}\n", shown);
    }
}
