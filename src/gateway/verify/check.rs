//! One check: a key, and what is asked about it.

use std::net::IpAddr;

use serde::Deserialize;

use crate::api_keys::{secret_text, tags_of_presented};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::gateway::question::Question;
use crate::rate_limits::{Decision, Limiter, RATE_LIMITED};
use crate::usage::Call;
use crate::verify::{self, Checked, INSUFFICIENT_PERMISSION, Verdict};
use crate::web::{Portal, client_address};

use super::answer::Answer;

/// A question as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    key: String,
    tenant: Option<String>,
    permission: Option<String>,
    resource: Option<String>,
    ip: Option<String>,
}

/// A question whose words make sense.
pub struct Asked {
    /// The key.
    pub key: Secret,
    /// The tenant that it has to be of.
    pub tenant: Option<String>,
    /// What it has to hold.
    pub question: Question,
    /// From where it was presented.
    pub ip: Option<IpAddr>,
}

impl Body {
    /// Reads its words.
    ///
    /// # Errors
    /// What makes no sense, beginning with the name of the field.
    pub fn parse(self) -> Result<Asked, &'static str> {
        if self.permission.is_none() && self.resource.is_some() {
            return Err("resource is given without permission: say which permission is asked for there.");
        }
        let question = Question::parse(self.permission.as_deref(), self.resource.as_deref())?;
        let parse = |ip| client_address::parse(ip).ok_or("ip is not an IPv4 or IPv6 address.");
        let ip = self.ip.as_deref().map(parse).transpose()?;
        Ok(Asked { key: Secret::new(self.key), tenant: self.tenant, question, ip })
    }
}

/// What was found out about a key.
pub struct Found {
    /// What is said of it.
    pub answer: Answer,
    /// For whoever holds its right secret, and names its tenant if any.
    pub call: Option<Call>,
    /// How it stands with the rate limits of a key that is good.
    pub decision: Option<Decision>,
}

impl Found {
    /// Of a text that is no key that anybody has.
    pub const fn nobody(answer: Answer) -> Self {
        Self { answer, call: None, decision: None }
    }
}

/// Answers a question. Junk never reaches the database.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    portal: &Portal,
    limiter: &Limiter,
    asked: &Asked,
    now: Timestamp,
) -> Result<Found, db::Error> {
    let ip = asked.ip;
    let key_id = match secret_text::parse(asked.key.expose(), &portal.settings.environment) {
        Ok(key_id) => key_id,
        Err(malformed) => return Ok(Found::nobody(malformed.into())),
    };
    let checked = verify::check(conn, &portal.keyring, key_id, asked.key.expose(), ip, now)?;
    let unknown = Found::nobody(Answer::Refused(Verdict::Unknown, String::new()));
    let Checked { verdict, key: Some((presented, grants)), secret: Some(secret) } = checked else {
        return Ok(unknown);
    };
    if asked.tenant.as_ref().is_some_and(|slug| *slug != presented.tenant.slug) {
        return Ok(unknown);
    }
    let (tenant, key) = (presented.tenant.scope, &presented.key);
    let call = Call { tenant, api_key: key.id, secret: Some(secret), at: now, address: ip, code: verdict.code() };
    let found = |answer, code, decision| Found { answer, call: Some(Call { code, ..call }), decision };
    if verdict != Verdict::Valid {
        let code = verdict.code();
        return Ok(found(Answer::Refused(verdict, presented.tenant.contact), code, None));
    }
    let decision = limiter.take(key.id, &key.rate_limits, now);
    if let Some(exceeded) = decision.exceeded() {
        return Ok(found(Answer::RateLimited(exceeded), RATE_LIMITED, Some(decision)));
    }
    if !asked.question.is_held_by(&grants, &presented.tenant.root()) {
        return Ok(found(Answer::Insufficient, INSUFFICIENT_PERMISSION, Some(decision)));
    }
    let tags = tags_of_presented(conn, &presented)?;
    Ok(found(Answer::Valid(Box::new((tags, presented, grants))), Verdict::Valid.code(), Some(decision)))
}
