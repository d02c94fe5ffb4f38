//! The commands of the program, a file for each.

mod demo;
mod init;
mod logging;
mod output;
mod serve;
mod shell;
mod signals;
mod tenant;
mod user;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::config::{CONFIG_VARIABLE, Config, SETTINGS, Sources};

use output::{fail, unwritable};

/// Runs the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: Vec<(OsString, OsString)>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() => return fail(first_line(&error.to_string())),
        Err(help) => {
            return match help.print() {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(unwritable(&error, "")),
            };
        }
    };
    let (name, arguments) = matches.subcommand().unwrap_or(("serve", &matches));
    // Settings are flags of every command, however deep it is.
    let deepest = arguments.subcommand().map_or(arguments, |(_, deeper)| deeper);
    let config = match Config::load(sources(deepest, environment)) {
        Ok(config) => config,
        Err(error) => return fail(error),
    };
    if let Err(error) = logging::start(&config) {
        return fail(error);
    }
    let result = match name {
        "demo" => demo::run(&config, arguments),
        "init" => init::run(&config, arguments),
        "tenant" => tenant::run(&config, arguments),
        "user" => user::run(&config, arguments),
        _ => serve::run(&config),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}

/// The program's commands and flags.
pub fn command() -> Command {
    let settings = SETTINGS.iter().map(|setting| {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        Arg::new(setting.name)
            .long(setting.name.replace('_', "-"))
            .value_name("VALUE")
            .global(true)
            .help(format!("{}{default} [env: {}]", setting.help, setting.variable))
    });
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .global(true)
        .value_parser(value_parser!(std::path::PathBuf));
    Command::new("keystead")
        .about("The API-key portal that a company hosts itself")
        .version(env!("CARGO_PKG_VERSION"))
        .args(settings)
        .arg(file.help(format!("Settings file [default: keystead.toml, if there is one] [env: {CONFIG_VARIABLE}]")))
        .subcommand(Command::new("serve").about("Runs the portal; what keystead does when no command is given"))
        .subcommand(demo::command())
        .subcommand(init::command())
        .subcommand(tenant::command())
        .subcommand(user::command())
}

fn sources(matches: &ArgMatches, environment: Vec<(OsString, OsString)>) -> Sources {
    let flag = |name: &str| matches.get_one::<String>(name).cloned().map(|value| (name.to_owned(), value));
    let flags: BTreeMap<String, String> = SETTINGS.iter().filter_map(|setting| flag(setting.name)).collect();
    Sources { flags, environment, file: matches.get_one("config").cloned() }
}

/// What is wrong, without the usage that follows after an empty line.
fn first_line(text: &str) -> String {
    let lines = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect::<Vec<_>>();
    format!("{} (keystead --help lists commands and settings)", lines.join(" ").trim_start_matches("error: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn help_lists_every_setting() {
        let help = command().render_long_help().to_string();
        for setting in SETTINGS {
            assert!(
                help.contains(setting.variable) && help.contains(&setting.name.replace('_', "-")),
                "{}",
                setting.name
            );
        }
    }
}
