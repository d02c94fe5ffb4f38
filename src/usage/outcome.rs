//! Whether a transaction whose answer is lost may have been committed.

use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The commit has not been asked for.
    Open,
    /// The commit was asked for. Only the database knows.
    Committing,
    /// Whoever waited for it has gone; it must not be committed any more.
    GivenUp,
}

/// Shared by a transaction and whoever waits for it.
#[derive(Debug, Clone)]
pub(super) struct Outcome(Arc<Mutex<State>>);

impl Outcome {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State::Open)))
    }

    /// The transaction begins, perhaps again. Answers whether anybody waits for it still.
    pub fn begins(&self) -> bool {
        self.goes_to(State::Open)
    }

    /// The transaction is about to commit. Answers whether it may.
    pub fn commits(&self) -> bool {
        self.goes_to(State::Committing)
    }

    /// The waiting is over, with an error. Answers whether it is certain that nothing was written.
    pub fn was_nothing(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = *state == State::Open;
        if open {
            *state = State::GivenUp;
        }
        open
    }

    fn goes_to(&self, next: State) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited_for = *state != State::GivenUp;
        if waited_for {
            *state = next;
        }
        waited_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_up_is_never_committed_and_what_commits_is_never_given_up() {
        let late = Outcome::new();
        assert!(late.begins() && late.was_nothing());
        assert!(!late.commits() && !late.begins());
        let lost = Outcome::new();
        assert!(lost.begins() && lost.commits() && !lost.was_nothing());
        // The database refused the commit, and the transaction runs again.
        assert!(lost.begins() && lost.was_nothing());
    }
}
