//! `/compat/nullplatform`: their clients' own requests, as they are written in those clients' sources.

mod changes;
mod lifecycle;
mod meanwhile;
mod permissions;
mod refusals;
mod tokens;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Key, Portal, Visitor};

const ROOT: &str = "organization=acme";

/// A key of Acme that may manage keys, for Terraform.
async fn manager(portal: &Portal, ada: &mut Visitor<'_>) -> Key {
    manager_named(portal, ada, "terraform").await
}

/// The same with another client id.
async fn manager_named(portal: &Portal, ada: &mut Visitor<'_>, client_id: &str) -> Key {
    let key = ada.makes_key(client_id).await;
    portal.gives(&key, "manage-api-credentials", ROOT).await;
    key
}

/// What their login action and their Terraform provider send to get a token.
async fn exchanges(portal: &Portal, path: &str, field: &str, secret: &str) -> Answer {
    let request = portal.client.post(portal.url(&format!("/compat/nullplatform/{path}")));
    // Go ends what it encodes with a line break.
    let body = format!("{}\n", json!({ field: secret }));
    Answer::of(request.header("content-type", "application/json").body(body)).await
}

async fn token(portal: &Portal, secret: &str) -> String {
    let answer = exchanges(portal, "token", "apikey", secret).await.is(200).json();
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// The Terraform provider: one token for all of its requests.
struct Provider<'a> {
    portal: &'a Portal,
    token: String,
}

impl<'a> Provider<'a> {
    async fn with(portal: &'a Portal, key: &Key) -> Self {
        Self { portal, token: token(portal, &key.secret).await }
    }

    /// A request as `MakeRequest` of the provider builds it.
    async fn asks(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.portal.client.request(method, self.portal.url(&format!("/compat/nullplatform{path}")));
        let request = request.header("user-agent", "Go-http-client/1.1").header("accept-encoding", "identity");
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(format!("{body}\n")),
            None => request,
        };
        Answer::of(request.bearer_auth(&self.token)).await
    }

    async fn creates(&self, body: &Value) -> Answer {
        self.asks(Method::POST, "/api_key", Some(body)).await
    }

    async fn reads(&self, id: i64) -> Answer {
        self.asks(Method::GET, &format!("/api_key/{id}"), None).await
    }

    async fn changes(&self, id: i64, body: &Value) -> Answer {
        self.asks(Method::PATCH, &format!("/api_key/{id}"), Some(body)).await
    }

    async fn deletes(&self, id: i64) -> Answer {
        self.asks(Method::DELETE, &format!("/api_key/{id}"), None).await
    }

    /// Makes a key with this name and nothing else. Answers its number.
    async fn makes(&self, name: &str) -> i64 {
        let made = self.creates(&json!({ "name": name, "grants": [] })).await.is(201).json();
        made["id"].as_i64().expect("a number")
    }
}

/// Is an error in the words of their services.
#[track_caller]
fn refused(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    let reason = answer.status.canonical_reason().expect("a reason");
    assert_eq!((&body["statusCode"], &body["error"]), (&json!(status), &json!(reason)));
    assert!(body["message"].as_str().is_some_and(|message| message.contains(words)), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(3), "{body}");
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge, if status == 401 { "Bearer realm=\"keystead\"" } else { "" });
}
