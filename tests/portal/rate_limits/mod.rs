//! How often a key may be used, and how many wrong secrets are answered.

mod documentation;
mod fields;
mod gateways;
mod guesses;
mod nodes;
mod token;
mod verify;

use keystead::api_keys::secret_text;
use keystead::base::random::SystemEntropy;
use serde_json::json;

use crate::support::{Answer, Key, Portal};

/// Gives a key these limits, as the database has them.
async fn limited(portal: &Portal, key: &Key, limits: &str) {
    portal.sql(&format!("UPDATE api_keys SET rate_limits = '{limits}' WHERE key_id = '{}'", key.key_id)).await;
}

/// `RateLimit-Policy` and `RateLimit` of an answer.
fn headers(answer: &Answer) -> [&str; 2] {
    [answer.header("ratelimit-policy"), answer.header("ratelimit")]
}

/// A text like a key that was never given to anybody.
fn invented() -> String {
    secret_text::mint(&SystemEntropy, "live").text.expose().to_owned()
}

/// Asks for a key as if it was presented from there.
async fn verify_as(portal: &Portal, secret: &str, ip: &str) -> Answer {
    portal.verify_with(&json!({ "key": secret, "ip": ip })).await
}

/// Presents wrong secrets, some of them with the id of this key. Answers how many were not told to slow down.
async fn guesses(portal: &Portal, key: &Key, times: u32) -> u32 {
    let mut answered = 0;
    for number in 0..times {
        let wrong = if number % 2 == 0 { key.wrong_secret() } else { invented() };
        let answer = portal.verify_with(&json!({ "key": wrong })).await;
        match answer.status.as_u16() {
            429 => assert!(answer.json()["detail"].is_string()),
            _ => {
                assert_eq!(answer.is(200).json()["code"], "UNKNOWN");
                answered += 1;
            }
        }
    }
    answered
}

impl Portal {
    /// Asks for a key of `/compat/nullplatform` with this bearer token.
    async fn client_of_compat(&self, bearer: &str) -> Answer {
        Answer::of(self.client.get(self.url("/compat/nullplatform/api_key/1")).bearer_auth(bearer)).await
    }
}
