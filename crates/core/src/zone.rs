//! Local time: a table of offsets from UTC, handed in by whoever knows the zone, and the carrying of dates over
//! stamps that have none.

use crate::stamp::Stamp;
use crate::timestamp::{Date, MICROS_PER_DAY, MICROS_PER_SECOND, Timestamp};

/// A time zone as a table: from when on which offset holds.
///
/// Core holds no zone data. Native faces fill the table from the tz database, browsers from `Intl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The offset, in seconds east, before the first transition.
    first: i32,
    transitions: Vec<(Timestamp, i32)>,
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone::fixed(0);

    /// Returns the zone that is always `seconds_east` of Greenwich ahead of UTC.
    pub const fn fixed(seconds_east: i32) -> Zone {
        Zone { first: seconds_east, transitions: Vec::new() }
    }

    /// Returns the zone whose offset (seconds east) changes at each given instant; before the first one that entry's
    /// own offset holds. No entry at all is UTC.
    pub fn from_transitions(transitions: Vec<(Timestamp, i32)>) -> Zone {
        // Tables come in order: each entry goes to the end. A sort would weigh 5 KB in the browser's module.
        let mut sorted = Vec::with_capacity(transitions.len());
        for entry in transitions {
            sorted.insert(sorted.partition_point(|known| *known <= entry), entry);
        }
        Zone { first: sorted.first().map_or(0, |&(_, offset)| offset), transitions: sorted }
    }

    /// Returns what [`Zone::from_transitions`] makes the zone of.
    pub(crate) fn transitions(&self) -> impl Iterator<Item = (Timestamp, i32)> {
        let is_fixed = self.transitions.is_empty();
        let fixed = is_fixed.then_some((Timestamp::from_micros(0), self.first));
        self.transitions.iter().copied().chain(fixed)
    }

    /// Returns the offset in force at an instant, in microseconds east.
    pub fn offset_micros(&self, at: Timestamp) -> i64 {
        let after = self.transitions.partition_point(|&(from, _)| from <= at);
        let seconds = after.checked_sub(1).and_then(|i| self.transitions.get(i)).map_or(self.first, |&(_, o)| o);
        i64::from(seconds) * MICROS_PER_SECOND
    }

    /// Returns the instant of a local date and time of day: the earlier one in an hour that comes twice, shifted
    /// forward in an hour that is left out.
    pub(crate) fn instant(&self, date: Date, micros_of_day: i64) -> Timestamp {
        self.instant_of(Timestamp::from_micros(date.midnight().as_micros().saturating_add(micros_of_day)))
    }

    /// Returns the instant at which clocks show what they show in UTC at `local`.
    pub(crate) fn instant_of(&self, local: Timestamp) -> Timestamp {
        let local = local.as_micros();
        if self.transitions.is_empty() {
            return Timestamp::from_micros(local.saturating_sub(i64::from(self.first) * MICROS_PER_SECOND));
        }
        let at = |micros: i64| self.offset_micros(Timestamp::from_micros(micros));
        let before = at(local.saturating_sub(MICROS_PER_DAY));
        let after = at(local.saturating_add(MICROS_PER_DAY));
        let early_first = [before.max(after), before.min(after)];
        let utc =
            early_first.into_iter().map(|offset| local.saturating_sub(offset)).find(|&utc| utc + at(utc) == local);
        Timestamp::from_micros(utc.unwrap_or_else(|| local.saturating_sub(before)))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Zone::UTC
    }
}

/// Turns the stamps of one source into instants, carrying the date from each to the next.
#[derive(Clone, Debug)]
pub(crate) struct DateCarry {
    zone: Zone,
    /// The last stamp that counts, in local time; its day is the next one's. None before the first day is known.
    local: Option<Timestamp>,
    /// Whether the last date came from a roll-over.
    rolled_over: bool,
    /// The day at which reading began: no stamp without a year lies more than a day behind it.
    reference: Option<Date>,
}

/// How far apart two stamps may be that two threads wrote in the wrong order.
const MAX_DISORDER_MICROS: i64 = 5 * MICROS_PER_SECOND;

impl DateCarry {
    /// Begins at `date`, the day of the first stamp that has none of its own.
    pub(crate) fn new(zone: Zone, date: Option<Date>) -> Self {
        Self { zone, local: date.map(Date::midnight), rolled_over: false, reference: date }
    }

    /// Returns the instant of the source's next stamp; none where no date is known yet.
    ///
    /// A time of day more than 12 hours before the one before it has passed midnight. One that comes just behind such a
    /// roll-over but stands just before midnight still belongs to the day before.
    pub(crate) fn instant(&mut self, stamp: Stamp) -> Option<Timestamp> {
        let instant = match stamp {
            Stamp::TimeOfDay(micros_of_day) => return self.undated(micros_of_day),
            Stamp::Instant(instant) => instant,
            Stamp::Local(local) => self.zone.instant_of(local),
            Stamp::Yearless(month, day, micros_of_day) => self.zone.instant(self.with_year(month, day)?, micros_of_day),
        };
        let local = instant.as_micros().saturating_add(self.zone.offset_micros(instant));
        self.local = Some(Timestamp::from_micros(local));
        self.rolled_over = false;
        Some(instant)
    }

    fn undated(&mut self, micros_of_day: i64) -> Option<Timestamp> {
        let last = self.local?;
        let mut date = last.date();
        let step = micros_of_day - last.micros_of_day();
        if self.rolled_over && step >= MICROS_PER_DAY - MAX_DISORDER_MICROS {
            return Some(self.zone.instant(Date::from_days(date.days() - 1), micros_of_day));
        }
        if -step > MICROS_PER_DAY / 2 {
            date = date.next();
            self.rolled_over = true;
        }
        self.local = Some(Timestamp::from_micros(date.midnight().as_micros() + micros_of_day));
        Some(self.zone.instant(date, micros_of_day))
    }

    /// Returns a day with its year: the nearest that is not after the day at which reading began, or the next; without such
    /// a day the nearest to the stamp before it.
    fn with_year(&self, month: u8, day: u8) -> Option<Date> {
        let near = self.reference.or(self.local.map(Timestamp::date))?;
        let last = near.days() + if self.reference.is_some() { 1 } else { 182 };
        // A leap day may be eight years away.
        let years = (near.year - 8..=near.year + 1).rev();
        let mut dates = years.filter_map(|year| Date::new(year, month, day));
        dates.find(|date| date.days() <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central Europe in 2026: summer time from 29 March to 25 October, each at 01:00 UTC.
    fn berlin() -> Zone {
        let at = |text| Timestamp::parse(text).unwrap();
        Zone::from_transitions(vec![
            (at("2025-10-26T01:00:00Z"), 3600),
            (at("2026-03-29T01:00:00Z"), 7200),
            (at("2026-10-25T01:00:00Z"), 3600),
        ])
    }

    fn read(text: &str) -> String {
        Timestamp::parse_in(text, &berlin()).unwrap().to_string()
    }

    #[test]
    fn a_doubled_hour_takes_the_earlier_instant_and_a_missing_one_shifts_forward() {
        assert_eq!("2026-10-25T00:30:00.000000Z", read("2026-10-25 02:30:00"));
        assert_eq!("2026-03-29T01:30:00.000000Z", read("2026-03-29 02:30:00"));
        assert_eq!("2026-07-01T10:00:00.000000Z", read("2026-07-01 12:00:00"));
        assert_eq!("2026-01-01T11:00:00.000000Z", read("2026-01-01 12:00:00"));
    }

    #[test]
    fn a_time_of_day_takes_the_date_before_it_and_rolls_over_at_midnight() {
        let mut carry = DateCarry::new(Zone::UTC, Date::new(2026, 1, 5));
        let hour = 3600 * MICROS_PER_SECOND;
        let mut read = |hours: i64| carry.instant(Stamp::TimeOfDay(hours * hour)).map(|t| t.to_string());

        assert_eq!(Some("2026-01-05T23:00:00.000000Z".to_owned()), read(23));
        assert_eq!(Some("2026-01-06T01:00:00.000000Z".to_owned()), read(1));
        assert_eq!(Some("2026-01-06T00:00:00.000000Z".to_owned()), read(0));
    }

    #[test]
    fn without_any_date_a_time_of_day_is_no_instant() {
        assert_eq!(None, DateCarry::new(Zone::UTC, None).instant(Stamp::TimeOfDay(0)));
    }
}
