//! Records and text to standard output: forms, colours, blocks, and nothing from a log that a terminal would obey.

mod canvas;
mod clean;
mod columns;
mod csv;
mod form;
mod held;
mod lines;
mod out;
mod pager;
mod printer;
mod screen;
mod style;
mod table;
mod text;
mod units;

pub(crate) use canvas::Canvas;
pub(crate) use clean::{json_text, visible, visible_json};
pub(crate) use columns::{Cells, Columns};
pub(crate) use csv::push_cell;
pub(crate) use form::Form;
pub(crate) use held::Held;
pub(crate) use lines::{Lines, Printed};
pub(crate) use out::Out;
pub(crate) use pager::{Paged, Pager, words as pager_words};
pub(crate) use printer::Printer;
pub(crate) use screen::{Colors, EXPECTED_COLOR, Looks, ShownFields, Times, level_color};
pub(crate) use style::{Output, STDIN, Style};
pub(crate) use table::{Cell, Column, clipped, push_table};
pub(crate) use units::{age, duration, moment, thousands, unit};
