//! The steps of a job, as records name them, and how long each took.

use super::event::find;
use crate::duration;
use crate::record::Record;
use crate::timestamp::Timestamp;

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Its name, as a field has it (`step`, `stage`, `phase`, ...), else the message.
    pub name: String,
    /// How long it took, in microseconds: as a record says, else until the next step.
    pub micros: Option<u64>,
    begun: Option<Timestamp>,
}

/// More steps than this tell people nothing.
const MOST: usize = 100;

const NAMES: [&str; 6] = ["step", "stage", "phase", "operation", "task", "step_name"];

#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    all: Vec<Step>,
    /// Whether the last step has no time of its own yet.
    is_open: bool,
}

impl Steps {
    /// Takes the next record; the one that ends the job tells how long that took, and is no step.
    pub(super) fn add(&mut self, record: &Record<'_>, is_end: bool) {
        let name = find(record, &NAMES);
        let took = duration::longest(record).map(|(micros, _)| micros).filter(|_| !is_end);
        if is_end || took.is_some() || name.is_some() && name.as_deref() != self.last_name() {
            self.close(record.carried);
        }
        if self.all.len() >= MOST || is_end {
            return;
        }
        let step = |name, micros| Step { name, micros, begun: record.carried };
        match (name, took) {
            (Some(name), Some(took)) => {
                match self.all.last_mut().filter(|last| last.name == name && last.begun.is_some()) {
                    Some(last) => (last.micros, last.begun) = (Some(took), None),
                    None => self.all.push(Step { begun: None, ..step(name, Some(took)) }),
                }
            }
            (None, Some(took)) => {
                let first = record.message.lines().next().unwrap_or_default().to_owned();
                self.all.push(Step { begun: None, ..step(first, Some(took)) });
            }
            (Some(name), None) if self.last_name() != Some(&name) => {
                self.all.push(step(name, None));
                self.is_open = true;
            }
            _ => {}
        }
    }

    /// Returns the steps in the order in which they began.
    pub(super) fn all(&self) -> &[Step] {
        &self.all
    }

    fn last_name(&self) -> Option<&str> {
        self.all.last().map(|step| step.name.as_str())
    }

    /// Ends the open step.
    fn close(&mut self, at: Option<Timestamp>) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        if let Some(last) = self.all.last_mut()
            && let (Some(begun), Some(at)) = (last.begun, at)
        {
            last.micros = u64::try_from(at.as_micros().saturating_sub(begun.as_micros())).ok();
        }
    }
}
