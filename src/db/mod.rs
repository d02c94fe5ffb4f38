//! Two databases behind one type. `db.read` and `db.write` are the two ways in; no feature's SQL lives here.

mod connection;
pub mod dialect;
mod error;
mod file;
mod migrate;
mod pool;
mod pooler;
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub mod schema;
mod server_pool;

pub use connection::{Conn, Url, UrlError};
pub use error::Error;
pub use pool::{Db, Tx};
