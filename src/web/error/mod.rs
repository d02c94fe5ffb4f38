//! One error, four faces: a page, a problem (RFC 9457), the JSON of OAuth (RFC 6749, section 5.2), that of nullplatform.

mod answer;
mod from;

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::access::Refused;
use crate::base::clock::Timestamp;

pub use answer::quotable;

/// What went wrong, as far as answers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// 400: the request makes no sense.
    BadRequest,
    /// Nobody is signed in: pages redirect to the sign-in page.
    SignInFirst,
    /// 403: the request comes from another site, or the form is not ours.
    CrossSite,
    /// 403: the actor lacks this permission there.
    Forbidden(Refused),
    /// 403: the actor would give what they do not hold; this is what they lack, where.
    CannotGive(Refused),
    /// 403: nobody may, or not this person, whatever they hold.
    NotAllowed,
    /// 403: the client's address may not ask.
    AddressRefused,
    /// 404.
    NotFound,
    /// 410: it was there, and was deleted for good.
    Gone(Box<Gone>),
    /// 409: somebody else changed it meanwhile, or it would break a rule over several things.
    Conflict,
    /// 405, with the methods that work.
    MethodNotAllowed(String),
    /// 408: the body did not arrive in time.
    TooSlow,
    /// 413.
    TooLarge,
    /// 415.
    UnsupportedMediaType,
    /// 429, with the seconds to wait.
    TooManyRequests(u64),
    /// 500: a fault of Keystead.
    Internal,
    /// 500: the configuration of a gateway asks for what makes no sense.
    Misconfigured,
    /// 503: the truth is not known now.
    Unavailable,
    /// 401 or 403: what a client presented to a gateway does not let it pass.
    Credential {
        /// The status.
        status: StatusCode,
        /// The value of `WWW-Authenticate`.
        challenge: String,
    },
    /// An error of an OAuth endpoint with its code; `challenge` is the value of `WWW-Authenticate`.
    OAuth {
        /// The status.
        status: StatusCode,
        /// The registered code.
        code: &'static str,
        /// For 401.
        challenge: Option<String>,
    },
}

/// What was deleted, for whoever still has a form of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// What it was called.
    pub name: String,
    /// When it was deleted.
    pub at: Timestamp,
    /// By whom, where that is known.
    pub by: Option<String>,
    /// The page of what is left of it.
    pub href: String,
    /// The fields of the form and what stood in them, so that nothing typed is lost.
    pub typed: Vec<(&'static str, String)>,
}

/// An answer that is not what was asked for.
#[derive(Debug, Clone)]
pub struct Error {
    /// What kind.
    pub kind: Kind,
    /// One sentence for whoever reads the answer: what is wrong, and what would be right. Holds no secret.
    pub detail: Cow<'static, str>,
    /// Further headers of the answer.
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log alone.
    cause: Option<String>,
}

impl Error {
    /// An error of this kind with its sentence.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), headers: Vec::new(), cause: None }
    }

    /// 400.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::BadRequest, detail)
    }

    /// Nobody is signed in.
    pub fn sign_in_first() -> Self {
        Self::new(Kind::SignInFirst, "Sign in first.")
    }

    /// 403 for a request that was not made on one of our pages.
    pub fn cross_site(detail: &'static str) -> Self {
        Self::new(Kind::CrossSite, detail)
    }

    /// 404: the same for what never existed and for what is somebody else's.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing at this address.")
    }

    /// 410. Unlike 404 it admits that there was something, so it is for whoever may see what is left.
    pub fn gone(gone: Gone) -> Self {
        let detail = format!("{} was deleted.", gone.name);
        Self::new(Kind::Gone(Box::new(gone)), detail)
    }

    /// Keeps what somebody had typed for what is gone; any other error needs nothing of it.
    #[must_use]
    pub fn keeping(mut self, typed: Vec<(&'static str, String)>) -> Self {
        if let Kind::Gone(gone) = &mut self.kind {
            gone.typed = typed.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
        }
        self
    }

    /// 403 for what no permission gives.
    pub fn not_allowed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotAllowed, detail)
    }

    /// 409.
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, detail)
    }

    /// 405.
    pub fn method_not_allowed(allow: String) -> Self {
        let detail = format!("This address answers {allow}.");
        Self::new(Kind::MethodNotAllowed(allow), detail)
    }

    /// 408.
    pub fn too_slow(detail: &'static str) -> Self {
        Self::new(Kind::TooSlow, detail)
    }

    /// 413.
    pub fn too_large(limit: usize) -> Self {
        Self::new(Kind::TooLarge, format!("The request is too large. At most {limit} bytes are read here."))
    }

    /// 415.
    pub fn unsupported_media_type(expected: &'static str) -> Self {
        Self::new(Kind::UnsupportedMediaType, format!("Send the body as {expected}."))
    }

    /// 415, with the encoding that works (RFC 9110, section 12.5.3).
    pub fn unsupported_content_encoding() -> Self {
        let identity = (header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Self::new(Kind::UnsupportedMediaType, "Send the body uncompressed, without Content-Encoding.")
            .with_headers(vec![identity])
    }

    /// 500. The cause is logged, never shown.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let detail = "Something went wrong on our side. Try again; if it stays, tell whoever runs this server, with the reference below.";
        Self::new(Kind::Internal, detail).because(cause)
    }

    /// 503. The cause is logged, never shown.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        let detail = "Keystead cannot reach its database at the moment. Try again in a few seconds.";
        Self::new(Kind::Unavailable, detail).because(cause)
    }

    /// 429, with the seconds to wait.
    pub fn too_many_requests(seconds: u64, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::TooManyRequests(seconds), detail)
    }

    /// Adds headers to the answer, beside those of its kind.
    #[must_use]
    pub fn with_headers(mut self, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Adds what is behind it, for the log.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// From the status of an error that a library made.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Kind::TooLarge, "The request is too large."),
            status if status.is_client_error() => Self::bad_request("The request is malformed."),
            status => Self::internal(format!("a library answered {status}")),
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        match &self.kind {
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::SignInFirst => StatusCode::UNAUTHORIZED,
            Kind::CrossSite | Kind::Forbidden(_) | Kind::CannotGive(_) | Kind::NotAllowed | Kind::AddressRefused => {
                StatusCode::FORBIDDEN
            }
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Gone(_) => StatusCode::GONE,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Kind::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal | Kind::Misconfigured => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::OAuth { status, .. } | Kind::Credential { status, .. } => *status,
        }
    }

    /// The heading of the page and the title of the problem.
    pub fn title(&self) -> &'static str {
        match &self.kind {
            Kind::BadRequest => "This request cannot be understood",
            Kind::SignInFirst => "Sign in first",
            Kind::CrossSite => "This form did not come from here",
            Kind::Forbidden(_) | Kind::CannotGive(_) | Kind::NotAllowed => "You may not do this",
            Kind::AddressRefused => "This address may not ask",
            Kind::NotFound => "There is nothing here",
            Kind::Gone(_) => "This was deleted",
            Kind::Conflict => "This cannot be done now",
            Kind::MethodNotAllowed(_) => "This address does not answer that method",
            Kind::TooSlow => "The request took too long",
            Kind::TooLarge => "The request is too large",
            Kind::UnsupportedMediaType => "The body has the wrong type",
            Kind::TooManyRequests(_) => "Too many requests",
            Kind::Internal | Kind::Misconfigured => "Something went wrong",
            Kind::Unavailable => "Keystead is not available",
            Kind::Credential { .. } => "This credential may not pass",
            Kind::OAuth { .. } => "The request was refused",
        }
    }

    /// For the log: what was behind it.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cause.as_deref().unwrap_or(&self.detail))
    }
}

impl std::error::Error for Error {}
