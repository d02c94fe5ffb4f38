//! Whoever is signed in. The middleware that knows puts it into the request; this module only takes it out.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::access::{Act, Actor, Permission, Refused, TenantScope};
use crate::base::clock::Timestamp;
use crate::base::zone::Zone;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Conn, Tx};

use super::moment::Here;
use super::{Error, Portal};

/// Somebody with a live session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What they may do, as read for this request.
    pub actor: Actor,
    /// The session's database id.
    pub session: i64,
    /// Their name.
    pub name: String,
    /// The organization's name.
    pub organization: String,
    /// Where they read and type dates.
    pub time_zone: Zone,
}

/// Knows who is behind a session, and who can give permissions. One feature implements it; `app.rs` hands it in.
pub trait People: Send + Sync {
    /// Whoever is signed in by this session now; `None` when the session or the user has ended.
    ///
    /// # Errors
    /// When the database refuses.
    fn signed_in(&self, conn: &mut Conn, session: i64, now: Timestamp) -> Result<Option<SignedIn>, db::Error>;

    /// Which roles contain the permission, and who can give one of them there.
    ///
    /// # Errors
    /// When the database refuses.
    fn who_can_give(&self, conn: &mut Conn, tenant: TenantScope, refused: &Refused) -> Result<Givers, db::Error>;
}

/// The way to a permission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Givers {
    /// The names of the roles that contain it.
    pub roles: Vec<String>,
    /// The e-mail addresses of some who can give one of them.
    pub people: Vec<String>,
}

impl SignedIn {
    /// What a page asks first: the permission, held as widely as the page needs.
    ///
    /// # Errors
    /// [`Refused`] when it is missing.
    pub fn require(&self, permission: Permission) -> Result<(), Refused> {
        self.actor.require_to_open(permission)
    }

    /// From where they look at moments.
    pub const fn here(&self, now: Timestamp) -> Here<'_> {
        Here { now, zone: &self.time_zone }
    }

    /// Runs a verb in a transaction. The tenant is locked first, and then the actor is read again: what was taken away
    /// meanwhile does not count, and nothing that the verb finds allowed changes before it commits.
    ///
    /// # Errors
    /// What the verb answers; [`super::error::Kind::SignInFirst`] when the session has ended meanwhile.
    pub async fn write<T, E>(
        &self,
        req: &HttpRequest,
        portal: &Portal,
        mut verb: impl FnMut(&mut Tx<'_>, &Act) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, Error>
    where
        T: Send + 'static,
        E: From<db::Error> + std::error::Error + Send + Sync + 'static,
    {
        let (session, people) = (self.session, std::sync::Arc::clone(&portal.people));
        let act = portal.act(req, self.actor.clone());
        let result = portal
            .db
            .write(move |tx| {
                let lock = dialect::lock_row(tx, Lock::Tenant(act.actor.tenant.id()));
                lock.map_err(E::from).map_err(Verb::Refused)?;
                let Some(again) = people.signed_in(tx, session, act.now).map_err(E::from).map_err(Verb::Refused)?
                else {
                    return Err(Verb::SignedOut);
                };
                let act = Act { actor: again.actor, ..act.clone() };
                verb(tx, &act).map_err(Verb::Refused)
            })
            .await;
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(Verb::Refused(error)) => Ok(Err(error)),
            Err(Verb::SignedOut) => Err(Error::sign_in_first()),
        }
    }
}

/// Why a verb did not happen.
#[derive(Debug)]
enum Verb<E> {
    Refused(E),
    SignedOut,
}

impl<E: From<db::Error>> From<db::Error> for Verb<E> {
    fn from(error: db::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl<E: std::error::Error + 'static> std::fmt::Display for Verb<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => std::fmt::Display::fmt(error, f),
            Self::SignedOut => f.write_str("the session has ended"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Verb<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::SignedOut => None,
        }
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.extensions().get::<Self>().cloned().ok_or_else(Error::sign_in_first))
    }
}
