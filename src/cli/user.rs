//! `keystead user invite`, `list` and `reset`: users from the shell. Nobody's password is ever typed here.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use crate::access::Grant;
use crate::app::StartError;
use crate::base::text::check_line;
use crate::config::Config;
use crate::grants::Wanted;
use crate::tenants::{self, Tenant};
use crate::users::email::Email;
use crate::users::{self, Invite, LONGEST_NAME, Link};

use super::output::{print, print_done};
use super::shell::{self, Shell, required, text};

pub(super) fn command() -> Command {
    let tenant = || required("tenant", "The organization's slug");
    let email = || required("email", "What the user signs in with");
    let name =
        Arg::new("name").long("name").value_name("TEXT").help("The user's name [default: what stands before the @]");
    let role = Arg::new("role")
        .long("role")
        .value_name("ROLE")
        .action(ArgAction::Append)
        .help("The slug of a role on the whole organization, or RESOURCE=ROLE; may be repeated [default: member]");
    let here = Arg::new("tenant")
        .long("tenant")
        .value_name("TEXT")
        .help("The organization's slug [default: that of the user who signs in with the address]");
    Command::new("user")
        .about("Users from the shell")
        .subcommand_required(true)
        .subcommand(Command::new("invite").about("Adds a user; prints one JSON object with the one-time link").args([
            tenant(),
            email(),
            name,
            role,
        ]))
        .subcommand(Command::new("list").about("Lists the users, a JSON object a line").arg(tenant()))
        .subcommand(
            Command::new("reset")
                .about(
                    "Makes a link to choose another password; the way back in for an administrator who is locked out",
                )
                .args([here, email()]),
        )
}

pub(super) fn run(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    match arguments.subcommand() {
        Some(("invite", arguments)) => invite(config, arguments),
        Some(("list", arguments)) => list(config, arguments),
        Some((_, arguments)) => reset(config, arguments),
        None => Ok(()),
    }
}

fn invite(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    let email = address(arguments)?;
    let name = Some(text(arguments, "name")).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| email.local().to_owned());
    check_line(&name, LONGEST_NAME)
        .map_err(|_| StartError::new(format!("--name is not one line of 1 to {LONGEST_NAME} characters")))?;
    let shell = Shell::open(config, &text(arguments, "tenant"))?;
    let roles =
        arguments.get_many::<String>("role").map_or_else(|| vec!["member".to_owned()], |all| all.cloned().collect());
    let wanted = roles.iter().map(|role| wanted(role, &shell)).collect::<Result<Vec<_>, _>>()?;
    let new = Invite { email, name, wanted };
    let link = shell.write(|tx, act| users::invite(tx, act, &new))?;
    print_link(config, &shell.tenant, &link)
}

/// `ROLE`, or `RESOURCE=ROLE`; a resource's path has equals signs of its own, so the last one parts them.
fn wanted(text: &str, shell: &Shell) -> Result<Wanted, StartError> {
    let root = shell.tenant.root();
    match text.rsplit_once('=') {
        None => Ok(Wanted { role: text.to_owned(), resource: root }),
        Some((path, role)) => {
            let resource = path.parse().map_err(|_| {
                StartError::new(format!("--role: “{path}” is not the path of a resource such as {root}:account=main"))
            })?;
            Ok(Wanted { role: role.to_owned(), resource })
        }
    }
}

fn list(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    let shell = Shell::open(config, &text(arguments, "tenant"))?;
    let act = shell.act();
    let all = shell.opened.db.read_here(|conn| users::all(conn, &act.actor)).map_err(StartError::new)?;
    print(all.into_iter().map(|listed| {
        let user = listed.user;
        json!({
            "user_id": user.public_id, "email": user.email, "name": user.name, "status": user.status().as_str(),
            "grants": listed.grants.iter().map(grant).collect::<Vec<_>>(),
            "created_at": user.created_at.rfc3339(), "last_signed_in_at": user.last_signed_in_at.map(|at| at.rfc3339()),
        })
    }))
}

fn grant(grant: &Grant) -> Value {
    json!({ "resource": grant.resource.as_str(), "role": grant.role })
}

fn reset(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    let email = address(arguments)?;
    let given = Some(text(arguments, "tenant")).filter(|slug| !slug.is_empty());
    let slug = given.map_or_else(|| tenant_of(config, &email), Ok)?;
    let shell = Shell::open(config, &slug)?;
    let link = shell
        .write(|tx, act| users::link_by_email(tx, act, &email))
        .map_err(|error| StartError::new(format!("--email {}: {error}", email.as_str())))?;
    print_link(config, &shell.tenant, &link)
}

/// An address belongs to one user of the installation who can sign in.
fn tenant_of(config: &Config, email: &Email) -> Result<String, StartError> {
    let opened = shell::open(config)?;
    let account = opened.db.read_here(|conn| users::by_email(conn, &email.folded()))?;
    let account = account.ok_or_else(|| {
        let email = email.as_str();
        StartError::new(format!(
            "--email: nobody signs in as “{email}”; for somebody who is only invited, give --tenant too"
        ))
    })?;
    Ok(opened.db.read_here(|conn| tenants::by_id(conn, account.tenant))?.slug)
}

fn address(arguments: &ArgMatches) -> Result<Email, StartError> {
    let text = text(arguments, "email");
    Email::parse(&text).map_err(|_| StartError::new(format!("--email: “{text}” is not an e-mail address")))
}

/// The one place where the link is: on standard output, once.
fn print_link(config: &Config, tenant: &Tenant, link: &Link) -> Result<(), StartError> {
    let public_url = config.public_url_at(config.listen);
    let line = json!({
        "user_id": link.user.public_id, "email": link.user.email, "purpose": link.purpose.as_str(),
        "url": format!("{public_url}/invitations/{}", link.issued.code.expose()),
        "expires_at": link.issued.expires_at.rfc3339(),
    });
    let (slug, email) = (&tenant.slug, &link.user.email);
    let done = format!(
        "The link was made, and nobody has seen it: keystead user reset --tenant {slug} --email {email} makes another in its place"
    );
    print_done([line], &done)
}
