//! HTTP furniture: routes, errors, forms, cookies, headers. Names no feature.

pub mod actor;
pub mod around;
pub mod bodies;
pub mod chart;
pub mod client_address;
pub mod compression;
pub mod cookies;
pub mod csrf;
pub mod error;
mod error_page;
pub mod filters;
pub mod flash;
pub mod form;
pub mod headers;
pub mod json;
pub mod moment;
pub mod numbers;
pub mod page;
pub mod paging;
mod portal;
pub mod public_url;
pub mod request_info;
pub mod routes;
pub mod static_files;
mod stopping;

pub use error::Error;
pub use portal::{Portal, Settings};
pub use stopping::Stopping;
