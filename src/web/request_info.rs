//! What is known of a request before anything else; the outermost middleware finds it out.

use std::net::IpAddr;

use actix_web::{HttpMessage, HttpRequest};

/// What is known of a request before anything else.
#[derive(Debug, Clone, Default)]
pub struct RequestInfo {
    /// `req_` and 16 base-62 digits; in the log line, on error pages and in the audit log.
    pub request_id: String,
    /// The client's address.
    pub address: Option<IpAddr>,
}

impl RequestInfo {
    /// As the middleware left it.
    pub fn of(req: &HttpRequest) -> Self {
        req.extensions().get::<Self>().cloned().unwrap_or_default()
    }
}
