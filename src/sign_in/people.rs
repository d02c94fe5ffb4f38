//! Tells the web side who is signed in, and who can give permissions.

use crate::access::{Actor, BuiltIn, Permission, ResourcePath, TenantScope, Who};
use crate::base::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::grants::{self, Holder};
use crate::web::actor::{People, SignedIn};

use super::store;

/// People with sessions. Read for each request, and again inside each transaction; never kept.
#[derive(Debug, Clone, Copy)]
pub struct SessionPeople;

impl People for SessionPeople {
    fn signed_in(&self, conn: &mut Conn, session: i64, now: Timestamp) -> Result<Option<SignedIn>, Error> {
        let Some(person) = store::person(conn, session, now)? else { return Ok(None) };
        let tenant = TenantScope::from_row(person.tenant_id);
        let actor = Actor {
            who: Who::User(person.user_id),
            label: person.email,
            tenant,
            root: ResourcePath::root(&person.slug),
            grants: grants::of(conn, tenant, Holder::User(person.user_id))?,
        };
        Ok(Some(SignedIn { actor, session, name: person.name, organization: person.organization }))
    }

    fn who_can_give(&self, conn: &mut Conn, tenant: TenantScope, permission: Permission) -> Result<Vec<String>, Error> {
        // Administrators hold everything. "Manage API credentials" may be given by whoever manages users, too.
        let mut givers = vec![BuiltIn::Admin];
        if BuiltIn::holding(permission).any(BuiltIn::assignable_by_user_managers) {
            givers.push(BuiltIn::ManageUsers);
        }
        grants::emails_of_holders(conn, tenant, &givers)
    }
}
