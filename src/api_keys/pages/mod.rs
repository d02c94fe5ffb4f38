//! One file for each page, named like its address.

pub mod create;
pub mod credential;
pub mod delete;
pub mod detail;
pub mod disable;
pub mod edit;
pub mod enable;
mod evidence;
pub mod export;
pub mod fields;
pub mod first_use;
pub mod listeners;
pub mod overview;
pub mod rotate;
pub mod rotation;
pub mod selected;
pub mod still_knocking;
pub mod tags;
