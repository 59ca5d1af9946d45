//! What the beginning of a record says already: a filter's answer from its times and level alone, before anything is
//! redacted or the rest is read.

use super::field::{Check, FieldTest};
use super::time::Moment;
use super::{Test, Typed};
use crate::record::Record;
use crate::timestamp::Timestamp;
use crate::zone::Zone;

impl Test {
    /// Returns the answer where the times and the level of a record decide it; none where the rest matters too.
    pub(super) fn verdict(&self, head: &Record<'_>) -> Option<bool> {
        let carried_at = |moment: &Typed<Moment>, holds: fn(&Timestamp, &Timestamp) -> bool| {
            Some(head.carried.zip(moment.value.instant()).is_some_and(|(time, than)| holds(&time, &than)))
        };
        match self {
            Test::All(tests) => decided(tests, head, false),
            Test::Any(tests) => decided(tests, head, true),
            Test::Not(test) => test.verdict(head).map(|answer| !answer),
            Test::Since(moment) => carried_at(moment, Timestamp::ge),
            Test::Until(moment) => carried_at(moment, Timestamp::le),
            Test::Field(test) => test.is_about_head().then(|| test.matches(head, &Zone::UTC)), // which it does not ask for
            Test::Word(_) | Test::Pattern(_) => None,
        }
    }
}

impl Test {
    /// Returns the first and the last instant that the carried time of a match can have, where the test says so.
    pub(super) fn window(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Test::All(tests) => tests.iter().map(Test::window).fold((None, None), |(from, to), (later, earlier)| {
                let to = to.into_iter().chain(earlier).min();
                (from.max(later), to)
            }),
            Test::Since(moment) => (moment.value.instant(), None),
            Test::Until(moment) => (None, moment.value.instant()),
            Test::Any(_) | Test::Not(_) | Test::Word(_) | Test::Pattern(_) | Test::Field(_) => (None, None),
        }
    }
}

/// Several answers joined: one that is `decisive` decides, and all of the others together.
fn decided(tests: &[Test], head: &Record<'_>, decisive: bool) -> Option<bool> {
    let mut all_decided = true;
    for test in tests {
        match test.verdict(head) {
            Some(answer) if answer == decisive => return Some(decisive),
            Some(_) => {}
            None => all_decided = false,
        }
    }
    all_decided.then_some(!decisive)
}

impl FieldTest {
    /// Whether the test asks for nothing but the level or the time.
    fn is_about_head(&self) -> bool {
        match &self.check {
            Check::Levels(_) | Check::Rank(..) => true,
            Check::OneOf(_) => matches!(self.name.as_str(), "level" | "timestamp"),
            Check::Time(..) => self.name == "timestamp",
            Check::Number(..) => false,
        }
    }
}
