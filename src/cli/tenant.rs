//! `keystead tenant add`, `list` and `rotate-signing-key`: the organizations of one installation.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use crate::app::StartError;
use crate::base::clock::Timestamp;
use crate::base::text::check_line;
use crate::config::Config;
use crate::sign_in;
use crate::signing_keys;
use crate::tenants::{self, Slug, SlugProblem};
use crate::users::LONGEST_NAME;

use super::output::{print, print_done};
use super::shell::{self, Shell, required, text};

pub(super) fn command() -> Command {
    let slug = required("slug", "The organization's short name in addresses, such as acme; never changed");
    let organization = required("organization", "The organization's name");
    let at_once = Arg::new("at-once").long("at-once").action(ArgAction::SetTrue).help(
        "For when a key has leaked: the new key signs now and all others are deleted, so that every access token given before stops working",
    );
    let rotate = Command::new("rotate-signing-key")
        .about("Makes the next key that signs access tokens; prints one JSON object")
        .arg(required("tenant", "The organization's slug"))
        .arg(at_once);
    Command::new("tenant")
        .about("The organizations in this installation")
        .subcommand_required(true)
        .subcommand(Command::new("add").about("Adds an organization; prints it as JSON").arg(slug).arg(organization))
        .subcommand(Command::new("list").about("Lists the organizations, a JSON object a line"))
        .subcommand(rotate)
}

pub(super) fn run(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    match arguments.subcommand() {
        Some(("add", arguments)) => add(config, arguments),
        Some(("rotate-signing-key", arguments)) => rotate_signing_key(config, arguments),
        _ => list(config),
    }
}

fn add(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    let (slug, organization) = (text(arguments, "slug"), text(arguments, "organization"));
    let slug = parse_slug("--slug", &slug)?;
    check_line(&organization, LONGEST_NAME)
        .map_err(|_| StartError::new(format!("--organization is not one line of 1 to {LONGEST_NAME} characters")))?;
    let opened = shell::open(config)?;
    let act = shell::act(&opened);
    let tenant = opened
        .db
        .write_here(|tx| sign_in::add_tenant(tx, &act, &slug, &organization))
        .map_err(|error| StartError::new(format!("--slug {slug}: {error}")))?;
    let line = json!({ "tenant": tenant.slug, "organization": tenant.organization });
    print_done([line], &format!("The organization {} was added all the same", tenant.slug))
}

fn list(config: &Config) -> Result<(), StartError> {
    let opened = shell::open(config)?;
    let all = opened.db.read_here(tenants::all)?.into_iter();
    print(all.map(|tenant| json!({ "tenant": tenant.slug, "organization": tenant.organization })))
}

fn rotate_signing_key(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    let shell = Shell::open(config, &text(arguments, "tenant"))?;
    let rotated = if arguments.get_flag("at-once") {
        shell.write(|tx, act| signing_keys::replace(tx, act, None))?
    } else {
        shell.write(|tx, act| signing_keys::rotate(tx, act, None))?
    };
    let line = json!({
        "tenant": shell.tenant.slug, "kid": rotated.kid, "algorithm": rotated.algorithm.as_str(),
        "signs_from": rotated.signs_from.rfc3339(), "previous_kid": rotated.before,
        "previous_published_until": rotated.before_published_until.map(Timestamp::rfc3339),
    });
    let done = format!("The next signing key {} was made all the same: the page Settings shows it", rotated.kid);
    print_done([line], &done)
}

/// What was given for a slug, or what is wrong with it.
pub(super) fn parse_slug(flag: &str, slug: &str) -> Result<Slug, StartError> {
    Slug::parse(slug).map_err(|problem| {
        StartError::new(match problem {
            SlugProblem::Reserved => format!("{flag}: “{slug}” is reserved for addresses of Keystead itself"),
            SlugProblem::Empty | SlugProblem::Malformed => {
                format!("{flag}: “{slug}” is not 2 to 63 of a-z, 0-9 and hyphens that begin with a letter")
            }
        })
    })
}
