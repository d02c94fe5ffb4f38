//! What commands print. Writing can fail (a reader that has gone, a full disk), so nothing here panics as `println!` does.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::app::StartError;

/// Prints lines on standard output.
///
/// # Errors
/// When they cannot be written.
pub(super) fn print(lines: impl IntoIterator<Item = impl Display>) -> Result<(), StartError> {
    print_done(lines, "")
}

/// Prints lines on standard output. `done` tells what the command has changed by then and, where the lines held the only copy
/// of something, how to get another: it is added to the error.
///
/// # Errors
/// When they cannot be written.
pub(super) fn print_done(lines: impl IntoIterator<Item = impl Display>, done: &str) -> Result<(), StartError> {
    let write = || {
        let mut out = io::stdout().lock();
        for line in lines {
            writeln!(out, "{line}")?;
        }
        out.flush()
    };
    write().map_err(|error| unwritable(&error, done))
}

/// Why standard output cannot be written, and what was done all the same.
pub(super) fn unwritable(error: &io::Error, done: &str) -> StartError {
    StartError::new(format!("standard output cannot be written: {error}. {done}"))
}

/// Prints what went wrong on standard error. Where that cannot be written either, the exit code alone tells.
pub(super) fn fail(error: impl Display) -> ExitCode {
    let _ = writeln!(io::stderr().lock(), "keystead: {error}");
    ExitCode::FAILURE
}
