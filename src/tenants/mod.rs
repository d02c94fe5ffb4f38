//! The organizations.

mod audiences;
mod signing_algorithm;
mod slug;
mod store;
mod tenant;

pub use audiences::{AudienceProblem, Audiences, LONGEST_AUDIENCE, MOST_AUDIENCES, is_audience};
pub use signing_algorithm::SigningAlgorithm;
pub use slug::{Slug, SlugProblem};
pub use store::{COLUMNS, Row, Rules, TokenRules, all, by_id, by_slug, insert, only, set_rules, set_token_rules};
pub use tenant::{LONGEST_TOKEN_SECONDS, SHORTEST_TOKEN_SECONDS, Tenant};
