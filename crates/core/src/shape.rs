//! The shape of a message: what is left when numbers, IDs and quoted texts are taken out, so that the same complaint about
//! different things counts as one.

/// Longer messages are told apart by their beginning.
const MAX_BYTES: usize = 200;

/// Returns the shape of a message: its first line, at most 200 bytes of it, in which
///
/// - a text in quotes is `"…"` (a quote within a word, as in `don't`, is none),
/// - a word with a digit in it is `#`, and so is one with a `#` before it; of words joined by `-` or `_` each counts for itself, and what are still
///   hexadecimal letters behind a `#` goes with it, so `worker-17` is `worker-#` and `MSH-0105-BEEF` is `MSH-#`,
/// - eight hexadecimal letters or more are `#`,
/// - `.` and `:` between digits belong to them: `10:30:01.5` is one `#`.
pub(crate) fn shape(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let mut rest = line.get(..line.floor_char_boundary(MAX_BYTES)).unwrap_or_default();
    let mut shape = String::with_capacity(rest.len());
    while let Some(first) = rest.chars().next() {
        let is_quote = matches!(first, '"' | '\'' | '`');
        let length = if let Some(length) = quoted_length(rest).filter(|_| is_quote) {
            shape.push_str("\"…\"");
            length
        } else if first.is_alphanumeric() {
            let length = word_length(rest);
            push_word(rest.get(..length).unwrap_or_default(), &mut shape);
            length
        } else {
            shape.push(first);
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    shape
}

/// Returns the length of the text in quotes that `text` begins with; none where it is not closed at the end of a word.
fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut inside = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inside.next() {
        if c == quote && !inside.peek().is_some_and(|(_, next)| next.is_alphanumeric()) {
            return Some(at + 1);
        }
    }
    None
}

/// Returns the length of the words that `text` begins with, joined by `-` and `_`, or by `.` and `:` between digits. A
/// quote runs on as well: it stands within a word.
fn word_length(text: &str) -> usize {
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let is_inside = match c {
            '.' | ':' => before.is_ascii_digit() && next.is_ascii_digit(),
            '-' | '_' | '\'' => next.is_alphanumeric(),
            _ => c.is_alphanumeric(),
        };
        if !is_inside {
            return at;
        }
        before = c;
    }
    text.len()
}

fn push_word(word: &str, shape: &mut String) {
    const LONG: usize = 8;
    let mut was_number = false;
    for part in word.split_inclusive(['-', '_']) {
        let bare = part.trim_end_matches(['-', '_']);
        let is_hex = bare.bytes().all(|b| b.is_ascii_hexdigit());
        let is_number = bare.bytes().any(|b| b.is_ascii_digit()) || (is_hex && (was_number || bare.len() >= LONG));
        if is_number && was_number {
            shape.truncate(shape.trim_end_matches(['-', '_']).len());
        } else if is_number && !shape.ends_with('#') {
            shape.push('#');
        }
        shape.push_str(part.get(if is_number { bare.len() } else { 0 }..).unwrap_or_default());
        was_number = is_number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_complaint_has_one_shape() {
        for (message, expected) in [
            ("", ""),
            ("Job #17 failed after 3 tries", "Job # failed after # tries"),
            ("MSH-0105-A7F2 failed", "MSH-# failed"),
            ("MSH-0105-BEEF failed", "MSH-# failed"),
            ("worker-17 lost page_2", "worker-# lost page_#"),
            ("at 2026-01-05T10:30:01.123Z: no", "at #: no"),
            ("id 123e4567-e89b-42d3-abcd-426614174000.", "id #."),
            ("address 0xdeadbeef, commit deadbeef, face", "address #, commit #, face"),
            ("can't open \"a b.step\" for 'ann'", "can't open \"…\" for \"…\""),
            ("open \"and never closed 5", "open \"and never closed #"),
            ("took 12.5ms (95%)", "took # (#%)"),
            ("grün 😀 über", "grün 😀 über"),
            ("first\nTraceback 5", "first"),
        ] {
            assert_eq!(expected, shape(message), "{message}");
        }
        assert_eq!("x".repeat(200), shape(&"x".repeat(100_000)));
    }

    #[test]
    fn a_shape_is_made_of_any_text() {
        for message in ["'".repeat(500), "'x".repeat(500), "-_-_".repeat(99), "é".repeat(199), "1-".repeat(200)] {
            assert!(shape(&message).len() <= 3 * MAX_BYTES);
        }
    }
}
