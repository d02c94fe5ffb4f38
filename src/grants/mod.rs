//! Who holds which role on which resource. Knows holders by id and label only.

mod actions;
pub mod form;
mod in_words;
mod store;

pub use actions::{Changed, GrantsError, Wanted, change};
pub use in_words::MayDo;
pub use store::{
    COUNTED, Held, Holder, Of, count_change_of_holders, former, has_administrator, held, insert, managers, move_former,
    of, of_keys, of_users, permissions_of, raise_token_version, remove_all, remove_everywhere, resources_of_role,
    retire, roles_on,
};
