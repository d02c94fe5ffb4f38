//! Makes a key as a browser would: signs in, fills in the form, reads the secret from the page.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
};

use crate::http;

pub const TENANT: &str = "acme";
pub const EMAIL: &str = "ops@acme.example";
pub const PASSWORD: &str = "a long walk by the river";
pub const CLIENT_ID: &str = "bench";

pub fn creates_a_key(address: &str) -> String {
    let mut visitor = Visitor::signs_in(address);
    let page = visitor.gets("/api-keys/new");
    let (csrf, intent) = (hidden(&page, "csrf"), hidden(&page, "intent"));
    let page = visitor.posts(
        "/api-keys/new",
        200,
        &[("csrf", &csrf), ("intent", &intent), ("client_id", CLIENT_ID), ("name", ""), ("expiry", "90")],
    );
    between(&page, "id=\"secret\"", "</code>")
        .and_then(|rest| rest.split_once('>'))
        .expect("the secret is on the page")
        .1
        .trim()
        .to_owned()
}

pub struct Visitor<'a> {
    address: &'a str,
    cookies: BTreeMap<String, String>,
}

impl<'a> Visitor<'a> {
    pub fn signs_in(address: &'a str) -> Self {
        let mut visitor = Self { address, cookies: BTreeMap::new() };
        let page = visitor.gets("/login");
        let csrf = hidden(&page, "csrf");
        visitor.posts("/login", 303, &[("csrf", &csrf), ("email", EMAIL), ("password", PASSWORD), ("next", "")]);
        visitor
    }

    pub fn gets(&mut self, path: &str) -> String {
        self.exchanges("GET", path, 200, "")
    }

    fn posts(&mut self, path: &str, expected: u16, fields: &[(&str, &str)]) -> String {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.exchanges("POST", path, expected, &form)
    }

    fn exchanges(&mut self, method: &str, path: &str, expected: u16, body: &str) -> String {
        // A browser gives Secure cookies to 127.0.0.1 over HTTP as well.
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = http::request(
            method,
            path,
            &[
                ("Host", self.address),
                ("Origin", &format!("http://{}", self.address)),
                ("Cookie", &cookies.join("; ")),
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Connection", "close"),
            ],
            body,
        );
        let mut connection = TcpStream::connect(self.address).expect("a connection");
        connection.write_all(&request).expect("it takes the request");
        let mut arrived = Vec::new();
        connection.read_to_end(&mut arrived).expect("it answers");
        let answer = http::answer(&arrived).expect("a complete answer");
        let page = String::from_utf8_lossy(&arrived[answer.head.len()..]).into_owned();
        assert_eq!(answer.status, expected, "{method} {path}\n{page}");
        for cookie in http::header(&answer.head, "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        page
    }
}

/// The value of `<input name="…">`, whatever the order of its attributes.
fn hidden(page: &str, name: &str) -> String {
    page.split("<input ")
        .filter_map(|rest| rest.split('>').next())
        .find(|input| input.contains(&format!("name=\"{name}\"")))
        .and_then(|input| between(input, "value=\"", "\""))
        .unwrap_or_else(|| panic!("the form has no field {name:?}\n{page}"))
        .to_owned()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split(end).next()
}
