use std::time::Duration;

use crate::{ROUNDS, STARTS, load, load::Turn};

/// Pairs of turns: the bare handler's, Keystead's.
pub type Turns = Vec<(Turn, Turn)>;

pub struct Report {
    pub starts: Duration,
    pub binary: u64,
    pub memory_idle: u64,
    pub memory_after: u64,
    pub verify: Turns,
    pub token: Turns,
}

impl Report {
    pub fn print(&self) {
        let connections = load::CONNECTIONS;
        println!("Measured by `make bench` on {}.\n", machine());
        println!("| what | measured |");
        println!("| --- | --- |");
        println!("| start to ready, empty database | {:.0} ms (median of {STARTS}) |", self.starts.as_secs_f64() * 1e3);
        println!("| size of the program | {:.1} MB |", mega(self.binary));
        println!("| resident memory, idle | {:.1} MB |", mega(self.memory_idle));
        println!("| resident memory after the requests below | {:.1} MB |", mega(self.memory_after));
        println!();
        println!(
            "| {connections} connections, median of {ROUNDS} turns | requests/s | p50 | p99 | bare handler beside it | ratio |"
        );
        println!("| --- | --- | --- | --- | --- | --- |");
        row("`POST /api/v1/verify`", &self.verify);
        row("`POST /{tenant}/oauth2/token`", &self.token);
        println!(
            "\nThe bare handler is an actix-web handler in a process of its own that parses `{{\"key\": …}}`\n\
             and answers with 120 bytes of JSON. Its turns and Keystead's alternate; the ratio is the\n\
             median of the pairs' ratios. The load comes from the same machine."
        );
    }
}

fn row(what: &str, turns: &Turns) {
    let ours = median(turns.iter().map(|(_, ours)| ours.per_second).collect());
    let bare = median(turns.iter().map(|(bare, _)| bare.per_second).collect());
    let ratio = median(turns.iter().map(|(bare, ours)| ours.per_second / bare.per_second).collect());
    let mut latencies: Vec<_> = turns.iter().flat_map(|(_, ours)| &ours.latencies).collect();
    latencies.sort();
    let percentile = |percent: usize| {
        let at = (latencies.len() * percent / 100).min(latencies.len() - 1);
        latencies[at].as_secs_f64() * 1e3
    };
    println!("| {what} | {ours:.0} | {:.2} ms | {:.2} ms | {bare:.0} | {ratio:.2} |", percentile(50), percentile(99));
}

/// The middle one.
pub fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("numbers have an order"));
    values[values.len() / 2]
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        text.lines()
            .find(|line| line.starts_with("model name"))
            .and_then(|line| line.split(": ").nth(1))
            .map(str::to_owned)
    });
    match processor {
        Some(processor) => format!("{cores} cores of {processor}"),
        None => format!("{cores} cores"),
    }
}
