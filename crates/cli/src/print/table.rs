//! Rows of cells under titles, as wide as the terminal.

use super::canvas::Canvas;
use super::clean::visible;

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// Whether its cells end in one line, as numbers do.
    pub(crate) is_right: bool,
    /// Where the width does not do, the column of the highest number is left out first; 0 always stays.
    pub(crate) spare: u8,
}

/// What stands in one place of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// The code that colours it; empty for none.
    pub(crate) color: &'static str,
}

impl Cell {
    /// The first line of a text that may come from a log.
    pub(crate) fn of(text: &str) -> Self {
        Self { text: visible(text.lines().next().unwrap_or_default()).replace('\t', " "), color: "" }
    }

    pub(crate) fn colored(self, color: &'static str) -> Self {
        Self { color, ..self }
    }
}

/// The last column gets no less than this before others are left out.
const LEAST_LAST: usize = 20;
const GAP: usize = 2;
const RESET: &str = "\x1b[0m";

/// Appends a table. On a terminal the last column is cut to it, and columns that can be spared give way.
pub(crate) fn push_table(columns: &[Column], rows: &[Vec<Cell>], canvas: &Canvas, out: &mut String) {
    let (width, is_colored) = (canvas.width(), canvas.is_colored);
    let mut widths: Vec<usize> = columns.iter().map(|column| column.title.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.chars().count());
        }
    }
    let is_shown = shown(columns, &widths, width);
    let last = columns.len().saturating_sub(1);
    let before: usize = (0..last).filter(|at| is_shown(*at)).filter_map(|at| Some(widths.get(at)? + GAP)).sum();
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(before).max(1));
    let titles: Vec<Cell> =
        columns.iter().map(|column| Cell { text: column.title.to_owned(), color: "\x1b[1m" }).collect();
    for row in std::iter::once(&titles).chain(rows) {
        let begin = out.len();
        for (at, ((cell, column), width)) in
            row.iter().zip(columns).zip(&widths).enumerate().filter(|(at, _)| is_shown(*at))
        {
            let text = if at == last { clipped(&cell.text, room) } else { cell.text.clone() };
            let pad =
                " ".repeat(if at == last && !column.is_right { 0 } else { width.saturating_sub(text.chars().count()) });
            let (before, behind) = if column.is_right { (pad.as_str(), "") } else { ("", pad.as_str()) };
            out.push_str(before);
            if is_colored && !cell.color.is_empty() && !text.is_empty() {
                out.extend([cell.color, &text, RESET]);
            } else {
                out.push_str(&text);
            }
            out.push_str(behind);
            if at != last {
                out.push_str(&" ".repeat(GAP));
            }
        }
        out.truncate(begin + out.get(begin..).unwrap_or_default().trim_end_matches(' ').len());
        out.push('\n');
    }
}

/// Returns which columns are shown, so that the last one has room.
fn shown(columns: &[Column], widths: &[usize], width: Option<usize>) -> impl Fn(usize) -> bool + use<> {
    let mut spares: Vec<u8> = columns.iter().map(|column| column.spare).filter(|spare| *spare > 0).collect();
    spares.sort_unstable();
    let last = columns.len().saturating_sub(1);
    let own: Vec<u8> = columns.iter().map(|column| column.spare).collect();
    let needs = |limit: u8| -> usize {
        let kept = |(at, spare): (usize, &u8)| {
            (at != last && *spare <= limit).then(|| widths.get(at).copied().unwrap_or(0) + GAP)
        };
        own.iter().enumerate().filter_map(kept).sum::<usize>() + LEAST_LAST.min(widths.last().copied().unwrap_or(0))
    };
    let mut limit = u8::MAX;
    while width.is_some_and(|width| needs(limit) > width)
        && let Some(spare) = spares.pop()
    {
        limit = spare - 1;
    }
    move |at| own.get(at).is_some_and(|spare| *spare <= limit)
}

/// Returns the beginning of a text, with `…` where more of it does not fit into so many characters.
pub(crate) fn clipped(text: &str, room: usize) -> String {
    if text.chars().nth(room).is_none() {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(room.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_table_leaves_out_what_can_be_spared_and_cuts_the_last_column() {
        let columns = [
            Column { title: "job", is_right: false, spare: 0 },
            Column { title: "type", is_right: false, spare: 2 },
            Column { title: "records", is_right: true, spare: 1 },
            Column { title: "first error", is_right: false, spare: 0 },
        ];
        let rows = [["a-1", "mesh", "12", "no vertices in \x1b[31mbracket.step\nmore"].map(Cell::of).to_vec()];
        let drawn = |width: Option<usize>| {
            let mut out = String::new();
            let canvas =
                Canvas { columns: width.unwrap_or(0), is_cut: width.is_some(), is_colored: false, shows_utf8: true };
            push_table(&columns, &rows, &canvas, &mut out);
            out
        };

        assert_eq!(
            "job  type  records  first error\na-1  mesh       12  no vertices in \\x1b[31mbracket.step\n",
            drawn(None)
        );
        assert_eq!("job  type  records  first error\na-1  mesh       12  no vertices in \\x1b…\n", drawn(Some(40)));
        assert_eq!("job  records  first error\na-1       12  no vertices in \\x1b…\n", drawn(Some(34)));
        assert_eq!("job  first error\na-1  no vertices in…\n", drawn(Some(20)));
    }
}
