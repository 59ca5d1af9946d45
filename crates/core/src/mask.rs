//! What a mask looks like: `[redacted:RULE]`. The redactor writes masks, the query looks past them.

/// How every mask begins.
pub(crate) const MASK_START: &str = "[redacted:";

/// Returns the length of the mask that `text` begins with; none where it begins with something else.
pub(crate) fn mask_length(text: &str) -> Option<usize> {
    const LONGEST_RULE: usize = 64;
    let rest = text.strip_prefix(MASK_START)?;
    let rule = rest.bytes().take(LONGEST_RULE).take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    (rule > 0 && rest.as_bytes().get(rule) == Some(&b']')).then_some(MASK_START.len() + rule + 1)
}
