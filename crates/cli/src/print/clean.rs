//! Text from logs made fit for a terminal: nothing in it can move the cursor, change a colour or turn the writing
//! around.

use std::borrow::Cow;
use std::fmt::Write;

/// Appends `text` with every control character shown as `\x1b` or `\u{202e}`; tabs stay, line ends do not.
pub(crate) fn push_visible(text: &str, out: &mut String) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        out.push_str(&visible(text));
    }
}

/// Whether a text has nothing but ASCII that is shown as it stands: told from a few vectors of it, where most is so.
fn is_plain(text: &str) -> bool {
    let is_strange = |byte: u8| u8::from(byte.wrapping_sub(0x20) > 0x5e) & u8::from(byte != b'\t');
    text.bytes().fold(0, |strange, byte| strange | is_strange(byte)) == 0
}

/// Returns `text` with every control character shown as `\x1b` or `\u{202e}`; tabs stay, line ends do not.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !is_hostile(c) => shown.push(c),
            c if u32::from(c) < 0x80 => {
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(shown)
}

/// Returns JSON that means the same, its control characters escaped; JSON text itself has none but in strings.
pub(crate) fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(is_hostile) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if is_hostile(c) {
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns a text as JSON, every control character in it escaped.
pub(crate) fn json_text(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if is_hostile(c) || c == '\t' => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// C0 but the tab, DEL, C1, and the marks that turn the direction of writing.
fn is_hostile(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_the_rest_stays() {
        assert_eq!("größe\t5", visible("größe\t5"));
        assert_eq!("\\x1b[2J\\x07\\x7f\\u{9b}1m\\u{202e}x\\x0d", visible("\x1b[2J\x07\x7f\u{9b}1m\u{202e}x\r"));
        assert_eq!(r#"{"a":"\u009b\u007f"}"#, visible_json("{\"a\":\"\u{9b}\x7f\"}"));
    }
}
