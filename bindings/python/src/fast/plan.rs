//! What was found out about a logger: whether its records may go the fast way, and what has to stay as it is for that.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::process;
use std::rc::Rc;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyList, PyString, PyWeakrefReference};

use super::cell::Held;
use super::fields::push_json_text;
use super::forms::Form;
use super::guards::{Ancestor, Listed, epoch, has_none_of_its_own};
use super::known::{Known, KnownForm, LEVELS};
use super::raw::{Value, Version, utf8};
use crate::log::LogWriter;

/// What a logger's records go through in `logging`; its class must have them from there.
const LOGGER_PARTS: [&str; 8] =
    ["isEnabledFor", "getEffectiveLevel", "_log", "findCaller", "makeRecord", "handle", "filter", "callHandlers"];
const LOGGER_METHODS: [&str; 6] = ["debug", "info", "warning", "error", "critical", "log"];
const HANDLER_PARTS: [&str; 5] = ["handle", "filter", "format", "acquire", "release"];

/// A logger as it was when it was looked at.
pub(super) struct Plan {
    epoch: u64,
    class: Version,
    classes: Vec<Version>,
    lists: Vec<Listed>,
    ancestors: Vec<Ancestor>,
    /// Whether its class and itself are as `logging` made them, so that a call may be answered here at all.
    is_ours: bool,
    enabled: [Cell<Option<bool>>; LEVELS.len()],
    /// Where its records go, if it is our handler alone.
    sink: Option<Sink>,
}

/// Where the records of a logger go.
pub(super) struct Sink {
    /// Our file handlers, in the order in which they are asked; all have the same form.
    pub(super) files: Vec<LogFile>,
    pub(super) form: Form,
    /// Which ranks any of them takes.
    pub(super) takes: [bool; LEVELS.len()],
    pub(super) console: Option<Console>,
}

/// A file handler of ours.
pub(super) struct LogFile {
    pub(super) writer: Py<LogWriter>,
    /// Which ranks it takes.
    pub(super) takes: [bool; LEVELS.len()],
}

/// Our handler of the console beside it.
pub(super) struct Console {
    pub(super) handler: Py<PyAny>,
    pub(super) takes: [bool; LEVELS.len()],
    pub(super) shows: Shows,
}

/// What a console is handed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// The message, of which it makes a line of its own form.
    Message,
    /// The file's line, which has its form.
    Line,
}

/// The plans of loggers, by their address. An entry goes when its logger goes.
static PLANS: Held<Option<HashMap<usize, Entry, BuildHasherDefault<Address>>>> = Held::new(None);

struct Entry {
    /// Its callback removes the entry.
    _weak: Py<PyWeakrefReference>,
    plan: Rc<Plan>,
}

/// Mixes an address: its low bits are the same for all objects.
#[derive(Default)]
struct Address(u64);

impl Hasher for Address {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    #[inline]
    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(20);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

impl Plan {
    /// The plan of a logger, made anew if a setting was changed since. None: the logger cannot be looked at.
    #[inline]
    pub(super) fn of(logger: Value<'_, '_>, known: &Known) -> Option<Rc<Self>> {
        let py = logger.py();
        let found =
            PLANS.with(py, |plans| plans.as_ref()?.get(&logger.as_ptr().addr()).map(|entry| entry.plan.clone()));
        match found? {
            Some(plan) if plan.epoch == epoch() && plan.class.is_of(logger) => Some(plan),
            _ => Self::make(logger, known),
        }
    }

    #[cold]
    pub(super) fn make(logger: Value<'_, '_>, known: &Known) -> Option<Rc<Self>> {
        // With an attachment that is counted, references that fall out of use are given back at once.
        let made =
            Python::attach(|py| Self::look(&logger.to_owned(), known).and_then(|plan| Self::keep(py, logger, plan)));
        match made {
            Ok(plan) => plan,
            Err(error) => {
                // Something of the user's is in the way; `logging` will meet it too, and say so.
                drop(error);
                None
            }
        }
    }

    fn keep(py: Python<'_>, logger: Value<'_, '_>, plan: Self) -> PyResult<Option<Rc<Self>>> {
        let plan = Rc::new(plan);
        let address = logger.as_ptr().addr();
        let old = PLANS.with(py, |plans| {
            let entry = plans.get_or_insert_default().get_mut(&address)?;
            Some(std::mem::replace(&mut entry.plan, plan.clone()))
        });
        match old {
            None => return Ok(None), // in the middle of being looked at
            Some(Some(_)) => return Ok(Some(plan)),
            Some(None) => {}
        }
        let forget = PyCFunction::new_closure(py, None, None, move |arguments, _| {
            let py = arguments.py();
            drop(PLANS.with(py, |plans| plans.as_mut()?.remove(&address)));
        })?;
        let weak = PyWeakrefReference::new_with(&logger.to_owned(), forget)?.unbind();
        let entry = Entry { _weak: weak, plan: plan.clone() };
        drop(PLANS.with(py, |plans| plans.get_or_insert_default().insert(address, entry)));
        Ok(Some(plan))
    }

    /// Looks at a logger, its handlers and those above it.
    fn look(logger: &Bound<'_, PyAny>, known: &Known) -> PyResult<Self> {
        let py = logger.py();
        // First, because it is itself a setting that changes.
        if !logger.getattr(intern!(py, "_cache"))?.get_type().is(&known.levels_class) {
            logger.setattr(intern!(py, "_cache"), known.levels_class.bind(py).call0()?)?;
        }
        // Before anything is looked at: what changes meanwhile is noticed at the next call.
        let epoch = epoch();
        let class = Version::of(&logger.get_type());
        let mut plan = Self {
            epoch,
            class,
            classes: Vec::new(),
            lists: Vec::new(),
            ancestors: Vec::new(),
            is_ours: is_untouched(logger, known)?,
            enabled: Default::default(),
            sink: None,
        };
        // Looking at its methods has given the class a version.
        plan.class = Version::of(&logger.get_type());
        if plan.is_ours {
            plan.sink = plan.look_for_sink(logger, known)?;
        }
        Ok(plan)
    }

    fn look_for_sink(&mut self, logger: &Bound<'_, PyAny>, known: &Known) -> PyResult<Option<Sink>> {
        let py = logger.py();
        let Some(filters) = self.list(&logger.getattr(intern!(py, "filters"))?) else { return Ok(None) };
        let mut is_free = filters.is_empty();
        let mut handlers = Vec::new();
        let mut at = logger.clone();
        loop {
            let Some(here) = self.list(&at.getattr(intern!(py, "handlers"))?) else { return Ok(None) };
            handlers.extend(here.items().iter().map(|handler| handler.clone_ref(py)));
            if !at.is(logger) {
                self.ancestors.push(Ancestor::of(&at)?);
            }
            if !at.getattr(intern!(py, "propagate"))?.is_truthy()? {
                break;
            }
            let parent = at.getattr(intern!(py, "parent"))?;
            if parent.is_none() {
                break;
            }
            at = parent;
        }
        let is_console = |handler: &Py<PyAny>| handler.bind(py).get_type().is(&known.console_handler);
        let (consoles, files): (Vec<_>, Vec<_>) = handlers.iter().partition(|handler| is_console(handler));
        if files.is_empty() || consoles.len() > 1 {
            return Ok(None);
        }
        let mut console = None;
        let mut console_form = None;
        if let [handler] = consoles.as_slice() {
            let Some((handler, form)) = self.look_at_console(handler.bind(py), logger, known)? else { return Ok(None) };
            (console, console_form) = (Some(handler), form);
        }
        let mut sink: Option<Sink> = None;
        for handler in files {
            let Some((file, form)) = self.look_at_file(handler.bind(py), logger, known)? else { return Ok(None) };
            match &mut sink {
                None => sink = Some(Sink { takes: file.takes, files: vec![file], form, console: None }),
                Some(sink) if sink.form == form => {
                    sink.takes.iter_mut().zip(file.takes).for_each(|(any, takes)| *any |= takes);
                    sink.files.push(file);
                }
                Some(_) => return Ok(None), // two lines would have to be made
            }
        }
        is_free &= console_form.is_none() || console_form.as_ref() == sink.as_ref().map(|sink| &sink.form);
        Ok(sink.filter(|_| is_free).map(|sink| Sink { console, ..sink }))
    }

    /// None: it is none of ours, or somebody has changed something of it.
    fn look_at_file(
        &mut self,
        handler: &Bound<'_, PyAny>,
        logger: &Bound<'_, PyAny>,
        known: &Known,
    ) -> PyResult<Option<(LogFile, Form)>> {
        let py = handler.py();
        if !handler.is_instance(known.file_handler.bind(py))? {
            return Ok(None);
        }
        let Some(filters) = self.list(&handler.getattr(intern!(py, "filters"))?) else { return Ok(None) };
        let mut is_free = filters.is_empty();
        let class = handler.get_type();
        let is_of_logging = |name: &&str| class.getattr(*name).is_ok_and(|part| known.is_of_logging(&part));
        is_free &= class.getattr(intern!(py, "emit"))?.is(&known.emit)
            && HANDLER_PARTS.iter().all(is_of_logging)
            && has_none_of_its_own(handler.as_borrowed(), &HANDLER_PARTS)
            && has_none_of_its_own(handler.as_borrowed(), &["emit"]);
        self.classes.push(Version::of(&class));
        let Some(form) = self.form_of(&handler.getattr(intern!(py, "formatter"))?, logger, known)? else {
            return Ok(None);
        };
        let writer = handler.getattr(intern!(py, "_writer"))?;
        let (true, Ok(writer)) = (is_free, writer.cast_into::<LogWriter>()) else { return Ok(None) };
        let level: i64 = handler.getattr(intern!(py, "level"))?.extract()?;
        let file = LogFile { writer: writer.unbind(), takes: LEVELS.map(|(rank, _)| rank >= level) };
        Ok(Some((file, form)))
    }

    /// A console, and the form in which the file has to be if it is not the console's own. None: somebody has changed
    /// something of it.
    fn look_at_console(
        &mut self,
        handler: &Bound<'_, PyAny>,
        logger: &Bound<'_, PyAny>,
        known: &Known,
    ) -> PyResult<Option<(Console, Option<Form>)>> {
        let py = handler.py();
        let class = handler.get_type();
        let formatter = handler.getattr(intern!(py, "formatter"))?;
        let mut is_whole = true;
        for (part, wanted) in &known.console_parts {
            is_whole &= class.getattr(*part)?.is(wanted) && has_none_of_its_own(handler.as_borrowed(), &[part]);
        }
        self.classes.push(Version::of(&class));
        let (shows, form) = match self.known_form(&formatter, known)? {
            Some(form) if form.name == "console" => (Shows::Message, None),
            _ => (Shows::Line, self.form_of(&formatter, logger, known)?),
        };
        is_whole &= shows == Shows::Message || form.is_some();
        is_whole &= self.list(&handler.getattr(intern!(py, "filters"))?).is_some_and(Listed::is_empty);
        let level: i64 = handler.getattr(intern!(py, "level"))?.extract()?;
        let takes = LEVELS.map(|(rank, _)| rank >= level);
        Ok(is_whole.then(|| (Console { handler: handler.clone().unbind(), takes, shows }, form)))
    }

    /// The form of a formatter of ours whose class and self are as they were made.
    fn known_form<'k>(&mut self, formatter: &Bound<'_, PyAny>, known: &'k Known) -> PyResult<Option<&'k KnownForm>> {
        let class = formatter.get_type();
        let Some(known_form) = known.forms.iter().find(|form| class.is(&form.class)) else { return Ok(None) };
        let mut is_whole = true;
        for (part, wanted) in &known_form.parts {
            is_whole &= class.getattr(*part)?.is(wanted) && has_none_of_its_own(formatter.as_borrowed(), &[part]);
        }
        self.classes.push(Version::of(&class));
        Ok(is_whole.then_some(known_form))
    }

    /// Notes the list's items; None if it is none.
    fn list(&mut self, list: &Bound<'_, PyAny>) -> Option<&Listed> {
        self.lists.push(Listed::of(list.cast_exact::<PyList>().ok()?));
        self.lists.last()
    }

    /// The form in which a formatter of ours writes the logger's records; None if it is none of ours.
    fn form_of(
        &mut self,
        formatter: &Bound<'_, PyAny>,
        logger: &Bound<'_, PyAny>,
        known: &Known,
    ) -> PyResult<Option<Form>> {
        let py = logger.py();
        let Some(known_form) = self.known_form(formatter, known)? else { return Ok(None) };
        let text = |value: Bound<'_, PyAny>| -> Option<String> {
            Some(utf8(value.cast_exact::<PyString>().ok()?.as_borrowed())?.to_owned())
        };
        let named = || -> PyResult<Option<String>> {
            let app = text(formatter.getattr(intern!(py, "_app"))?);
            let (Some(app), Some(name)) = (app, text(logger.getattr(intern!(py, "name"))?)) else { return Ok(None) };
            let inner = name.strip_prefix(&app).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&name);
            Ok(Some(inner.replace("\r\n", " ").replace(['\r', '\n'], " ")))
        };
        let quoted = |text: String| {
            let mut out = String::new();
            push_json_text(&mut out, &text);
            out
        };
        Ok(match known_form.name.as_str() {
            "process" => Some(Form::Process(LEVELS.map(|(_, level)| format!(" [{}] [{level}] ", process::id())))),
            "service" if formatter.getattr("datefmt")?.eq("%Y-%m-%d %H:%M:%S")? => {
                named()?.map(|name| Form::Service(LEVELS.map(|(_, level)| format!(" - {name} - {level} - "))))
            }
            "json" => named()?.map(quoted).map(Form::Json),
            "job" => text(formatter.getattr(intern!(py, "_component"))?).map(quoted).map(Form::Job),
            _ => None,
        })
    }

    /// Whether calls may be answered here at all.
    #[inline]
    pub(super) fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Whether a record of this rank is wanted, as `Logger.isEnabledFor` says.
    #[inline]
    pub(super) fn is_enabled(&self, logger: Value<'_, '_>, rank: usize) -> PyResult<bool> {
        let Some(kept) = self.enabled.get(rank) else { return Ok(true) };
        if let Some(is_enabled) = kept.get() {
            return Ok(is_enabled);
        }
        let py = logger.py();
        let level = LEVELS.get(rank).map_or(0, |(level, _)| *level);
        let is_enabled = logger.call_method1(intern!(py, "isEnabledFor"), (level,))?.is_truthy()?;
        if self.epoch == epoch() {
            kept.set(Some(is_enabled));
        }
        Ok(is_enabled)
    }

    /// Where the records go, if all that can change without a word to us is as it was.
    #[inline]
    pub(super) fn sink(&self) -> Option<&Sink> {
        self.sink.as_ref()
    }

    /// Whether everything that may change without a word to us is as it was.
    #[inline]
    pub(super) fn stands(&self, py: Python<'_>) -> bool {
        self.lists.iter().all(|list| list.stands(py))
            && self.classes.iter().all(Version::stands)
            && self.ancestors.iter().all(|ancestor| ancestor.stands(py))
    }
}

/// Whether a logger's class and the logger itself do with records what `logging` does.
fn is_untouched(logger: &Bound<'_, PyAny>, known: &Known) -> PyResult<bool> {
    let py = logger.py();
    let class = logger.get_type();
    for name in LOGGER_PARTS {
        if !known.is_of_logging(&class.getattr(name)?) {
            return Ok(false);
        }
    }
    for name in LOGGER_METHODS {
        // The class has ours; what would be called instead must be the usual one too.
        if !known.is_of_logging(&known.logger_class.bind(py).getattr(name)?) {
            return Ok(false);
        }
    }
    Ok(has_none_of_its_own(logger.as_borrowed(), &LOGGER_PARTS))
}
