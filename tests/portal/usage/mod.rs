//! When keys are used.

mod last_use;
