//! Measures Keystead on this machine, beside an actix handler that does nothing, and prints a
//! table: `make bench`.
//!
//! Requests a second mean little by themselves: they depend on the machine, and on what else it
//! does. So each measurement has a turn of the bare handler next to it, and the ratio of the two
//! is what to compare.

mod bare;
mod finding;
mod http;
mod load;
mod program;
mod report;
mod visitor;

use load::Load;
use program::Running;
use report::{Report, Turns, median};

/// Starts, of which the middle one counts.
const STARTS: usize = 11;
/// Pairs of turns, the bare handler's and Keystead's.
const ROUNDS: usize = 7;

fn main() {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    if asked("bare") {
        return bare::serve();
    }
    if asked("finding") {
        return finding::run();
    }

    let starts = median((0..STARTS).map(|_| program::time_to_ready()).collect());
    let (portal, _data) = program::start_with_an_administrator();
    let memory_idle = portal.resident_memory();
    let secret = visitor::creates_a_key(&portal.address);
    let bare = bare::start();

    let question = load::verify("/bare", &secret);
    let verify = load::verify("/api/v1/verify", &secret);
    let token = load::token(visitor::TENANT, visitor::CLIENT_ID, &secret);

    Report {
        starts,
        binary: program::size(),
        memory_idle,
        verify: in_turns(&bare, &question, &portal, &verify),
        token: in_turns(&bare, &question, &portal, &token),
        memory_after: portal.resident_memory(),
    }
    .print();
}

fn in_turns(bare: &Running, question: &Load, portal: &Running, load: &Load) -> Turns {
    // Once to warm up both: what is only paid at the first time is not what this is about.
    question.shortened().run(&bare.address);
    load.shortened().run(&portal.address);
    (0..ROUNDS).map(|_| (question.run(&bare.address), load.run(&portal.address))).collect()
}
