//! One file for each page, named like its address; the form and the tree in it are parts of several.

pub mod create;
pub mod delete;
pub mod edit;
pub mod form;
pub mod overview;
pub mod reach;
pub mod tree;
