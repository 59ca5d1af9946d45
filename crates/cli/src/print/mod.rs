//! Records and text to standard output: forms, colours, blocks, and nothing from a log that a terminal would obey.

mod clean;
mod csv;
mod out;
mod printer;
mod text;

pub(crate) use clean::{json_text, visible, visible_json};
pub(crate) use out::Out;
pub(crate) use printer::{Output, Printer, STDIN, Style};
