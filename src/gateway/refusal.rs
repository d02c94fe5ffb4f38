//! Why a request may not pass, and how that is said: with the challenges of RFC 6750, section 3.

use std::borrow::Cow;

use actix_web::http::StatusCode;

use crate::rate_limits::Exceeded;
use crate::web::Error;
use crate::web::error::{Kind, quotable};

/// Why a request may not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// 401: it has no credential. Then no error is named (RFC 6750, section 3.1).
    Missing,
    /// 401: its credential is not good, with a sentence for whoever sent it.
    Unauthenticated(Cow<'static, str>),
    /// 403: its credential is good, and not from that address.
    NotFromThere(Cow<'static, str>),
    /// 429: its credential is good, and was used too often. That is no challenge: no other credential is asked for.
    TooOften(Exceeded),
    /// 403: its token was made for somebody else.
    OtherAudience,
    /// 403: its credential is good, and does not go so far.
    Insufficient {
        /// What was asked for.
        scope: Option<String>,
    },
}

impl Refusal {
    /// The answer, in the realm of this tenant.
    pub fn of(self, tenant: &str) -> Error {
        let realm = format!("Bearer realm=\"{}\"", quotable(tenant));
        let invalid =
            |code: &str, words: &str| format!("{realm}, error=\"{code}\", error_description=\"{}\"", quotable(words));
        let (status, challenge, words): (_, _, Cow<'static, str>) = match self {
            Self::Missing => (
                StatusCode::UNAUTHORIZED,
                realm,
                "Send a key or an access token as Authorization: Bearer, or a key as X-API-Key.".into(),
            ),
            Self::Unauthenticated(words) => (StatusCode::UNAUTHORIZED, invalid("invalid_token", &words), words),
            Self::NotFromThere(words) => (StatusCode::FORBIDDEN, invalid("insufficient_scope", &words), words),
            Self::TooOften(exceeded) => return exceeded.into(),
            Self::OtherAudience => {
                let words = "The access token was made for another audience.";
                (StatusCode::FORBIDDEN, invalid("insufficient_scope", words), words.into())
            }
            Self::Insufficient { scope } => {
                let words = "The key is valid, but does not hold this permission there.";
                let scope = scope.map(|scope| format!(", scope=\"{}\"", quotable(&scope))).unwrap_or_default();
                (StatusCode::FORBIDDEN, invalid("insufficient_scope", words) + &scope, words.into())
            }
        };
        Error::new(Kind::Credential { status, challenge }, words)
    }
}
