//! What is looked up once, when the methods are put on the class: the parts of `logging` and of our own package that the
//! fast path compares with, because it stands in for them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyFrozenSet, PyInt, PyString, PyType};

use super::raw::{dict_version, utf8};

static KNOWN: OnceLock<Known> = OnceLock::new();

/// The standard levels, by rank.
pub(super) const LEVELS: [(i64, &str); 5] =
    [(10, "DEBUG"), (20, "INFO"), (30, "WARNING"), (40, "ERROR"), (50, "CRITICAL")];

/// The rank of ERROR.
pub(super) const ERROR: usize = 3;

pub(super) struct Known {
    /// The names in the module `logging`.
    logging: Py<PyDict>,
    factory_name: Py<PyString>,
    /// The class of the records that `logging` makes by itself.
    factory: Py<PyAny>,
    names_of_levels: Py<PyDict>,
    /// The versions of the three dicts in which everything was found to be usual.
    usual: [AtomicU64; 3],
    levels: Vec<Py<PyInt>>,
    /// The names in the module `time`, and the clock by which records are dated there.
    time: Py<PyDict>,
    clock_name: Py<PyString>,
    clock: Py<PyAny>,
    localtime_name: Py<PyString>,
    pub(super) localtime: Py<PyAny>,
    /// `logging.Logger`, whose methods are called where there is no fast path.
    pub(super) logger_class: Py<PyType>,
    pub(super) file_handler: Py<PyType>,
    pub(super) emit: Py<PyAny>,
    /// The handler of the console, and what it must still have.
    pub(super) console_handler: Py<PyType>,
    pub(super) console_parts: Vec<(&'static str, Py<PyAny>)>,
    pub(super) forms: Vec<KnownForm>,
    /// The dict in which a logger keeps which levels are enabled; it tells us when it is emptied.
    pub(super) levels_class: Py<PyType>,
    /// The context variable of `LogContext`.
    pub(super) context: Py<PyAny>,
    /// The names that an extra field may not have, or that stand in a line by themselves.
    pub(super) reserved: Py<PyFrozenSet>,
    /// The class of mappings, of which a single one as argument is not put into a tuple.
    pub(super) mapping: Py<PyAny>,
    pub(super) source_file: String,
}

/// A form's name, its class and what the class must still have.
pub(super) struct KnownForm {
    pub(super) name: String,
    pub(super) class: Py<PyType>,
    pub(super) parts: Vec<(&'static str, Py<PyAny>)>,
}

/// What a form's class has, by which its lines are made.
const FORM_PARTS: [&str; 5] = ["format", "formatMessage", "formatTime", "converter", "formatException"];

/// What a handler of the console has, by which its lines are written.
const CONSOLE_PARTS: [&str; 10] =
    ["handle", "filter", "format", "acquire", "release", "emit", "flush", "show", "show_line", "_put"];

impl Known {
    #[inline]
    pub(super) fn get() -> Option<&'static Self> {
        KNOWN.get()
    }

    /// Looks everything up; false where `logging` is not what the fast path stands in for.
    pub(super) fn set(py: Python<'_>, parts: &Bound<'_, PyDict>) -> PyResult<bool> {
        let part = |name: &str| -> PyResult<Bound<'_, PyAny>> {
            parts.get_item(name)?.ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(name.to_owned()))
        };
        let logging = py.import("logging")?;
        let time = py.import("time")?;
        let clock_name = if py.version_info() >= (3, 13) { "time_ns" } else { "time" };
        let (clock, localtime) = (time.getattr(clock_name)?, time.getattr("localtime")?);
        // A fake clock may stand there already.
        if !clock.is_exact_instance_of::<PyCFunction>() || !localtime.is_exact_instance_of::<PyCFunction>() {
            return Ok(false);
        }
        let mut forms = Vec::new();
        for (name, class) in part("forms")?.cast::<PyDict>()?.iter() {
            let class = class.cast_into::<PyType>()?;
            let parts = FORM_PARTS.iter().map(|part| Ok((*part, class.getattr(*part)?.unbind())));
            let parts = parts.collect::<PyResult<_>>()?;
            forms.push(KnownForm { name: name.extract()?, class: class.unbind(), parts });
        }
        let file_handler = part("file_handler")?.cast_into::<PyType>()?;
        let console_handler = part("console_handler")?.cast_into::<PyType>()?;
        let console_parts = CONSOLE_PARTS.iter().map(|part| Ok((*part, console_handler.getattr(*part)?.unbind())));
        let known = Self {
            console_parts: console_parts.collect::<PyResult<_>>()?,
            names_of_levels: logging.getattr("_levelToName")?.cast_into()?.unbind(),
            levels: LEVELS.iter().map(|(level, _)| Ok(level.into_pyobject(py)?.unbind())).collect::<PyResult<_>>()?,
            factory_name: PyString::intern(py, "_logRecordFactory").unbind(),
            factory: logging.getattr("LogRecord")?.unbind(),
            logger_class: logging.getattr("Logger")?.cast_into()?.unbind(),
            source_file: logging.getattr("_srcfile")?.extract()?,
            logging: logging.dict().unbind(),
            time: time.dict().unbind(),
            usual: Default::default(),
            clock_name: PyString::intern(py, clock_name).unbind(),
            clock: clock.unbind(),
            localtime_name: PyString::intern(py, "localtime").unbind(),
            localtime: localtime.unbind(),
            emit: file_handler.getattr("emit")?.unbind(),
            file_handler: file_handler.unbind(),
            console_handler: console_handler.unbind(),
            forms,
            levels_class: part("levels")?.cast_into()?.unbind(),
            context: part("context")?.unbind(),
            reserved: part("reserved")?.cast_into()?.unbind(),
            mapping: py.import("collections.abc")?.getattr("Mapping")?.unbind(),
        };
        Ok(KNOWN.set(known).is_ok())
    }

    /// Whether records are made and dated by `logging` itself, and the level has its own name.
    #[inline]
    pub(super) fn is_usual(&self, py: Python<'_>, rank: usize) -> bool {
        let versions = [&self.logging, &self.time, &self.names_of_levels].map(dict_version);
        let is_known =
            |(version, usual): (&u64, &AtomicU64)| *version != 0 && *version == usual.load(Ordering::Relaxed);
        versions.iter().zip(&self.usual).all(is_known) || self.look(py, rank, versions)
    }

    #[cold]
    fn look(&self, py: Python<'_>, rank: usize, versions: [u64; 3]) -> bool {
        let has = |names: &Py<PyDict>, name: &Py<PyString>, wanted: &Py<PyAny>| match names.bind(py).get_item(name) {
            // None: the interpreter is going down and takes its modules apart.
            Ok(Some(found)) => found.is(wanted) || found.is_none(),
            _ => true,
        };
        let is_usual = has(&self.logging, &self.factory_name, &self.factory)
            && has(&self.time, &self.clock_name, &self.clock)
            && has(&self.time, &self.localtime_name, &self.localtime);
        if !is_usual {
            return false;
        }
        if (0..LEVELS.len()).all(|rank| self.has_its_name(py, rank)) {
            for (usual, version) in self.usual.iter().zip(versions) {
                usual.store(version, Ordering::Relaxed);
            }
            return true;
        }
        self.has_its_name(py, rank)
    }

    fn has_its_name(&self, py: Python<'_>, rank: usize) -> bool {
        let (Some(level), Some((_, name))) = (self.levels.get(rank), LEVELS.get(rank)) else { return false };
        let Ok(Some(found)) = self.names_of_levels.bind(py).get_item(level) else { return false };
        found.cast::<PyString>().is_ok_and(|found| utf8(found.as_borrowed()) == Some(*name))
    }

    /// Whether this is a function of `logging`, not of somebody who put his own in its place.
    pub(super) fn is_of_logging(&self, function: &Bound<'_, PyAny>) -> bool {
        function.getattr("__globals__").is_ok_and(|names| names.is(&self.logging))
    }
}
