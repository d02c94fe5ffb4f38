//! `/compat/nullplatform`: what nullplatform's GitHub login action and its Terraform provider ask. See
//! `docs/compat-nullplatform.md`.

mod body;
mod calling;
mod keys;
mod refusal;
mod routes;
mod tokens;
mod view;

pub use routes::routes;
