//! Requests to a web server: how many of which status when, and which paths are asked for and slow.

use super::StatsOptions;
use super::slices::{SECOND_US, SliceLength, Slices};
use crate::names::Names;
use crate::request::Request;
use crate::shape::shape;
use crate::timestamp::Timestamp;

/// Counts by class of status: 1xx to 5xx.
pub(super) const CLASSES: usize = 5;

/// A minute is what people count requests by; more slices than this are made longer.
const MOST_SLICES: usize = 10_000;

#[derive(Clone, Debug)]
pub(super) struct Requests {
    pub(super) classes: [u64; CLASSES],
    /// By class in place of level.
    pub(super) slices: Slices,
    shapes: Names,
    /// In the order of `shapes`.
    paths: Vec<PathTimes>,
}

/// Requests for paths of one shape.
#[derive(Clone, Copy, Debug, Default)]
struct PathTimes {
    count: u64,
    failed: u64,
    timed: u64,
    total_us: u64,
    longest_us: u64,
}

/// Requests for paths of one shape, in sum.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathStats {
    /// The path, numbers and IDs in it as `#`.
    pub path: String,
    /// How many requests.
    pub count: u64,
    /// How many of them were answered with 5xx.
    pub failed: u64,
    /// How long one took on average, in microseconds, where any record says it.
    pub mean_us: Option<u64>,
    /// How long the longest took.
    pub longest_us: Option<u64>,
}

impl Requests {
    pub(super) fn new(options: &StatsOptions) -> Self {
        let length = match options.slices {
            SliceLength::AtMost(_) => SliceLength::AtMost(MOST_SLICES),
            every @ SliceLength::Every(_) => every,
        };
        Self {
            classes: [0; CLASSES],
            slices: Slices::new(length, 60 * SECOND_US, options.zone.clone()),
            shapes: Names::default(),
            paths: Vec::new(),
        }
    }

    /// Counts a request at a time, if that is known.
    pub(super) fn add(&mut self, request: &Request<'_>, time: Option<Timestamp>) {
        let class = usize::from(request.status / 100).saturating_sub(1);
        if let Some(count) = self.classes.get_mut(class) {
            *count += 1;
        }
        if let Some(time) = time {
            self.slices.add(time, class);
        }
        let micros = request.micros.unwrap_or_default();
        self.add_path(
            &shape(&request.path),
            PathTimes {
                count: 1,
                failed: u64::from(request.status >= 500),
                timed: u64::from(request.micros.is_some()),
                total_us: micros,
                longest_us: micros,
            },
        );
    }

    pub(super) fn merge(&mut self, next: Requests) {
        for (count, more) in self.classes.iter_mut().zip(next.classes) {
            *count += more;
        }
        self.slices.merge(next.slices);
        for (shape, times) in next.shapes.iter().zip(next.paths) {
            self.add_path(shape, times);
        }
    }

    fn add_path(&mut self, shape: &str, times: PathTimes) {
        let index = (self.shapes.place(shape) as usize).saturating_sub(1);
        if index >= self.paths.len() {
            self.paths.push(PathTimes::default());
        }
        if let Some(known) = self.paths.get_mut(index) {
            known.count += times.count;
            known.failed += times.failed;
            known.timed += times.timed;
            known.total_us = known.total_us.saturating_add(times.total_us);
            known.longest_us = known.longest_us.max(times.longest_us);
        }
    }

    /// Returns the paths that take longest on average, at most so many; where no record says how long, the most frequent.
    pub(super) fn paths(&self, most: usize) -> Vec<PathStats> {
        let mean = |times: &PathTimes| times.total_us.checked_div(times.timed);
        let mut all: Vec<(&str, &PathTimes)> = self.shapes.iter().zip(&self.paths).collect();
        all.sort_by_key(|(_, times)| (u64::MAX - mean(times).unwrap_or_default(), u64::MAX - times.count));
        let told = |(path, times): (&str, &PathTimes)| PathStats {
            path: path.to_owned(),
            count: times.count,
            failed: times.failed,
            mean_us: mean(times),
            longest_us: mean(times).map(|_| times.longest_us),
        };
        all.into_iter().take(most).map(told).collect()
    }
}
