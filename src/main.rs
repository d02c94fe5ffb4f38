//! The program. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    keystead::cli::run(std::env::args_os(), std::env::vars_os().collect())
}
