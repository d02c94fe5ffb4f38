//! One file for each page, named like its address; and one for what they show in common.

pub mod access_tokens;
pub mod overview;
pub mod signing_keys;
mod view;
