//! What was said, and where: flags, environment, `keystead.toml`; the strongest wins.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::base::text::without_bom;

use super::service_links::is_service_link;
use super::settings::{CONFIG_VARIABLE, SETTINGS};
use super::{ConfigError, wrong};

/// Where settings come from.
#[derive(Debug, Default)]
pub struct Sources {
    /// Flags, by the setting's name.
    pub flags: BTreeMap<String, String>,
    /// The whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// `--config`.
    pub file: Option<PathBuf>,
}

/// A value and where it was said, for messages.
pub(super) struct Said {
    pub value: String,
    pub place: String,
}

/// All values that were said, the strongest source first.
pub(super) fn said(sources: Sources) -> Result<BTreeMap<&'static str, Said>, ConfigError> {
    let mut environment: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in sources.environment {
        let Ok(name) = name.into_string() else { continue };
        let known = SETTINGS.iter().any(|setting| setting.variable == name) || name == CONFIG_VARIABLE;
        if name.starts_with("KEYSTEAD_") && !known {
            if value.to_str().is_some_and(|value| is_service_link(&name, value)) {
                continue;
            }
            return wrong(format!(
                "the environment variable {name} is unknown: keystead serve --help lists the settings"
            ));
        }
        if known {
            let value = value.into_string().map_err(|_| ConfigError(format!("{name} is not UTF-8 text")))?;
            environment.insert(name, value);
        }
    }
    let named = sources.file.or_else(|| environment.get(CONFIG_VARIABLE).map(PathBuf::from));
    let mut file = read_file(named.as_deref())?;
    let mut flags = sources.flags;
    let mut said = BTreeMap::new();
    for setting in SETTINGS {
        let flag = flags
            .remove(setting.name)
            .map(|value| Said { value, place: format!("--{}", setting.name.replace('_', "-")) });
        let variable =
            environment.remove(setting.variable).map(|value| Said { value, place: setting.variable.to_owned() });
        let line =
            file.remove(setting.name).map(|value| Said { value, place: format!("{} in keystead.toml", setting.name) });
        // An empty variable is one that is not set, as in compose files.
        let strongest = flag.or(variable.filter(|said| !said.value.is_empty())).or(line);
        if let Some(strongest) = strongest {
            // A line end is easily brought along by a file of variables; a path would silently become another.
            if strongest.value.contains(char::is_control) {
                return wrong(format!("{} holds a control character, such as a line end", strongest.place));
            }
            said.insert(setting.name, strongest);
        }
    }
    match file.into_keys().next() {
        Some(unknown) => {
            wrong(format!("{unknown} in keystead.toml is unknown: keystead serve --help lists the settings"))
        }
        None => Ok(said),
    }
}

/// `keystead.toml` as texts. It need not be there unless it was named.
fn read_file(named: Option<&Path>) -> Result<BTreeMap<String, String>, ConfigError> {
    let path = named.unwrap_or(Path::new("keystead.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return wrong(format!("{} cannot be read: {error}", path.display())),
    };
    let text = without_bom(&text);
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        ConfigError(format!("{} is not TOML, line {line}: {}", path.display(), error.message().replace('\n', " ")))
    })?;
    let value = |name: &str, value: toml::Value| match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Boolean(truth) => Ok(truth.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            texts
                .map(|texts| texts.join(","))
                .ok_or_else(|| ConfigError(format!("{name} in keystead.toml is not a list of texts")))
        }
        _ => wrong(format!("{name} in keystead.toml is neither a text, a list of texts, nor true or false")),
    };
    table.into_iter().map(|(name, given)| value(&name, given).map(|text| (name, text))).collect()
}

pub(super) fn parsed<T>(
    said: &BTreeMap<&'static str, Said>,
    name: &str,
    complaint: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    let Some(Said { value, place }) = said.get(name) else { return Ok(None) };
    match parse(value) {
        Some(good) => Ok(Some(good)),
        None => wrong(format!("{place}: “{}” {complaint}", value.escape_debug())),
    }
}

/// A value that may hold a password: said itself, or in a file that is named. It is never repeated in a message.
pub(super) fn secret<T: FromStr<Err: Display>>(
    said: &BTreeMap<&'static str, Said>,
    name: &str,
    file_name: &str,
) -> Result<Option<T>, ConfigError> {
    let (text, place) = match (said.get(name), said.get(file_name)) {
        (Some(_), Some(_)) => return wrong(format!("{name} and {file_name} are both set: take one of them out")),
        (Some(said), None) => (said.value.clone(), &said.place),
        (None, Some(said)) => match std::fs::read_to_string(&said.value) {
            Ok(text) => {
                let line = without_bom(&text).trim();
                if line.contains(char::is_control) {
                    return wrong(format!("{}: {} holds more than one line of text", said.place, said.value));
                }
                (line.to_owned(), &said.value)
            }
            Err(error) => return wrong(format!("{}: {} cannot be read: {error}", said.place, said.value)),
        },
        (None, None) => return Ok(None),
    };
    text.parse().map(Some).map_err(|error| ConfigError(format!("{place} {error}")))
}
