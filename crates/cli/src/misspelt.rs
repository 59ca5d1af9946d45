//! Names in a query that were probably meant to be others. A record may have fields of any name, so such a name is no
//! error: it is only worth a word where nothing matches.

use jobtrail_core::query_fields;

use crate::similar::most_similar;

/// Returns a hint at the first field in a canonical query that is close to a name of the language, and none itself.
pub(crate) fn hint(query: &str) -> Option<String> {
    let known = || query_fields().iter().flat_map(|field| field.short().iter().copied().chain([field.name()]));
    let is_unknown = |name: &&str| known().all(|known| known != *name);
    fields(query).into_iter().filter(is_unknown).find_map(|name| {
        let meant = most_similar(name, known())?;
        Some(format!("no query name is called `{name}`, so it was looked for in the fields: did you mean `{meant}`?"))
    })
}

/// Returns the words of a query that stand before a sign that compares, in their order.
fn fields(query: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' | '/' => end_of_text(rest, first),
            c if c != '-' && is_name(c) => {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                if behind.starts_with([':', '<', '>', '=']) {
                    fields.push(name);
                }
                end
            }
            c => c.len_utf8(),
        };
        rest = rest.get(end..).unwrap_or_default();
    }
    fields
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '-')
}

/// Returns where a phrase or a pattern ends that begins here.
fn end_of_text(text: &str, mark: char) -> usize {
    let mut is_escaped = true; // the mark that it begins with
    for (at, c) in text.char_indices() {
        if c == mark && !is_escaped {
            return at + c.len_utf8();
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_name_is_told_and_names_of_ones_own_are_not() {
        assert!(hint("lvel:error").unwrap().ends_with("did you mean `level`?"));
        assert!(hint("(x OR -mesage:\"a b\")").unwrap().contains("`mesage`"));
        for query in ["level:error", "duration_ms>500", "\"lvel:error\"", "/lvel:x/", "lvel", "logger:lvel", ""] {
            assert_eq!(None, hint(query), "{query}");
        }
    }

    #[test]
    fn fields_stand_before_a_sign_that_compares() {
        assert_eq!(vec!["a", "data.step", "c"], fields(r#"a:b data.step>=3 "x:\"y:z" (-c:"d:e" OR f)"#));
    }
}
