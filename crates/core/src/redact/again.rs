//! Texts glued together from hostile pieces: what is redacted is left as it is when it is redacted again.

use super::pieces::{Random, TEXTS, text, vectors};
use super::{Paths, RedactOptions, Redactor};

#[test]
fn redacting_twice_changes_nothing_more() {
    let lines = vectors();
    let mut random = Random(0xA6A1);
    for paths in [Paths::Home, Paths::Strict] {
        let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
        for _ in 0..TEXTS {
            let text = text(&mut random, &lines);
            let redacted = redactor.redact(&text);

            assert_eq!(redacted, redactor.redact(&redacted), "{text:?}");
        }
    }
}
