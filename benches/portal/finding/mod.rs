//! Measures the API Key Overview of an organization with very many keys, beside the same with a thousand, on SQLite and on
//! PostgreSQL, and prints a table: `make bench-finding`, which takes a quarter of an hour.
//!
//! A figure is the time from sending a request to the end of the page, over one connection at a time on this machine. What
//! counts is how much more the many keys take than the few.

mod data;
mod pages;

use std::time::Duration;

/// Keys of the small organization.
const FEW: i64 = 1_000;
/// Keys of the large one, unless the environment says another number.
const MANY: i64 = 1_000_000;

/// Measures and prints.
pub fn run() {
    let many = std::env::var("KEYSTEAD_BENCH_KEYS").map_or(MANY, |keys| keys.parse().expect("a number of keys"));
    let server = std::env::var("KEYSTEAD_TEST_POSTGRES").ok();
    let only = std::env::var("KEYSTEAD_BENCH_ON").ok();
    println!("One connection, {} requests each; p50 / p99 in milliseconds.\n", pages::REQUESTS);
    println!("| database | list | {FEW} keys | {many} keys | p50 ratio | p99 ratio |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, server) in [("SQLite", None), ("PostgreSQL", server.as_deref())] {
        if name == "PostgreSQL" && server.is_none() || only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let few = pages::measure(server, FEW);
        let much = pages::measure(server, many);
        for (few, much) in few.iter().zip(&much) {
            let ratio = |of: fn(&pages::Measured) -> Duration| of(much).as_secs_f64() / of(few).as_secs_f64();
            println!(
                "| {name} | {} | {} | {} | {:.1} | {:.1} |",
                few.what,
                row(few),
                row(much),
                ratio(|measured| measured.p50),
                ratio(|measured| measured.p99)
            );
        }
    }
}

fn row(measured: &pages::Measured) -> String {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    format!("{:.1} / {:.1}", ms(measured.p50), ms(measured.p99))
}
