//! One file for each page, named like its address.

pub mod create;
pub mod credential;
pub mod delete;
pub mod detail;
pub mod edit;
pub mod export;
pub mod fields;
pub mod overview;
pub mod pause;
pub mod rotate;
pub mod selected;
