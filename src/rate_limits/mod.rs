//! How often a key may be used, and how often strangers may guess. Counted in the memory of this node, never in the database;
//! knows keys by their ids only.

mod bucket;
mod decision;
mod guesses;
mod limiter;
mod limits_of_key;
mod rate_limit;
mod right_secrets;

pub use decision::{Decision, Exceeded};
pub use guesses::{
    Attempt, Busy, GUESSES_AT_ONCE, GUESSES_PER_SECOND, Guesses, LOOK_UPS, PATIENCE, TooManyGuesses, Turn, WAITING,
    WAITING_FROM_ONE,
};
pub use limiter::Limiter;
pub use limits_of_key::{Field, LimitProblem, RateLimits, Typed};
pub use rate_limit::{MOST, RateLimit, Unit};
pub use right_secrets::SECRETS;

/// The answer to a key that is good and was used too often.
pub const RATE_LIMITED: &str = "RATE_LIMITED";
