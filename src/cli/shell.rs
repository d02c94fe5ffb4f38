//! What commands have in common that act in a tenant: the installation, opened, and the operating-system account as the actor.

use std::sync::Arc;

use clap::{Arg, ArgMatches};

use crate::access::{Act, Actor, Origin, Who};
use crate::app::{self, Opened, StartError};
use crate::base::clock::SystemClock;
use crate::base::random::SystemEntropy;
use crate::config::Config;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Tx};
use crate::installation;
use crate::tenants::{self, Tenant};

/// What the shell is called in the audit log.
const LABEL: &str = "Shell";

/// An opened installation and one of its tenants.
pub(super) struct Shell {
    pub opened: Opened,
    pub tenant: Tenant,
}

/// A flag that a command cannot do without.
pub(super) fn required(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).required(true).value_name("TEXT").help(help)
}

/// What was given for a flag.
pub(super) fn text(arguments: &ArgMatches, name: &str) -> String {
    arguments.get_one::<String>(name).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// Opens the installation, which has to be set up: a command in the wrong directory makes none by mistake.
pub(super) fn open(config: &Config) -> Result<Opened, StartError> {
    let database = &config.database;
    let missing = StartError::new(format!(
        "the database {database} is not set up yet: make the first organization with keystead init, or say where it is with --database-url or --data-dir"
    ));
    if let db::Url::Sqlite(path) = database
        && !path.exists()
    {
        return Err(missing);
    }
    let opened = app::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
    let is_set_up = opened.db.read_here(installation::load)?.is_some_and(|row| row.is_set_up);
    if is_set_up { Ok(opened) } else { Err(missing) }
}

/// An act of the shell that concerns no tenant, or none yet.
pub(super) fn act(opened: &Opened) -> Act {
    Act {
        actor: Actor { who: Who::Shell, ..Actor::installation(LABEL) },
        now: opened.clock.now(),
        origin: Origin::default(),
        entropy: Arc::clone(&opened.entropy),
        keyring: Arc::clone(&opened.keyring),
    }
}

impl Shell {
    /// Opens the installation in the tenant that `--tenant` names.
    pub fn open(config: &Config, slug: &str) -> Result<Self, StartError> {
        let opened = open(config)?;
        let tenant = opened.db.read_here(|conn| tenants::by_slug(conn, slug))?;
        let tenant = tenant.ok_or_else(|| {
            StartError::new(format!("--tenant: there is no organization “{slug}”: keystead tenant list lists them"))
        })?;
        Ok(Self { opened, tenant })
    }

    /// An act of the shell in this tenant, where it holds everything.
    pub fn act(&self) -> Act {
        let act = act(&self.opened);
        Act { actor: Actor { tenant: self.tenant.scope, root: self.tenant.root(), ..act.actor }, ..act }
    }

    /// Runs a verb in a transaction, behind the tenant's lock.
    pub fn write<T, E>(&self, mut verb: impl FnMut(&mut Tx<'_>, &Act) -> Result<T, E>) -> Result<T, StartError>
    where
        E: From<db::Error> + std::error::Error + 'static,
    {
        let act = self.act();
        let run = |tx: &mut Tx<'_>| {
            dialect::lock_row(tx, Lock::Tenant(self.tenant.scope.id()))?;
            verb(tx, &act)
        };
        self.opened.db.write_here(run).map_err(StartError::new)
    }
}
