//! Who holds which role on which resource. Knows holders by id and label only.

mod actions;
mod store;

pub use actions::{Changed, GrantsError, NewGrant, change};
pub use store::{
    COUNTED, Held, Holder, Of, another_administrator, held, insert, of, of_users, permissions_of, remove_all,
    remove_everywhere, resources_of_role, roles_on, user_managers,
};
