//! What standard output can show.

use crate::io::Io;

/// How wide it is, and whether with colours and signs beyond ASCII.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Canvas {
    /// How many columns what is drawn may take.
    pub(crate) columns: usize,
    /// Whether longer lines are cut: on a terminal, not in a file.
    pub(crate) is_cut: bool,
    pub(crate) is_colored: bool,
    pub(crate) shows_utf8: bool,
}

impl Canvas {
    pub(crate) fn of(io: &Io<'_>) -> Self {
        Self {
            columns: io.width(),
            is_cut: io.stdout_is_terminal,
            is_colored: io.stdout_is_terminal && io.allows_color(),
            shows_utf8: io.shows_utf8(),
        }
    }

    /// Returns how many columns a line may take; none where it is not cut.
    pub(crate) fn width(&self) -> Option<usize> {
        self.is_cut.then_some(self.columns)
    }
}
