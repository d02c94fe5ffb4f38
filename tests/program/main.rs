//! The program as whoever runs it meets it: a process with settings, files, signals, a log and a database that comes and
//! goes. A file for each topic.

mod support;

mod broken_output;
mod clients;
mod crowds;
mod demo;
mod files;
#[cfg(feature = "test-gateways")]
mod gateways;
mod init;
mod kill;
mod logs;
mod malformed;
mod old_clients;
mod people;
#[cfg(feature = "test-postgres")]
mod pgbouncer;
#[cfg(feature = "test-postgres")]
mod postgres;
mod settings;
mod start;
mod stop;
