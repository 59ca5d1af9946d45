//! A histogram: records of a selection over time, by their columns.

use super::LogStore;
use super::counts::LEVELS;
use super::rows::Rows;
use crate::scan;
use crate::timestamp::Timestamp;

/// Records over time: how many of each level stand in each slice.
///
/// Its JSON is `{"from":"2026-01-05T10:00:00.000000Z","slice_ms":60000,"counts":[[0,0,12,1,0,0,0],...],"undated":0}`, the
/// levels of a slice lowest first, then those without one; `from` is null and `counts` empty where no record has a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Where the first slice begins.
    pub from: Option<Timestamp>,
    /// How long a slice is: a round length, a whole number of milliseconds.
    pub slice_us: i64,
    /// For each slice the records of each level, in the order of [`Level::ALL`](crate::Level::ALL), then those without one. Empty slices are
    /// there; the first and the last are not empty.
    pub counts: Vec<[u32; LEVELS]>,
    /// How many records have no time, not even one carried over from the record before them.
    pub undated: usize,
}

impl Histogram {
    /// Returns the histogram as JSON.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"from\":");
        Timestamp::push_json(self.from, &mut json);
        json.push_str(",\"slice_ms\":");
        scan::push_number((self.slice_us / 1000).unsigned_abs(), &mut json);
        json.push_str(",\"counts\":[");
        for (index, levels) in self.counts.iter().enumerate() {
            json.push_str(if index > 0 { ",[" } else { "[" });
            for (place, count) in levels.iter().enumerate() {
                json.push_str(if place > 0 { "," } else { "" });
                scan::push_number(u64::from(*count), &mut json);
            }
            json.push(']');
        }
        json.push_str("],\"undated\":");
        scan::push_number(self.undated as u64, &mut json);
        json.push('}');
        json
    }
}

/// The most slices of a histogram.
const MAX_BARS: usize = 2000;

/// Lengths of slices, in milliseconds, that people count time in; beyond the last one they double.
static ROUND_MS: [i64; 31] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1000,
    2000,
    5000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
    604_800_000,
    1_209_600_000,
    2_419_200_000,
];

impl LogStore {
    /// Returns the first and the last time of the records of a selection, those carried over included.
    pub fn span(&self, rows: &Rows) -> Option<(Timestamp, Timestamp)> {
        let mut span: Option<(Timestamp, Timestamp)> = None;
        self.segments.walk(&rows.0, &mut |segment, index| {
            if let Some(time) = segment.columns.carried(index) {
                span = Some(span.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
            }
        });
        span
    }

    /// Returns how the records of a selection spread over time: at most `bars` slices (2 to 2000) of the
    /// shortest round length that covers them all.
    ///
    /// Slices begin where their length divides the local time at the first record, in the zone that the store reads
    /// with: hours at full hours, days at midnight. An undated record counts at the time of the record before it.
    pub fn histogram(&self, rows: &Rows, bars: usize) -> Histogram {
        let Some((first, last)) = self.span(rows) else {
            return Histogram { undated: self.count_by_level(rows).iter().sum(), ..Histogram::default() };
        };
        let east = self.options.zone.offset_micros(first);
        let slice_of = |time: Timestamp, slice_us: i64| time.as_micros().saturating_add(east).div_euclid(slice_us);
        let length =
            |slice_us: i64| slice_of(last, slice_us).saturating_sub(slice_of(first, slice_us)).saturating_add(1);
        // Two slices at least: there is no length that does not cut somewhere.
        let max_length = i64::try_from(bars.clamp(2, MAX_BARS)).unwrap_or(2);
        let mut rounds = ROUND_MS.iter();
        let mut slice_us = 0;
        loop {
            slice_us = rounds.next().map_or_else(|| i64::saturating_mul(slice_us, 2), |ms| ms * 1000);
            if length(slice_us) <= max_length {
                break;
            }
        }
        let first_slice = slice_of(first, slice_us);
        let from = first_slice.saturating_mul(slice_us).saturating_sub(east);
        let mut counts = vec![[0; LEVELS]; usize::try_from(length(slice_us)).unwrap_or_default()];
        let mut undated = 0;
        self.segments.walk(&rows.0, &mut |segment, index| {
            let Some(time) = segment.columns.carried(index) else {
                undated += 1;
                return;
            };
            let levels = usize::try_from(slice_of(time, slice_us) - first_slice).ok().and_then(|i| counts.get_mut(i));
            if let Some(count) = levels.and_then(|levels| levels.get_mut(segment.columns.level_place(index))) {
                *count += 1;
            }
        });
        Histogram { from: Some(Timestamp::from_micros(from)), slice_us, counts, undated }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::store_of;
    use super::*;
    use crate::engine::ReadOptions;
    use crate::zone::Zone;

    #[test]
    fn a_histogram_has_round_slices_and_undated_records_stand_with_the_one_before() {
        let (store, rows) = store_of(
            &[
                "before any time",
                "2026-01-05 10:00:59.000 [1] [INFO] a",
                "2026-01-05 10:04:10.000 [1] [ERROR] b",
                "and more",
                "2026-01-05 10:04:20.000 [1] [INFO] c",
            ],
            ReadOptions::default(),
        );

        let five = store.histogram(&rows, 5);
        let expected = r#"{"from":"2026-01-05T10:00:00.000000Z","slice_ms":60000,"counts":[[0,0,1,0,0,0,0],[0,0,0,0,0,0,0],[0,0,0,0,0,0,0],[0,0,0,0,0,0,0],[0,0,1,0,1,0,1]],"undated":1}"#;
        assert_eq!(expected, five.to_json());
        assert_eq!((3, 120_000_000), (store.histogram(&rows, 4).counts.len(), store.histogram(&rows, 4).slice_us));
        assert_eq!(2, store.histogram(&rows, 0).counts.len() + 1);
        assert_eq!(500_000, store.histogram(&rows, 1000).slice_us);
        let none = store.histogram(&Rows::default(), 5).to_json();
        assert_eq!(r#"{"from":null,"slice_ms":0,"counts":[],"undated":0}"#, none);
    }

    #[test]
    fn days_begin_at_midnight_of_the_zone_and_any_span_fits() {
        let berlin = Zone::from_transitions(vec![(Timestamp::from_micros(0), 3600)]);
        let options = ReadOptions { zone: berlin, ..ReadOptions::default() };
        let (store, rows) =
            store_of(&["2026-01-05 10:00:00.000 [1] [INFO] a", "2026-01-25 10:00:00.000 [1] [INFO] b"], options);
        let days = store.histogram(&rows, 30);
        assert_eq!((21, "2026-01-04T23:00:00.000000Z"), (days.counts.len(), &*days.from.unwrap().to_string()));

        let (store, rows) = store_of(
            &["0001-01-01 00:00:00.000 [1] [INFO] a", "9999-12-31 23:59:59.000 [1] [INFO] b"],
            ReadOptions::default(),
        );
        for bars in [0, 1, 2, 3, 10, 2000, usize::MAX] {
            let histogram = store.histogram(&rows, bars);
            assert!(histogram.counts.len() <= bars.clamp(2, 2000));
            assert_eq!(2, histogram.counts.iter().flatten().sum::<u32>());
        }
        assert_eq!("0001-01-01T00:00:00.000000Z", store.span(&rows).unwrap().0.to_string());
    }
}
