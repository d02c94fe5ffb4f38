//! The rate limits in the form of a key: two numbers for each unit of time.

use crate::rate_limits::{Field, LimitProblem, Typed, Unit};
use crate::web::form::Pairs;

/// A limit as the form shows it.
#[derive(Debug)]
pub struct LimitView {
    /// `second`
    pub unit: &'static str,
    /// What was typed.
    pub typed: Typed,
    /// What is wrong with its numbers.
    pub problems: Vec<LimitProblem>,
}

impl LimitView {
    /// The id of the field to which a problem belongs.
    pub fn target(&self, problem: &LimitProblem) -> String {
        target(problem)
    }

    /// Whether the requests are wrong.
    pub fn requests_are_wrong(&self) -> bool {
        self.problems.iter().any(|problem| problem.place().1 == Field::Requests)
    }

    /// Whether the requests at once are wrong.
    pub fn burst_is_wrong(&self) -> bool {
        self.problems.iter().any(|problem| problem.place().1 == Field::Burst)
    }
}

/// As they were sent.
pub(super) fn of_pairs(pairs: &Pairs) -> [Typed; 3] {
    Unit::ALL.map(|unit| Typed {
        requests: pairs.text(&format!("limit_{}", unit.word())),
        burst: pairs.text(&format!("burst_{}", unit.word())),
    })
}

/// What was typed, for whoever cannot send it any more.
pub(super) fn in_words(typed: &[Typed; 3]) -> String {
    let limits = Unit::ALL.into_iter().zip(typed).filter(|(_, typed)| !typed.requests.is_empty());
    let words = limits.map(|(unit, typed)| match typed.burst.as_str() {
        "" => format!("{} per {}", typed.requests, unit.word()),
        burst => format!("{} per {}, {burst} at once", typed.requests, unit.word()),
    });
    words.collect::<Vec<_>>().join("; ")
}

/// As the form shows them.
pub(super) fn views(typed: &[Typed; 3], problems: &[&LimitProblem]) -> Vec<LimitView> {
    let view = |(unit, typed): (Unit, &Typed)| LimitView {
        unit: unit.word(),
        typed: typed.clone(),
        problems: problems
            .iter()
            .filter(|problem| problem.place().0 == unit)
            .map(|problem| (*problem).clone())
            .collect(),
    };
    Unit::ALL.into_iter().zip(typed).map(view).collect()
}

/// The id of the field to which a problem belongs.
pub(super) fn target(problem: &LimitProblem) -> String {
    let (unit, field) = problem.place();
    match field {
        Field::Requests => format!("limit-{}", unit.word()),
        Field::Burst => format!("burst-{}", unit.word()),
    }
}
