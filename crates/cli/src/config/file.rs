//! A settings file as a list of entries: which option of which command gets what, and in which line.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::options::{CommandOption, Given};
use crate::refusal::Refusal;
use crate::similar::most_similar;

/// Tables whose keys are options of all commands: their other spelling there.
const REDACTION: &str = "redaction";
const PLURALS: [(&str, &str); 2] = [("patterns", "pattern"), ("roots", "root")];
/// Tables that are the value of an option of all commands: of its own names and what they stand for.
const TABLES: [(&str, &str); 3] = [("job_types", "job_type"), ("field_names", "field_name"), ("colors", "colors")];

/// One value of a settings file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The command that it is for; none for all of them.
    pub(super) command: Option<Vec<String>>,
    /// The key of its option.
    pub(super) key: String,
    /// The value as it stands, and the texts that it is for an option that takes it.
    pub(super) given: Given,
    pub(super) texts: Vec<String>,
    pub(super) line: usize,
}

/// A settings file that was read.
#[derive(Clone, Debug)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
}

/// Reads a settings file; none where it is not there. Errors: it cannot be read, is no TOML, has an unknown key or a value of
/// the wrong kind.
pub(super) fn read(path: &Path, options: &[CommandOption]) -> Result<Option<SettingsFile>, Refusal> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(Refusal::because(format!("cannot read `{}`: {error}", path.display()))),
    };
    let mut reading = Reading { path, text: &text, options, entries: Vec::new() };
    let table = DeTable::parse(&text).map_err(|error| reading.refuse(error.span(), error.message()))?;
    reading.top(table.get_ref())?;
    Ok(Some(SettingsFile { path: path.to_path_buf(), entries: reading.entries }))
}

struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
    options: &'a [CommandOption],
    entries: Vec<Entry>,
}

impl Reading<'_> {
    /// Invariant: an option's key wins over a command of the same name, unless a table stands there.
    fn top(&mut self, table: &DeTable<'_>) -> Result<(), Refusal> {
        for (name, value) in table {
            let key = name.get_ref().replace('-', "_");
            let inner = value.get_ref().as_table();
            match inner {
                Some(inner) if key == REDACTION => self.redaction(inner)?,
                Some(_) if TABLES.iter().any(|(table, _)| *table == key) => self.option(None, name, value)?,
                Some(inner) if self.is_command(std::slice::from_ref(&key)) => self.command(&[key], inner)?,
                Some(_) => return Err(self.unknown(name, "command or table", &self.tables())),
                None => self.option(None, name, value)?,
            }
        }
        Ok(())
    }

    fn redaction(&mut self, table: &DeTable<'_>) -> Result<(), Refusal> {
        table.iter().try_for_each(|(name, value)| self.option(None, name, value))
    }

    fn command(&mut self, command: &[String], table: &DeTable<'_>) -> Result<(), Refusal> {
        for (name, value) in table {
            let inner_command = [command, &[name.get_ref().to_string()]].concat();
            match value.get_ref().as_table() {
                Some(inner) if self.is_command(&inner_command) => self.command(&inner_command, inner)?,
                _ => self.option(Some(command), name, value)?,
            }
        }
        Ok(())
    }

    fn option(
        &mut self,
        command: Option<&[String]>,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Refusal> {
        let written = name.get_ref().replace('-', "_");
        let names = PLURALS.iter().chain(&TABLES);
        let key = names.clone().find(|(plural, _)| *plural == written).map_or(written.as_str(), |(_, key)| key);
        let is_meant = |option: &&CommandOption| command.is_none_or(|command| option.command == command);
        let options: Vec<&CommandOption> = self.options.iter().filter(is_meant).collect();
        let mut of_key = options.iter().filter(|option| option.key == key);
        let Some(first) = of_key.clone().next() else {
            let mut known: Vec<String> = options.iter().map(|option| option.key.clone()).collect();
            if command.is_none() {
                known.extend(self.tables());
            }
            return Err(self.unknown(name, "option", &known));
        };
        let given = given(value.get_ref());
        let takes =
            |option: &&&CommandOption| option.texts(&given).is_ok_and(|texts| !option.has_no_such_choice(&texts));
        let option = of_key.find(takes).unwrap_or(first);
        let texts = option.texts(&given).map_err(|expected| {
            let found = value.get_ref().type_str();
            self.refuse(
                Some(name.span()),
                &format!("`{}` is {}: expected {expected}", name.get_ref(), with_article(found)),
            )
        })?;
        let line = self.line(&name.span());
        self.entries.push(Entry { command: command.map(<[String]>::to_vec), key: key.to_owned(), given, texts, line });
        Ok(())
    }

    fn is_command(&self, command: &[String]) -> bool {
        self.options.iter().any(|option| option.command.starts_with(command))
    }

    /// Returns the names that tables may have.
    fn tables(&self) -> Vec<String> {
        let own = TABLES.iter().map(|(table, _)| *table).chain([REDACTION]).map(str::to_owned);
        let mut tables: Vec<String> = own.collect();
        for command in self.options.iter().filter_map(|option| option.command.first()) {
            if !tables.contains(command) {
                tables.push(command.clone());
            }
        }
        tables
    }

    fn unknown(&self, name: &Spanned<std::borrow::Cow<'_, str>>, what: &str, known: &[String]) -> Refusal {
        let given = name.get_ref().replace('-', "_");
        let hint = most_similar(&given, known.iter().map(String::as_str))
            .map_or_else(|| "`jobtrail config --example` shows them all".to_owned(), |name| format!("`{name}` is one"));
        self.refuse(Some(name.span()), &format!("`{}` is no {what}: {hint}", name.get_ref()))
    }

    fn refuse(&self, span: Option<Range<usize>>, text: &str) -> Refusal {
        let line = span.map(|span| format!(":{}", self.line(&span))).unwrap_or_default();
        Refusal::because(format!("{}{line}: {}", self.path.display(), text.replace('\n', ", ")))
    }

    fn line(&self, span: &Range<usize>) -> usize {
        self.text.get(..span.start).unwrap_or(self.text).matches('\n').count() + 1
    }
}

fn given(value: &DeValue<'_>) -> Given {
    let text = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(str::to_owned);
    match value {
        DeValue::Boolean(flag) => Given::Flag(*flag),
        DeValue::Integer(number) if number.radix() == 10 => Given::Number(number.as_str().replace('_', "")),
        DeValue::String(text) => Given::Text(text.to_string()),
        DeValue::Array(list) => list.iter().map(text).collect::<Option<_>>().map_or(Given::Other, Given::List),
        DeValue::Table(table) => {
            let mut pairs = Vec::new();
            for (key, value) in table {
                let key = key.get_ref().to_string();
                match given(value.get_ref()) {
                    Given::Text(text) => pairs.push((key, text)),
                    Given::List(texts) => pairs.extend(texts.into_iter().map(|text| (key.clone(), text))),
                    _ => return Given::Other,
                }
            }
            Given::Pairs(pairs)
        }
        _ => Given::Other,
    }
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}
