//! Job IDs: the typed form `TYPE-MMDD-XXXX` (`MSH-0105-A7F2`), its registry of types, making new ones, and the check
//! that every other ID passes before it is used in a path or a key.

use std::fmt;

use crate::timestamp::{Date, days_in_month};

/// How many suffixes a type has on one day: four hexadecimal digits.
const SUFFIXES: u64 = 0x1_0000;

/// The longest text accepted as an ID, in bytes.
const MAX_REF_BYTES: usize = 128;

/// A typed job ID in its normal form: upper case, a real month and day, a registered type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JobId {
    text: String,
    type_bytes: usize,
    month: u8,
    day: u8,
}

impl JobId {
    /// Returns the job ID that the whole of `text` is; lower case is accepted and normalised.
    ///
    /// Fails with the part that is wrong: a type that is not in `types`, a day no month has (29 February is real: the
    /// year is not in the ID), a suffix that is not four hexadecimal digits.
    ///
    /// ```
    /// use jobtrail_core::{JobId, JobTypes};
    ///
    /// let id = JobId::parse("msh-0105-b9e1", &JobTypes::default()).unwrap();
    /// assert_eq!("MSH-0105-B9E1", id.as_str());
    /// assert_eq!(("MSH", 1, 5, "B9E1"), (id.job_type(), id.month(), id.day(), id.suffix()));
    ///
    /// let error = JobId::parse("MSH-1305-B9E1", &JobTypes::default()).unwrap_err();
    /// assert_eq!("day", error.part());
    /// ```
    pub fn parse(text: &str, types: &JobTypes) -> Result<JobId, JobIdError> {
        let wrong = |part, expected: String| Err(JobIdError { part, expected, given: shorten(text) });
        let parts: Vec<&str> = text.split('-').collect();
        let [job_type, day_digits, suffix] = *parts.as_slice() else {
            return wrong("form", "TYPE-MMDD-XXXX, such as MSH-0105-A7F2".to_owned());
        };
        if types.name(job_type).is_none() {
            return wrong("type", format!("one of {}", types.codes().collect::<Vec<_>>().join(", ")));
        }
        let Some((month, day)) = month_and_day(day_digits) else {
            return wrong("day", "a real month and day as MMDD, such as 0105".to_owned());
        };
        if suffix.len() != 4 || !suffix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return wrong("suffix", "four hexadecimal digits, such as A7F2".to_owned());
        }
        Ok(JobId { text: text.to_ascii_uppercase(), type_bytes: job_type.len(), month, day })
    }

    /// Returns the ID in its normal form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the type's code: `MSH`.
    pub fn job_type(&self) -> &str {
        self.text.get(..self.type_bytes).unwrap_or_default()
    }

    /// Returns the month, 1 to 12.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// Returns the day of the month, 1 to 31.
    pub fn day(&self) -> u8 {
        self.day
    }

    /// Returns the four hexadecimal digits at the end, in upper case.
    pub fn suffix(&self) -> &str {
        self.text.get(self.text.len() - 4..).unwrap_or_default()
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// The registered job types: a code of 2 to 8 letters and the name that events carry for it.
///
/// The default holds `MSH` (mesh) and `IMP` (import).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobTypes(Vec<(String, String)>);

impl JobTypes {
    /// Adds a type, or renames the one that has this code already.
    ///
    /// Fails where the code is not 2 to 8 ASCII letters.
    pub fn add(&mut self, code: &str, name: &str) -> Result<(), JobIdError> {
        if !(2..=8).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(JobIdError { part: "type", expected: "2 to 8 letters".to_owned(), given: shorten(code) });
        }
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(code));
        self.0.push((code.to_ascii_uppercase(), name.to_owned()));
        Ok(())
    }

    /// Returns the name of the type with this code, in any case: `mesh` for `MSH`.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, name)| name.as_str())
    }

    /// Returns the codes in the order of their registration.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(code, _)| code.as_str())
    }
}

impl Default for JobTypes {
    fn default() -> Self {
        JobTypes(vec![("MSH".to_owned(), "mesh".to_owned()), ("IMP".to_owned(), "import".to_owned())])
    }
}

/// What is wrong with an ID.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobIdError {
    part: &'static str,
    expected: String,
    given: String,
}

impl JobIdError {
    /// Returns the stable code of this error: `bad_job_id`.
    pub const fn code(&self) -> &'static str {
        "bad_job_id"
    }

    /// Returns the part that is wrong: `form`, `type`, `day`, `suffix`, `id`, or `full` where no suffix is left.
    pub const fn part(&self) -> &'static str {
        self.part
    }
}

impl fmt::Display for JobIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad job ID `{}`: wrong {}, expected {}", self.given, self.part, self.expected)
    }
}

impl std::error::Error for JobIdError {}

/// Returns a new ID of type `job_type` for the day `today`, one that `taken` does not know.
///
/// `seed` is any number that differs from call to call (from the operating system's random source): the first
/// candidate comes from it, the following ones are its neighbours, so a free suffix is always found.
///
/// Fails where the type is not registered (`type`) or all 65,536 suffixes of the day are taken (`full`).
pub fn generate_job_id(
    job_type: &str,
    types: &JobTypes,
    today: Date,
    seed: u64,
    taken: &mut dyn FnMut(&JobId) -> bool,
) -> Result<JobId, JobIdError> {
    for step in 0..SUFFIXES {
        let suffix = seed.wrapping_add(step) % SUFFIXES;
        let id = JobId::parse(&format!("{job_type}-{:02}{:02}-{suffix:04X}", today.month, today.day), types)?;
        if !taken(&id) {
            return Ok(id);
        }
    }
    let given = format!("{job_type}-{:02}{:02}-....", today.month, today.day);
    Err(JobIdError { part: "full", expected: "a day with fewer than 65536 jobs of one type".to_owned(), given })
}

/// Checks an ID of any kind (typed, UUID, number, or a name of the user's) before it is used in a path or a key.
///
/// Accepted are 1 to 128 of `A-Z a-z 0-9 . _ -`, other than `.` and `..`; everything else is refused.
pub fn check_job_ref(text: &str) -> Result<(), JobIdError> {
    if is_job_ref(text) {
        return Ok(());
    }
    let expected = "1 to 128 letters, digits, `.`, `_` or `-`".to_owned();
    Err(JobIdError { part: "id", expected, given: shorten(text) })
}

/// Whether a text is an ID of any kind, as [`check_job_ref`] has it.
pub(crate) fn is_job_ref(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    (1..=MAX_REF_BYTES).contains(&text.len()) && text.bytes().all(allowed) && text != "." && text != ".."
}

/// Returns the typed ID that stands at the start of `text`, and its length in bytes, where no letter, digit, `-` or `_`
/// runs on behind it.
pub(crate) fn at_start(text: &str, types: &JobTypes) -> Option<usize> {
    const LONGEST_TYPE: usize = 8;
    let type_bytes = text.bytes().take(LONGEST_TYPE + 1).take_while(u8::is_ascii_uppercase).count();
    if type_bytes < 2 || text.as_bytes().get(type_bytes) != Some(&b'-') {
        return None; // most words: no need to say what is wrong with them
    }
    let length = type_bytes + "-0105-A7F2".len();
    let id = text.get(..length)?;
    let runs_on = text.as_bytes().get(length).is_some_and(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (!runs_on && JobId::parse(id, types).is_ok()).then_some(length)
}

fn month_and_day(digits: &str) -> Option<(u8, u8)> {
    const ANY_LEAP_YEAR: i32 = 2024;
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (month, day) = digits.split_at_checked(2)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    let real = (1..=12).contains(&month) && (1..=days_in_month(ANY_LEAP_YEAR, month)).contains(&day);
    real.then_some((month, day))
}

/// Cuts what the user gave to a length that an error can show, control characters made visible.
fn shorten(text: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(40).map(visible).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_id_is_never_one_that_is_taken() {
        let today = Date::new(2026, 1, 5).unwrap();
        let mut tries = 0;
        let id = generate_job_id("MSH", &JobTypes::default(), today, 0xFFFF, &mut |_| {
            tries += 1;
            tries <= 2
        });

        assert_eq!("MSH-0105-0001", id.unwrap().as_str());
    }

    #[test]
    fn a_full_day_is_said() {
        let today = Date::new(2026, 1, 5).unwrap();

        let error = generate_job_id("IMP", &JobTypes::default(), today, 7, &mut |_| true).unwrap_err();

        assert_eq!("full", error.part());
    }

    #[test]
    fn names_that_leave_a_directory_or_a_line_are_refused() {
        for bad in ["", ".", "..", "../x", "a/b", "a\\b", "a\0", "a\nb", "a:b", "ü", &"x".repeat(129)] {
            assert!(check_job_ref(bad).is_err(), "{bad:?}");
        }
        for good in ["MSH-0105-A7F2", "7", "123e4567-e89b-42d3-a456-426614174000", "a.b_c-1"] {
            assert!(check_job_ref(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_users_own_type_is_found_once_registered() {
        let mut types = JobTypes::default();
        assert!(JobId::parse("REN-0229-00FF", &types).is_err());
        types.add("ren", "render").unwrap();

        assert_eq!("REN-0229-00FF", JobId::parse("REN-0229-00FF", &types).unwrap().as_str());
        assert_eq!(Some("render"), types.name("REN"));
        assert_eq!(Some(13), at_start("REN-0229-00FF, done", &types));
        assert_eq!(None, at_start("REN-0229-00FFA", &types));
    }
}
