//! One file for each page, named like its address; and the part "User roles" that two of them share.

pub mod delete;
pub mod detail;
pub mod invitation;
pub mod new;
pub mod overview;
mod roles_form;
pub mod sessions;
