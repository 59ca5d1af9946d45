//! The words that a filter searches for, for whoever marks them in what is shown.

use super::{Filter, Test};

impl Filter {
    /// Returns the words and phrases that a match may hold, as they were typed; none that it must not hold. Empty where the
    /// filter searches for no text.
    ///
    /// ```
    /// use jobtrail_core::{Query, Timestamp, Zone};
    ///
    /// let query = Query::parse(r#"timeout ("connection lost" OR reset) -health level:error"#).unwrap();
    /// let filter = query.resolve(Timestamp::from_micros(0), &Zone::UTC);
    ///
    /// assert_eq!(vec!["timeout", "connection lost", "reset"], filter.words());
    /// ```
    pub fn words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        collect(&self.test, &mut words);
        words
    }
}

fn collect<'a>(test: &'a Test, words: &mut Vec<&'a str>) {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| collect(test, words)),
        Test::Word(needle) => words.push(needle.typed()),
        Test::Not(_) | Test::Pattern(_) | Test::Field(_) | Test::Since(_) | Test::Until(_) => {}
    }
}
