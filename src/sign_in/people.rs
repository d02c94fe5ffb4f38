//! Tells the web side who is signed in, and who can give permissions.

use crate::access::{Actor, Grant, Permission, Refused, ResourcePath, TenantScope, Who};
use crate::base::clock::Timestamp;
use crate::base::zone::Zone;
use crate::db::{Conn, Error};
use crate::grants::{self, Holder};
use crate::roles;
use crate::web::actor::{Givers, People, SignedIn};

use super::store;

/// People with sessions. Read for each request, and again inside each transaction; never kept.
#[derive(Debug, Clone, Copy)]
pub struct SessionPeople;

impl People for SessionPeople {
    fn signed_in(&self, conn: &mut Conn, session: i64, now: Timestamp) -> Result<Option<SignedIn>, Error> {
        let Some(person) = store::person(conn, session, now)? else { return Ok(None) };
        let tenant = person.tenant;
        let actor = Actor {
            who: Who::User(person.user_id),
            label: person.email,
            tenant,
            root: ResourcePath::root(&person.slug),
            grants: grants::of(conn, tenant, Holder::User(person.user_id))?,
        };
        Ok(Some(SignedIn {
            actor,
            session,
            name: person.name,
            organization: person.organization,
            // A name that this version's database of zones does not know is read as UTC.
            time_zone: Zone::named(&person.time_zone).unwrap_or(Zone::UTC),
        }))
    }

    fn who_can_give(&self, conn: &mut Conn, tenant: TenantScope, refused: &Refused) -> Result<Givers, Error> {
        let roles = roles::containing(conn, tenant, refused.permission)?;
        let helpful: Vec<Grant> = roles.into_iter().map(|role| role.on(&refused.resource)).collect();
        let managers = grants::managers(conn, tenant, Permission::ManageUsers)?;
        let ids: Vec<i64> = managers.iter().map(|(id, _)| *id).collect();
        let mut held = grants::of_users(conn, tenant, &ids)?;
        let root = root_of(&refused.resource);
        let people = managers.into_iter().filter_map(|(id, email)| {
            let grants = held.remove(&id).unwrap_or_default();
            let manager = Actor { who: Who::User(id), label: email, tenant, root: root.clone(), grants };
            helpful.iter().any(|grant| manager.require_to_give_user(grant).is_ok()).then_some(manager.label)
        });
        Ok(Givers {
            people: people.take(MOST_GIVERS).collect(),
            roles: helpful.into_iter().map(|grant| grant.role_name).collect(),
        })
    }
}

/// So many people are enough to ask.
const MOST_GIVERS: usize = 5;

/// The first segment: the tenant's root.
fn root_of(path: &ResourcePath) -> ResourcePath {
    path.ancestors().next().unwrap_or_else(|| path.clone())
}
