//! What the two databases promise by themselves.

mod schema;
mod upgrade;
