//! Settings: what the environment, `jobtrail.toml` and the user's own file say in the place of options that the command line
//! does not give.
//!
//! The declaration of the command line is the one list of what can be set; a value becomes the option's default, so that
//! the commands know nothing of where it came from.

mod file;
mod options;
mod places;
mod trust;

use std::path::PathBuf;

use clap::{ArgMatches, Command, ValueHint};

use crate::io::Io;
use crate::refusal::Refusal;
use file::{Entry, SettingsFile};
pub(crate) use options::{CommandOption, with_variables_in_help};
pub(crate) use places::NAME;

/// A settings file that sets nothing and says what can be set.
pub(crate) const EXAMPLE: &str = include_str!("example.toml");

/// The options of the whole program that say where settings are.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Places {
    /// Read settings from this file alone, not from the nearest `jobtrail.toml` upward from the current directory and the
    /// user's own [env: `JOBTRAIL_CONFIG`]
    #[arg(long, global = true, help_heading = "Settings", value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Read settings from no file [env: `JOBTRAIL_NO_CONFIG`]
    #[arg(long, global = true, help_heading = "Settings", conflicts_with = "config")]
    no_config: bool,
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Variable(String),
    File { path: PathBuf, line: usize },
    Default,
}

/// What an option has where the command line gives it nothing.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) option: CommandOption,
    pub(crate) texts: Vec<String>,
    pub(crate) origin: Origin,
}

/// What is set, and where it was looked for.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The values of the options that have one, in the order of their declaration.
    pub(crate) values: Vec<Value>,
    /// The files looked for, and whether they are there.
    pub(crate) looked_for: Vec<(PathBuf, bool)>,
    notes: Vec<String>,
}

impl Settings {
    /// Gathers what is set for the options of `command`. Errors: a file that cannot be read, an unknown key, a value that
    /// its option does not take.
    pub(crate) fn gather(matches: &ArgMatches, command: &Command, io: &Io<'_>) -> Result<Self, Refusal> {
        let options = options::all(command);
        let mut settings = Settings::default();
        let files = settings.files(matches, &options, io)?;
        for option in &options {
            if let Some(value) = value_of(option, &files, command, io)? {
                settings.values.push(value);
            }
        }
        for (file, _) in &files {
            check_general(file, &options, command)?;
        }
        Ok(settings)
    }

    /// Makes what is set the default of its options.
    pub(crate) fn apply(&self, mut command: Command) -> Command {
        for value in self.values.iter().filter(|value| value.origin != Origin::Default) {
            command = value.option.set_default(&value.texts, command);
        }
        command
    }

    /// Tells what is set but does not count.
    pub(crate) fn tell(&self, io: &mut Io<'_>) {
        self.notes.iter().for_each(|note| io.note(note));
    }

    /// Says where the value of an option was set that a command refused; nothing where that was the command line.
    pub(crate) fn origin_of(&self, command: &[&str], option: &str, given: &str) -> Option<String> {
        let is_meant = |value: &&Value| {
            value.option.command == command
                && option.strip_prefix("--").is_some_and(|name| name.replace('-', "_") == value.option.key)
                && value.texts.iter().any(|text| text == given)
        };
        self.values.iter().find(is_meant).and_then(|value| value.origin.told())
    }

    /// Reads the files that count, with whether each was found upward from the current directory.
    fn files(
        &mut self,
        matches: &ArgMatches,
        options: &[CommandOption],
        io: &Io<'_>,
    ) -> Result<Vec<(SettingsFile, bool)>, Refusal> {
        let mut files = Vec::new();
        let named = matches.get_one::<PathBuf>("config").cloned();
        let is_off = |value: String| !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off");
        if matches.get_flag("no_config") || (named.is_none() && variable("JOBTRAIL_NO_CONFIG", io).is_some_and(is_off))
        {
            return Ok(files);
        }
        if let Some(path) = named.or_else(|| variable("JOBTRAIL_CONFIG", io).map(PathBuf::from)) {
            let path = io.resolve(&path);
            let missing = || Refusal::because(format!("no such settings file: `{}`", path.display()));
            files.push((file::read(&path, options)?.ok_or_else(missing)?, false));
            self.looked_for.push((path, true));
            return Ok(files);
        }
        let of_user = places::of_user(io);
        for path in places::upward(io).into_iter().filter(|path| Some(path) != of_user.as_ref()) {
            let read = file::read(&path, options)?;
            self.looked_for.push((path, read.is_some()));
            if let Some(mut read) = read {
                self.leave_out_what_may_not_count(&mut read, of_user.as_ref());
                files.push((read, true));
                break;
            }
        }
        if let Some(path) = of_user {
            let read = file::read(&path, options)?;
            self.looked_for.push((path, read.is_some()));
            files.extend(read.map(|read| (read, false)));
        }
        Ok(files)
    }

    fn leave_out_what_may_not_count(&mut self, file: &mut SettingsFile, of_user: Option<&PathBuf>) {
        let own = of_user.map_or_else(|| "with --config".to_owned(), |path| format!("in `{}`", path.display()));
        file.entries.retain(|entry| {
            let refusal = trust::refusal(entry.command.as_deref(), &entry.key, &entry.texts);
            if let Some(reason) = &refusal {
                self.notes.push(format!(
                    "{}:{}: `{}` is left out: a file found in a directory may set {reason}; set it {own} or on the command line",
                    file.path.display(),
                    entry.line,
                    entry.key
                ));
            }
            refusal.is_none()
        });
    }
}

impl Origin {
    /// Says where, as part of a sentence; nothing for what holds anyway.
    pub(crate) fn told(&self) -> Option<String> {
        match self {
            Origin::Variable(name) => Some(format!("the variable `{name}`")),
            Origin::File { path, line } => Some(format!("{}:{line}", path.display())),
            Origin::Default => None,
        }
    }

    fn refuse(&self, entry: &Entry, expected: &str) -> Refusal {
        let place = self.told().unwrap_or_default();
        Refusal::because(format!(
            "{place}: bad value `{}` of `{}`: expected {expected}",
            entry.texts.join(", "),
            entry.key
        ))
    }
}

/// Returns what an option has: the environment counts before the nearest file, that before the user's.
fn value_of(
    option: &CommandOption,
    files: &[(SettingsFile, bool)],
    command: &Command,
    io: &Io<'_>,
) -> Result<Option<Value>, Refusal> {
    for (place, name) in option.variables().into_iter().enumerate() {
        let Some(value) = variable(&name, io) else { continue };
        let refuse = |expected: &str| {
            Refusal::because(format!("bad value `{value}` of the variable `{name}`: expected {expected}"))
        };
        let texts = option.texts_of_variable(&value);
        let is_taken = texts.as_ref().is_ok_and(|texts| !option.has_no_such_choice(texts));
        let is_general = place > 0;
        if is_general && !is_taken && some_takes(&option.key, &value, command) {
            continue;
        }
        let texts = texts.map_err(refuse)?;
        option.check(&texts, command).map_err(|expected| refuse(&expected))?;
        return Ok(Some(Value { option: option.clone(), texts, origin: Origin::Variable(name) }));
    }
    let mut added: Option<Value> = None;
    for (file, was_found) in files {
        if *was_found && !trust::is_open(&option.command) {
            continue;
        }
        let Some(entry) = entry_for(option, file) else { continue };
        let origin = Origin::File { path: file.path.clone(), line: entry.line };
        option.check(&entry.texts, command).map_err(|expected| origin.refuse(entry, &expected))?;
        let adds = *was_found && trust::adds(&option.key);
        match &mut added {
            Some(value) => value.texts.extend(entry.texts.clone()),
            None => added = Some(Value { option: option.clone(), texts: entry.texts.clone(), origin }),
        }
        if !adds {
            break;
        }
    }
    let default = || {
        let texts = option.defaults().to_vec();
        (!texts.is_empty()).then(|| Value { option: option.clone(), texts, origin: Origin::Default })
    };
    Ok(added.or_else(default))
}

/// Refuses a value for all commands that none of them takes.
fn check_general(file: &SettingsFile, options: &[CommandOption], command: &Command) -> Result<(), Refusal> {
    for entry in file.entries.iter().filter(|entry| entry.command.is_none()) {
        let mut meant = options.iter().filter(|option| option.key == entry.key);
        let origin = Origin::File { path: file.path.clone(), line: entry.line };
        if !meant.clone().any(|option| !option.has_no_such_choice(&entry.texts))
            && let Some(option) = meant.next()
        {
            option.check(&entry.texts, command).map_err(|expected| origin.refuse(entry, &expected))?;
        }
    }
    Ok(())
}

/// Returns the entry of a file that counts for an option: of the two, the one for its command.
fn entry_for<'a>(option: &CommandOption, file: &'a SettingsFile) -> Option<&'a Entry> {
    let of_option = |entry: &&Entry| entry.key == option.key;
    let own = |entry: &&Entry| entry.command.as_ref() == Some(&option.command);
    let fits = |entry: &Entry| option.texts(&entry.given).is_ok_and(|texts| !option.has_no_such_choice(&texts));
    let general = |entry: &&Entry| entry.command.is_none() && fits(entry);
    let mut entries = file.entries.iter().filter(of_option);
    entries.clone().find(own).or_else(|| entries.find(general))
}

/// Whether any command has an option of this key that takes the value of a variable.
fn some_takes(key: &str, value: &str, command: &Command) -> bool {
    let takes =
        |option: &CommandOption| option.texts_of_variable(value).is_ok_and(|texts| !option.has_no_such_choice(&texts));
    options::all(command).iter().any(|option| option.key == key && takes(option))
}

/// Returns a variable of the environment that is set to something.
fn variable(name: &str, io: &Io<'_>) -> Option<String> {
    (io.variable)(name).filter(|value| !value.is_empty())
}
