//! The name that a misspelt one was probably meant to be.

/// Returns the name that is closest to `given`; none where all are far from it.
pub(crate) fn most_similar<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |name: &'a str| (distance(given, name), name);
    let (distance, name) = names.into_iter().map(distance).min_by_key(|(distance, _)| *distance)?;
    (distance <= given.chars().count().div_ceil(3)).then_some(name)
}

/// Returns how many letters have to be put in, taken out, replaced, or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let replaced = cell(&last, column) + usize::from(letter != *other);
            let mut best = replaced.min(cell(&last, column + 1) + 1).min(cell(&current, column) + 1);
            let is_swap = column > 0 && previous == Some(*other) && to.get(column - 1) == Some(&letter);
            if is_swap {
                best = best.min(cell(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood_and_anything_else_is_not() {
        let names = ["level", "output", "no_redact", "tz"];

        assert_eq!(Some("level"), most_similar("levle", names));
        assert_eq!(Some("output"), most_similar("ouput", names));
        assert_eq!(Some("no_redact"), most_similar("noredact", names));
        assert_eq!(Some("tz"), most_similar("t", names));
        assert_eq!(None, most_similar("colour", names));
        assert_eq!(None, most_similar("", names));
    }
}
