//! One file for each page, named like its address.

pub mod create;
pub mod credential;
pub mod delete;
pub mod detail;
pub mod overview;
