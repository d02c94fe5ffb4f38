//! The SQL of `grants`.

mod changing;
mod former;
mod holders;
mod reading;

use crate::access::Grant;

pub(super) use changing::remove;
pub use changing::{count_change_of_holders, insert, raise_token_version, remove_all, remove_everywhere};
pub use former::{former, move_former, retire};
pub use holders::{COUNTED, Held, has_administrator, held, managers, resources_of_role, roles_on};
pub use reading::{of, of_keys, of_users, permissions_of};
pub(super) use reading::{resolve, stored};

/// Who holds a grant, by database id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(i64),
    /// An API key.
    ApiKey(i64),
}

/// A grant with the database ids behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::grants) struct Stored {
    pub role_id: i64,
    pub resource_id: i64,
    pub grant: Grant,
}

/// Which grants are meant: of a role, or on some resources.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// Every grant of this role.
    Role(i64),
    /// Every grant on one of these resources.
    Resources(&'a [i64]),
}
