//! Where the story plays: the organization, in which people act at moments of the past.

use std::sync::Arc;

use crate::access::{Act, Actor, Origin, Who};
use crate::app::{Opened, StartError};
use crate::base::clock::Timestamp;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Tx};
use crate::grants::{self, Holder};
use crate::tenants::Tenant;
use crate::users;

use super::people::email;

/// An opened installation and its organization.
pub(super) struct Stage<'a> {
    pub opened: &'a Opened,
    pub tenant: Tenant,
}

impl Stage<'_> {
    /// Lets somebody do something then: with what they held at that moment, and recorded like everything.
    pub fn act<T, E>(
        &self,
        local: &str,
        at: Timestamp,
        mut verb: impl FnMut(&mut Tx<'_>, &Act) -> Result<T, E>,
    ) -> Result<T, StartError>
    where
        E: From<db::Error> + std::error::Error + 'static,
    {
        let run = |tx: &mut Tx<'_>| {
            dialect::lock_row(tx, Lock::Tenant(self.tenant.scope.id()))?;
            let actor = self.actor(tx, local)?;
            verb(tx, &act(self.opened, actor, at))
        };
        self.opened.db.write_here(run).map_err(StartError::new)
    }

    /// Somebody as they are now, from their table in the office.
    pub fn actor(&self, conn: &mut db::Conn, local: &str) -> Result<Actor, db::Error> {
        let account = users::by_email(conn, &email(local))?.ok_or(db::Error::Corrupt("users", "email"))?;
        Ok(Actor {
            who: Who::User(account.id),
            label: account.email,
            tenant: self.tenant.scope,
            root: self.tenant.root(),
            grants: grants::of(conn, self.tenant.scope, Holder::User(account.id))?,
        })
    }
}

/// An act of this moment, from a network of the office.
pub(super) fn act(opened: &Opened, actor: Actor, now: Timestamp) -> Act {
    let desk = actor.label.bytes().fold(0_u8, u8::wrapping_add) % 60;
    Act {
        actor,
        now,
        origin: Origin { address: Some(format!("192.0.2.{}", 20 + desk)), request_id: None },
        entropy: Arc::clone(&opened.entropy),
        keyring: Arc::clone(&opened.keyring),
    }
}
