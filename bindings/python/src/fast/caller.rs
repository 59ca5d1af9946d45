//! Who made the record: module, function and line, as `logging.Logger.findCaller` finds them.

use std::path::MAIN_SEPARATOR;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::known::Known;
use super::raw::{Frame, utf8};

/// Where a record was made.
pub(super) struct Caller<'py> {
    file: Bound<'py, PyString>,
    function: Bound<'py, PyString>,
    pub(super) line: i32,
}

impl<'py> Caller<'py> {
    /// The innermost frame that is not of `logging` itself; None where there is none.
    pub(super) fn find(py: Python<'py>, known: &Known) -> Option<Self> {
        if MAIN_SEPARATOR != '/' {
            return None; // names of modules are cut out of paths here
        }
        let mut frame = Frame::current(py)?;
        loop {
            let code = frame.code()?;
            let file = code.getattr(intern!(py, "co_filename")).ok()?.cast_into::<PyString>().ok()?;
            if utf8(file.as_borrowed())? != known.source_file {
                let function = code.getattr(intern!(py, "co_name")).ok()?.cast_into().ok()?;
                return Some(Self { file, function, line: frame.line() });
            }
            frame = frame.back()?;
        }
    }

    pub(super) fn function(&self) -> Option<&str> {
        utf8(self.function.as_borrowed())
    }

    /// The file's name without its folder and its last suffix.
    pub(super) fn module(&self) -> Option<&str> {
        let path = utf8(self.file.as_borrowed())?;
        let name = path.rsplit('/').next()?;
        // A name that begins with dots has no suffix there, as `os.path.splitext` has it.
        let dots = name.len() - name.trim_start_matches('.').len();
        match name.rfind('.') {
            Some(at) if at >= dots && at > 0 => name.get(..at),
            _ => Some(name),
        }
    }
}
