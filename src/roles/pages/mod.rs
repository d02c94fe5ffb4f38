//! One file for each page, named like its address; the form that two of them share, and the holders that two of them show.

pub mod create;
pub mod delete;
pub mod edit;
mod form;
mod holders;
pub mod overview;
