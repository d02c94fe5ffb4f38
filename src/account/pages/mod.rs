//! The page of one's own account, and a file for each thing that can be sent from it.

pub mod overview;
pub mod password;
pub mod sessions;
