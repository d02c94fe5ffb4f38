//! Who holds which role on which resource. Knows holders by id and label only.

mod store;

pub use store::{Holder, emails_of_holders, insert, of, remove_all};
