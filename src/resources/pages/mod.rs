//! One file for each page, named like its address; the form, the tree and the numbers in it are parts of several.

pub mod create;
pub mod delete;
pub mod edit;
pub mod form;
pub mod numbers;
pub mod overview;
pub mod reach;
pub mod tree;
