//! An error as an answer: its status and headers, and the body for programs. Pages are made where templates are known.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::json;

use crate::web::routes::Face;

use super::{Error, Kind};

impl Error {
    /// A builder with the status and the headers that belong to it, whatever the face.
    pub fn response(&self) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(self.status());
        match &self.kind {
            Kind::MethodNotAllowed(allow) => response.insert_header((header::ALLOW, allow.as_str())),
            Kind::TooManyRequests(seconds) => response.insert_header((header::RETRY_AFTER, *seconds)),
            Kind::Unavailable => response.insert_header((header::RETRY_AFTER, 2)),
            Kind::OAuth { challenge: Some(challenge), .. } | Kind::Credential { challenge, .. } => {
                response.insert_header((header::WWW_AUTHENTICATE, challenge.as_str()))
            }
            _ => &mut response,
        };
        for header in &self.headers {
            response.insert_header(header.clone());
        }
        response
    }

    /// The answer for a program.
    pub fn as_data(&self, face: Face, request_id: &str) -> HttpResponse {
        let mut response = self.response();
        match face {
            Face::OAuth => {
                let body = json!({ "error": self.oauth_code(), "error_description": quotable(&self.detail) });
                response
                    .insert_header((header::PRAGMA, "no-cache"))
                    .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
                    .body(body.to_string())
            }
            Face::Compat => {
                let status = self.status();
                let error = status.canonical_reason().unwrap_or_default();
                let body = json!({ "statusCode": status.as_u16(), "error": error, "message": self.detail });
                response.insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8")).body(body.to_string())
            }
            Face::Api | Face::Page => {
                let body = json!({
                    "type": "about:blank",
                    "title": self.title(),
                    "status": self.status().as_u16(),
                    "detail": self.detail,
                    "instance": format!("urn:keystead:request:{request_id}"),
                });
                response
                    .insert_header((header::CONTENT_TYPE, "application/problem+json; charset=utf-8"))
                    .body(body.to_string())
            }
        }
    }

    fn oauth_code(&self) -> &'static str {
        match &self.kind {
            Kind::OAuth { code, .. } => code,
            // Of the registered codes the one that says to come back. None of the token endpoint's own does, and those tell
            // a client that it should change its request or its secret.
            Kind::Unavailable | Kind::TooManyRequests(_) => "temporarily_unavailable",
            Kind::Internal | Kind::Misconfigured => "server_error",
            _ => "invalid_request",
        }
    }
}

/// A text as far as RFC 6749, section 5.2, and RFC 6750, section 3, let a description have it: `%x20-21 / %x23-5B / %x5D-7E`.
pub fn quotable(text: &str) -> String {
    text.chars().map(|letter| if matches!(letter, ' '..='!' | '#'..='[' | ']'..='~') { letter } else { '\'' }).collect()
}

/// The last resort, where no middleware gave the error its face.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.response().finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oauth_description_keeps_to_the_letters_of_the_standard() {
        assert_eq!(quotable("say \"é\\\" now"), "say '''' now");
    }
}
