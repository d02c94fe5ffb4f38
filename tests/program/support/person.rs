//! Somebody with a browser, and programs with a key. Each question comes in two kinds: one that expects an answer, and one
//! that may find nobody there.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::Page;

/// A browser. Clone it for a second window of the same browser.
#[derive(Clone)]
pub struct Person {
    pub client: reqwest::Client,
    pub origin: String,
    pub cookies: BTreeMap<String, String>,
    /// The token of the last page that had one.
    pub csrf: String,
    /// All tokens and cookie values this browser was ever given.
    pub given: Vec<String>,
}

/// A key as the person who made it has it.
#[derive(Debug, Clone)]
pub struct Key {
    pub key_id: String,
    pub client_id: String,
    pub secret: String,
}

/// An answer for a program.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Follows nothing, and does not wait for ever.
pub fn client() -> reqwest::Client {
    let redirect = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(redirect).timeout(Duration::from_secs(20)).build().expect("a client")
}

impl Person {
    /// Somebody who has never been here.
    pub fn at(origin: &str) -> Self {
        let (cookies, csrf, given) = (BTreeMap::new(), String::new(), Vec::new());
        Self { client: client(), origin: origin.to_owned(), cookies, csrf, given }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.try_get(path).await.expect("the portal answers")
    }

    /// Sends a form of the last page: its token goes along.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.try_post(path, fields).await.expect("the portal answers")
    }

    pub async fn try_get(&mut self, path: &str) -> Result<Page, reqwest::Error> {
        let request = self.client.get(format!("{}{path}", self.origin)).header("accept", "text/html");
        self.send(request).await
    }

    pub async fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Page, reqwest::Error> {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields);
        let request = self.client.post(format!("{}{path}", self.origin)).header("accept", "text/html");
        let request = request.header("sec-fetch-site", "same-origin").form(&all);
        self.send(request).await
    }

    /// Sends a request with the browser's cookies, and keeps those of the answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Result<Page, reqwest::Error> {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies) };
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let page = Page { status, headers, body: answer.text().await? };
        for line in page.cookies() {
            let (name, rest) = line.split_once('=').expect("a cookie has a name");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
                self.given.push(value.to_owned());
            }
        }
        if let Some(csrf) = page.try_field("csrf") {
            self.given.push(csrf.clone());
            self.csrf = csrf;
        }
        Ok(page)
    }

    pub async fn signs_in(&mut self, email: &str, password: &str) -> Page {
        self.get("/login").await.is(200);
        self.post("/login", &[("email", email), ("password", password), ("next", "/api-keys")]).await
    }

    /// Makes a key in the two steps of the wizard, and closes it.
    pub async fn makes_key(&mut self, client_id: &str) -> Key {
        let key = self.tries_to_make_key(client_id).await.expect("the portal answers");
        self.post(&format!("/api-keys/{}/credential", key.key_id), &[("saved", "on")]).await.redirects_to("/api-keys");
        key
    }

    /// Makes a key; what is answered is what a person then has.
    pub async fn tries_to_make_key(&mut self, client_id: &str) -> Result<Key, reqwest::Error> {
        let form = self.try_get("/api-keys/new").await?.is(200);
        let intent = form.field("intent");
        let fields = [("intent", intent.as_str()), ("client_id", client_id), ("name", ""), ("expiry", "90")];
        let secret = self.try_post("/api-keys/new", &fields).await?.is(200).element("secret");
        let key_id = secret.split('_').nth(2).expect("a key has an id").to_owned();
        Ok(Key { key_id, client_id: client_id.to_owned(), secret })
    }

    /// Deletes a key.
    pub async fn tries_to_delete(&mut self, key: &Key) -> Result<Page, reqwest::Error> {
        // Whether it is in use or not.
        let typed = [("confirm", key.client_id.as_str())];
        self.try_post(&format!("/api-keys/{}/delete", key.key_id), &typed).await
    }
}

impl Answer {
    /// Reads the answer of any request.
    pub async fn of(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Self { status, headers, body: answer.text().await? })
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("not text"))
    }
}

/// Asks whether a key is good.
pub async fn verify(client: &reqwest::Client, origin: &str, key: &str) -> Result<Answer, reqwest::Error> {
    let request = client.post(format!("{origin}/api/v1/verify")).header("content-type", "application/json");
    Answer::of(request.body(json!({ "key": key }).to_string())).await
}

/// Asks for a token as most clients do: HTTP Basic, urlencoded body.
pub async fn token(client: &reqwest::Client, origin: &str, key: &Key) -> Result<Answer, reqwest::Error> {
    let request = client.post(format!("{origin}/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
    Answer::of(request.form(&[("grant_type", "client_credentials")])).await
}
