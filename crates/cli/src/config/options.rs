//! The options that settings can give a value to, read off the command line's own declaration: their keys in
//! `jobtrail.toml`, their variables of the environment, and which values they take.

use std::any::TypeId;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// Variables that mean something else to the Python package.
const TAKEN_VARIABLES: [&str; 8] = [
    "JOBTRAIL_APP",
    "JOBTRAIL_CONSOLE_FORMAT",
    "JOBTRAIL_FORMAT",
    "JOBTRAIL_LOG_DIR",
    "JOBTRAIL_LOG_LEVEL",
    "JOBTRAIL_PROCESS_TYPE",
    "JOBTRAIL_PROFILE",
    "JOBTRAIL_RAW_NEWLINES",
];

/// An option of one command.
#[derive(Clone, Debug)]
pub(crate) struct CommandOption {
    /// The names of the command and those around it: `["id", "explain"]`.
    pub(crate) command: Vec<String>,
    /// Its key in a settings file: its long name with `_`.
    pub(crate) key: String,
    pub(super) id: String,
    kind: Kind,
    choices: Vec<String>,
    defaults: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Flag,
    Number,
    Text,
    /// May be given several times.
    List,
}

/// A value as a settings file has it.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<String>),
    /// A table of texts, or of lists of them: `MSH = "mesh"`.
    Pairs(Vec<(String, String)>),
    Other,
}

/// Returns the options of all commands.
pub(super) fn all(command: &Command) -> Vec<CommandOption> {
    let mut options = Vec::new();
    collect(command, &[], &mut options);
    options
}

fn collect(command: &Command, names: &[String], options: &mut Vec<CommandOption>) {
    for arg in command.get_arguments().filter(|arg| !names.is_empty() && is_setting(arg)) {
        let key = arg.get_long().unwrap_or_default().replace('-', "_");
        // Where the value is a text, the choices are only the usual ones.
        let has_any = arg.get_value_parser().type_id() == TypeId::of::<String>();
        let choices = match arg.get_action() {
            ArgAction::SetTrue => Vec::new(),
            _ if has_any => Vec::new(),
            _ => arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect(),
        };
        let defaults = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
        options.push(CommandOption {
            command: names.to_vec(),
            key,
            id: arg.get_id().to_string(),
            kind: Kind::of(arg),
            choices,
            defaults: defaults.collect(),
        });
    }
    for inner in command.get_subcommands() {
        collect(inner, &[names, &[inner.get_name().to_owned()]].concat(), options);
    }
}

/// Whether an argument is one that settings can stand for: an option with a long name, but those that say where the settings are.
fn is_setting(arg: &Arg) -> bool {
    arg.get_long().is_some()
        && !arg.is_global_set()
        && matches!(arg.get_action(), ArgAction::Set | ArgAction::SetTrue | ArgAction::Append)
}

/// Adds to the help of each option by which variable it can be set.
pub(crate) fn with_variables_in_help(command: Command) -> Command {
    let is_inner = command.get_name() != crate::PROGRAM;
    let command = command.mut_args(|arg| match general_variable(arg.get_long().unwrap_or_default()) {
        Some(variable) if is_inner && is_setting(&arg) => {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            arg.help(format!("{help} [env: {variable}]"))
        }
        _ => arg,
    });
    command.mut_subcommands(with_variables_in_help)
}

/// Returns the variable that sets an option of this name for all commands.
fn general_variable(name: &str) -> Option<String> {
    Some(spelled("", name)).filter(|variable| !TAKEN_VARIABLES.contains(&variable.as_str()))
}

fn spelled(command: &str, name: &str) -> String {
    format!("JOBTRAIL_{command}{name}").replace('-', "_").to_ascii_uppercase()
}

impl Kind {
    fn of(arg: &Arg) -> Self {
        let parser = arg.get_value_parser().type_id();
        let is_number = [TypeId::of::<usize>(), TypeId::of::<u64>(), TypeId::of::<u32>(), TypeId::of::<u16>()];
        match arg.get_action() {
            ArgAction::SetTrue => Kind::Flag,
            ArgAction::Append => Kind::List,
            _ if is_number.into_iter().any(|number| parser == number) => Kind::Number,
            _ => Kind::Text,
        }
    }
}

impl CommandOption {
    /// Returns the variables that set it, the one that counts first first.
    pub(super) fn variables(&self) -> Vec<String> {
        let own = spelled(&format!("{}_", self.command.join("_")), &self.key);
        let own = Some(own).filter(|variable| !TAKEN_VARIABLES.contains(&variable.as_str()));
        own.into_iter().chain(general_variable(&self.key)).collect()
    }

    /// Returns the value that holds where nothing is set; empty where there is none.
    pub(super) fn defaults(&self) -> &[String] {
        &self.defaults
    }

    /// Returns the texts that stand for a value of a settings file. Errors: what is expected instead.
    pub(super) fn texts(&self, given: &Given) -> Result<Vec<String>, &'static str> {
        match (self.kind, given) {
            (Kind::Flag, Given::Flag(flag)) => Ok(vec![flag.to_string()]),
            (Kind::Flag, _) => Err("true or false"),
            (Kind::Number, Given::Number(text)) | (Kind::Text | Kind::List, Given::Text(text)) => {
                Ok(vec![text.clone()])
            }
            (Kind::Number, _) => Err("a whole number"),
            (Kind::Text, _) => Err("a text in quotes"),
            (Kind::List, Given::List(texts)) => Ok(texts.clone()),
            (Kind::List, Given::Pairs(pairs)) => {
                Ok(pairs.iter().map(|(key, value)| format!("{key}={value}")).collect())
            }
            (Kind::List, _) => Err("a list of texts"),
        }
    }

    /// Returns the texts that stand for the value of a variable: for a switch a yes or no, of a list each line one.
    /// Errors: what is expected instead.
    pub(super) fn texts_of_variable(&self, value: &str) -> Result<Vec<String>, &'static str> {
        match self.kind {
            Kind::Flag => match value.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => Ok(vec!["true".to_owned()]),
                "0" | "false" | "no" | "off" => Ok(vec!["false".to_owned()]),
                _ => Err("1 or 0, true or false, yes or no"),
            },
            Kind::List => Ok(value.lines().map(str::to_owned).collect()),
            Kind::Number | Kind::Text => Ok(vec![value.to_owned()]),
        }
    }

    /// Whether the option has a closed list of values and these are not of it.
    pub(super) fn has_no_such_choice(&self, texts: &[String]) -> bool {
        !self.choices.is_empty() && texts.iter().any(|text| !self.choices.contains(text))
    }

    /// Returns what is wrong with texts by what the command line itself says of them: what is expected instead.
    pub(super) fn check(&self, texts: &[String], command: &Command) -> Result<(), String> {
        if self.kind == Kind::Flag {
            return Ok(());
        }
        let mut inner = Some(command);
        for name in &self.command {
            inner = inner.and_then(|command| command.find_subcommand(name));
        }
        let Some(command) = inner else { return Ok(()) };
        for text in texts {
            let args = [self.command.concat(), format!("--{}={text}", self.key.replace('_', "-"))];
            let Err(error) = command.clone().try_get_matches_from(args) else { continue };
            match error.kind() {
                ErrorKind::InvalidValue => {
                    let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue) else { continue };
                    return Err(format!("one of {}", values.join(", ")));
                }
                ErrorKind::ValueValidation if self.kind == Kind::Number => return Err("a whole number".to_owned()),
                ErrorKind::ValueValidation => {
                    return Err(std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives the option these values where the command line gives none.
    pub(super) fn set_default(&self, texts: &[String], command: Command) -> Command {
        self.set_default_below(&self.command, texts, command)
    }

    fn set_default_below(&self, names: &[String], texts: &[String], command: Command) -> Command {
        match names.split_first() {
            Some((name, rest)) => command.mut_subcommand(name, |inner| self.set_default_below(rest, texts, inner)),
            None => command.mut_arg(&self.id, |arg| arg.default_values(texts.to_vec())),
        }
    }
}
