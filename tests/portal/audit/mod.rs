//! The audit log: what is recorded, how it is shown, and that nobody can change it unseen.

mod chain;
mod events;
mod overview;
mod together;
