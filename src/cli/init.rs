//! `keystead init`: the first tenant and its administrator, without a browser.

use std::io::Read;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command};
use zeroize::Zeroizing;

use crate::access::{Act, Actor, Origin};
use crate::app::{self, StartError};
use crate::base::clock::SystemClock;
use crate::base::password::Hasher;
use crate::base::random::SystemEntropy;
use crate::base::secret::Secret;
use crate::base::text::{check_line, without_bom};
use crate::config::Config;
use crate::sign_in::{self, Proof, SetUp};
use crate::users::LONGEST_NAME;
use crate::users::email::Email;
use crate::users::password::{self, PasswordProblem};

use super::output::print_done;
use super::shell::{required, text};
use super::tenant::parse_slug;

pub(super) fn command() -> Command {
    Command::new("init")
        .about("Makes the first organization and its administrator, without a browser")
        .arg(required("tenant", "The organization's short name in addresses, such as acme; never changed"))
        .arg(required("organization", "The organization's name"))
        .arg(required("email", "What the administrator signs in with"))
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("TEXT")
                .help("The administrator's name [default: the e-mail address]"),
        )
        .arg(
            Arg::new("password-stdin")
                .long("password-stdin")
                .required(true)
                .action(ArgAction::SetTrue)
                .help("Reads the password from standard input"),
        )
}

pub(super) fn run(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    let (tenant, organization) = (text(arguments, "tenant"), text(arguments, "organization"));
    let address = text(arguments, "email");
    let name = Some(text(arguments, "name")).filter(|name| !name.is_empty()).unwrap_or_else(|| address.clone());
    let slug = parse_slug("--tenant", &tenant)?;
    let email = Email::parse(&address)
        .map_err(|_| StartError::new(format!("--email: “{address}” is not an e-mail address")))?;
    for (flag, text) in [("--organization", &organization), ("--name", &name)] {
        check_line(text, LONGEST_NAME)
            .map_err(|_| StartError::new(format!("{flag} is not one line of 1 to {LONGEST_NAME} characters")))?;
    }
    let chosen = read_password()?;
    password::check(&chosen, &[&tenant, &organization, &name, &address])
        .map_err(|problem| StartError::new(words(problem)))?;

    let opened = app::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
    let hash = async { Hasher::new(1, &SystemEntropy)?.hash(&chosen, &SystemEntropy).await };
    let password_hash = actix_web::rt::System::new().block_on(hash).map_err(StartError::new)?;
    let new = SetUp { slug, organization, name, email, password_hash };
    let act = Act {
        actor: Actor::installation("keystead init"),
        now: opened.clock.now(),
        origin: Origin::default(),
        entropy: opened.entropy,
        keyring: opened.keyring,
    };
    opened.db.write_here(|tx| sign_in::set_up(tx, &act, &new, &Proof::Shell)).map_err(StartError::new)?;
    let line =
        format!("{} is ready. {} signs in with the password that was given.", new.organization, new.email.as_str());
    print_done([&line], &line)
}

fn read_password() -> Result<Secret, StartError> {
    let mut text = Zeroizing::new(String::new());
    let read = std::io::stdin().take(4_096).read_to_string(&mut text);
    read.map_err(|error| StartError::new(format!("the password cannot be read from standard input: {error}")))?;
    let text = without_bom(&text);
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.contains(['\n', '\r']) {
        return Err(StartError::new("there is more than one line on standard input: give the password alone"));
    }
    // A form takes neither, so nobody could sign in with such a password. U+FFFD is what a wrong encoding leaves behind.
    if line.contains(|letter: char| letter.is_control() || letter == '\u{fffd}') {
        return Err(StartError::new(
            "the password on standard input holds a control character, such as a tab or NUL, or U+FFFD: browsers cannot send it",
        ));
    }
    Ok(Secret::new(line.to_owned()))
}

fn words(problem: PasswordProblem) -> String {
    let (shortest, longest) = (password::SHORTEST, password::LONGEST);
    match problem {
        PasswordProblem::Empty => "the password on standard input is empty".into(),
        PasswordProblem::TooShort { length } => {
            format!("the password has {length} characters: it needs at least {shortest}")
        }
        PasswordProblem::TooLong { length } => {
            format!("the password has {length} characters: it can have at most {longest}")
        }
        PasswordProblem::Common => "the password is one that is tried first: choose another, a sentence is fine".into(),
        PasswordProblem::ContainsContext => {
            "the password consists of the organization's or the administrator's name or address: choose another".into()
        }
    }
}
