//! Somebody with a browser: keeps cookies, follows redirects when asked, sends the token of the last page.

use std::collections::BTreeMap;

use keystead::web::cookies::Name;
use reqwest::{Method, RequestBuilder};

use super::{Page, Portal};

/// A browser. Clone it for a second window of the same browser.
#[derive(Clone)]
pub struct Visitor<'a> {
    pub portal: &'a Portal,
    pub cookies: BTreeMap<String, String>,
    /// The token of the last page that had one.
    pub csrf: String,
}

impl Portal {
    /// Somebody who has never been here.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { portal: self, cookies: BTreeMap::new(), csrf: String::new() }
    }
}

impl Visitor<'_> {
    /// The value of a cookie of this portal.
    pub fn cookie(&self, name: Name) -> Option<&str> {
        self.cookies.get(self.portal.inner.cookies.name(name)).map(String::as_str)
    }

    /// Puts a cookie of this portal into the browser.
    pub fn takes_cookie(&mut self, name: Name, value: &str) {
        self.cookies.insert(self.portal.inner.cookies.name(name).to_owned(), value.to_owned());
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.portal.client.get(self.portal.url(path)).header("accept", "text/html");
        self.send(request).await
    }

    /// Sends a form of the last page: its token goes along.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post_exactly(path, &all).await
    }

    /// Sends these fields and nothing else, as a page of ours would.
    pub async fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.request(Method::POST, path).header("sec-fetch-site", "same-origin").form(fields);
        self.send(request).await
    }

    /// A request to be dressed by the test. Cookies are added when it is sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.portal.client.request(method, self.portal.url(path)).header("accept", "text/html")
    }

    /// Sends a request with the browser's cookies, and keeps those of the answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Page {
        let cookies = self.cookie_header();
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies) };
        let answer = request.send().await.expect("the portal answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let page = Page { status, headers, body: answer.text().await.expect("a body that is text") };
        for line in page.cookies() {
            let (name, rest) = line.split_once('=').expect("a cookie has a name");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(csrf) = page.try_field("csrf") {
            self.csrf = csrf;
        }
        page
    }

    /// The browser's cookies as it sends them.
    pub fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Goes where the page sends the browser, and where that one sends it.
    pub async fn follow(&mut self, page: Page) -> Page {
        let mut page = page;
        while page.status.is_redirection() {
            let path = page.header("location").to_owned();
            page = self.get(&path).await;
        }
        page
    }

    /// Opens somebody's page and saves it with these roles ticked, in the place of those that were.
    pub async fn gives_roles(&mut self, email: &str, roles: &[&str]) -> Page {
        let path = self.portal.user_path(email, "").await;
        let page = self.get(&path).await.is(200);
        let (name, version) = (page.field("name"), page.field("version"));
        let ticks: Vec<String> = roles.iter().map(|role| format!("role-{role}")).collect();
        let mut fields =
            vec![("name", name.as_str()), ("version", version.as_str()), ("active", "on"), ("action", "save")];
        fields.extend(ticks.iter().map(|tick| (tick.as_str(), "on")));
        self.post(&path, &fields).await
    }

    /// Signs in on the sign-in page.
    pub async fn signs_in(&mut self, email: &str, password: &str) -> Page {
        self.get("/login").await.is(200);
        self.post("/login", &[("email", email), ("password", password), ("next", "/api-keys")]).await
    }
}
