//! The program as whoever runs it meets it: a process with settings, files, signals, a log and a database that comes and
//! goes. A file for each topic.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod files;
mod init;
mod kill;
mod logs;
#[cfg(feature = "test-postgres")]
mod postgres;
mod settings;
mod start;
mod stop;
