//! One file for each page, named like its address.

pub mod create;
pub mod credential;
pub mod delete;
pub mod detail;
pub mod edit;
mod evidence;
pub mod export;
pub mod first_use;
pub mod overview;
pub mod pause;
pub mod rotate;
pub mod selected;
pub mod still_knocking;
