//! Programs: what gateways and integrators send.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::{Key, Portal};

/// An answer for a program.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Reads the answer of any request.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.expect("the portal answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        Self { status, headers, body: answer.text().await.expect("a body that is text") }
    }

    /// Has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// The body.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The access token that was given.
    #[track_caller]
    pub fn access_token(&self) -> String {
        assert_eq!(self.status.as_u16(), 200, "{}", self.body);
        self.json()["access_token"].as_str().expect("a token").to_owned()
    }

    /// Status, headers and body, without what is different in each answer anyway.
    pub fn bare(&self) -> (u16, Vec<String>, String) {
        let own = ["date", "x-request-id"];
        let names = self.headers.keys().filter(|name| !own.contains(&name.as_str()));
        let mut headers: Vec<String> = names.map(|name| format!("{name}: {}", self.header(name.as_str()))).collect();
        headers.sort_unstable();
        (self.status.as_u16(), headers, self.body.clone())
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("not text"))
    }
}

impl Portal {
    /// `POST /api/v1/verify` with this body.
    pub async fn verify_with(&self, body: &Value) -> Answer {
        Answer::of(
            self.client
                .post(self.url("/api/v1/verify"))
                .header("content-type", "application/json")
                .body(body.to_string()),
        )
        .await
    }

    /// The code for a key.
    pub async fn verify(&self, key: &str) -> String {
        let answer = self.verify_with(&json!({ "key": key })).await.is(200).json();
        assert_eq!(answer["valid"], answer["code"] == "VALID");
        answer["code"].as_str().expect("a code").to_owned()
    }

    /// Asks for a token as most clients do: HTTP Basic, urlencoded body.
    pub async fn token(&self, tenant: &str, client_id: &str, secret: &str) -> Answer {
        let request = self.client.post(self.url(&format!("/{tenant}/oauth2/token")));
        Answer::of(request.basic_auth(client_id, Some(secret)).form(&[("grant_type", "client_credentials")])).await
    }

    /// Asks whether a request with these headers may pass, as a gateway of Acme does; `query` begins with `?` or is empty.
    pub async fn passes(&self, query: &str, headers: &[(&str, &str)]) -> Answer {
        self.passes_at(&format!("/acme/gateway/auth{query}"), headers).await
    }

    /// The same at any address.
    pub async fn passes_at(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.get(self.url(path));
        Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// A token for a key of `acme`.
    pub async fn token_for(&self, key: &Key) -> Answer {
        self.token("acme", &key.client_id, &key.secret).await
    }
}
