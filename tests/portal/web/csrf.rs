//! Nobody makes somebody else's browser change anything. Generated from the table of routes: a form that is new there has to
//! say here how it is filled in.

use keystead::access::BuiltIn;
use keystead::app::all_routes;
use reqwest::{Method, RequestBuilder};

use crate::support::{Answer, PASSWORD, Page, Portal, Visitor, on_both};

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// The paths that take forms; set-up first, which works once.
fn forms() -> Vec<&'static str> {
    let routes = all_routes().into_iter().filter(|route| route.is_for_browsers() && route.method.as_str() == "POST");
    let mut paths: Vec<_> = routes.map(|route| route.path).collect();
    paths.sort_by_key(|path| *path != "/setup");
    assert!(paths.len() >= 6, "{paths:?}");
    paths
}

/// A form that is filled in and would work.
struct Filled<'a> {
    visitor: Visitor<'a>,
    path: String,
    fields: Vec<(String, String)>,
}

impl<'a> Filled<'a> {
    async fn new(portal: &'a Portal, path: &'static str, number: usize) -> Self {
        if path != "/setup" && portal.number("SELECT count(*) FROM tenants").await == 0 {
            portal.set_up_acme().await;
        }
        let mut visitor = portal.visitor();
        if !matches!(path, "/setup" | "/login") {
            visitor.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
            visitor.get("/api-keys").await.is(200);
        }
        let mut address = path.to_owned();
        let fields: Vec<(&str, String)> = match path {
            "/setup" => {
                visitor.get("/setup").await.is(200);
                let link = portal.setup_link.as_deref().expect("a link");
                vec![
                    ("code", link.split_once("code=").expect("a code").1.to_owned()),
                    ("organization", "Acme Works".into()),
                    ("slug", "acme".into()),
                    ("name", "Ada Lovelace".into()),
                    ("email", "ada@acme.example".into()),
                    ("password", PASSWORD.into()),
                ]
            }
            "/login" => {
                visitor.get("/login").await.is(200);
                vec![("email", "ada@acme.example".into()), ("password", PASSWORD.into())]
            }
            "/logout" => vec![],
            "/api-keys/new" => {
                let intent = visitor.get("/api-keys/new").await.is(200).field("intent");
                vec![
                    ("intent", intent),
                    ("client_id", format!("new-{number}")),
                    ("name", String::new()),
                    ("expiry", "90".into()),
                ]
            }
            "/api-keys/{key_id}/edit" | "/api-keys/{key_id}/rotate" => {
                let key = visitor.makes_key(&format!("old-{number}-{}", path.len())).await;
                let page = visitor.get(&path.replace("{key_id}", &key.key_id)).await.is(200);
                address = path.replace("{key_id}", &key.key_id);
                vec![
                    ("version", page.field("version")),
                    ("name", "New".into()),
                    ("expiry", "keep".into()),
                    ("overlap", "3600".into()),
                ]
            }
            "/api-keys/search" => vec![("q", "billing".into())],
            "/api-keys/selected" | "/api-keys/selected/delete" => {
                let key = visitor.makes_key(&format!("old-{number}-{}", path.len())).await;
                visitor.get("/api-keys").await.is(200);
                let tick: &'static str = format!("key-{}", key.key_id).leak();
                vec![(tick, "on".into()), ("action", "disable".into()), ("keys", key.key_id)]
            }
            "/api-keys/{key_id}/rotation/finish" | "/api-keys/{key_id}/rotation/cancel" => {
                let key = visitor.makes_key(&format!("old-{number}-{}", path.len())).await;
                let version = visitor.get(&key.path("rotate")).await.is(200).field("version");
                visitor.post(&key.path("rotate"), &[("version", &version), ("overlap", "3600")]).await.is(200);
                address = path.replace("{key_id}", &key.key_id);
                vec![("version", visitor.get(&address).await.is(200).field("version"))]
            }
            "/api-keys/{key_id}/enable" => {
                let key = visitor.makes_key(&format!("old-{number}-{}", path.len())).await;
                visitor.get("/api-keys").await.is(200);
                visitor.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
                visitor.get("/api-keys").await.is(200);
                address = path.replace("{key_id}", &key.key_id);
                vec![]
            }
            "/api-keys/{key_id}/credential" | "/api-keys/{key_id}/delete" | "/api-keys/{key_id}/disable" => {
                let key = visitor.makes_key(&format!("old-{number}-{}", path.len())).await;
                visitor.get("/api-keys").await.is(200);
                address = path.replace("{key_id}", &key.key_id);
                vec![("saved", "on".into())]
            }
            "/settings" => {
                let version = visitor.get("/settings").await.is(200).field("version");
                let contact = format!("Ask number {number}.");
                vec![
                    ("version", version),
                    ("default_days", "90".into()),
                    ("limit", "none".into()),
                    ("contact", contact),
                ]
            }
            "/settings/access-tokens" => {
                let version = visitor.get("/settings").await.is(200).field("version");
                vec![
                    ("version", version),
                    ("token_seconds", (60 + number).to_string()),
                    ("algorithm", "ES256".into()),
                    ("signing_key_days", "90".into()),
                ]
            }
            "/settings/signing-keys/rotate" | "/settings/signing-keys/replace" => {
                vec![("kid", visitor.get("/settings/signing-keys/replace").await.is(200).field("kid"))]
            }
            "/users/new" => vec![("email", format!("new-{number}@acme.example")), ("name", "New".into())],
            "/users/{user_id}"
            | "/users/{user_id}/invitation"
            | "/users/{user_id}/sessions"
            | "/users/{user_id}/delete" => {
                let public_id = format!("{number:012}");
                let email = format!("{number}-{}@acme.example", path.len());
                if portal.number(&format!("SELECT count(*) FROM users WHERE public_id = '{public_id}'")).await == 0 {
                    portal.has_user_at(&public_id, &email, "Somebody", BuiltIn::Member).await;
                }
                if path.ends_with("/sessions") {
                    portal.visitor().signs_in(&email, PASSWORD).await.redirects_to("/api-keys");
                }
                let page = visitor.get(&format!("/users/{public_id}")).await.is(200);
                address = path.replace("{user_id}", &public_id);
                vec![
                    ("name", "Somebody else".into()),
                    ("active", "on".into()),
                    ("role-member", "on".into()),
                    ("version", page.field("version")),
                ]
            }
            "/account" => vec![("name", format!("Ada {number}"))],
            "/account/password" => {
                let email = format!("changes-{number}@acme.example");
                if portal.number(&format!("SELECT count(*) FROM users WHERE email = '{email}'")).await == 0 {
                    portal.has_user(&email, "Somebody", BuiltIn::Member).await;
                }
                visitor = portal.visitor();
                visitor.signs_in(&email, PASSWORD).await.redirects_to("/api-keys");
                visitor.get("/account").await.is(200);
                vec![("current", PASSWORD.into()), ("password", "the south gate squeaks".into())]
            }
            "/account/sessions" => vec![],
            "/account/sessions/{session}" => {
                portal.visitor().signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
                let page = visitor.get("/account").await.is(200);
                let other =
                    page.attributes("action").into_iter().find(|action| action.starts_with("/account/sessions/"));
                address = other.expect("the other session");
                vec![]
            }
            "/invitations/{code}" => {
                let code = portal.invites(&format!("invited-{number}@acme.example")).await;
                address = format!("/invitations/{code}");
                visitor = portal.visitor();
                visitor.get(&address).await.is(200);
                vec![("name", "Ivy".into()), ("password", PASSWORD.into())]
            }
            "/roles/new" | "/roles/{role}" | "/roles/{role}/delete" => {
                let slug = format!("role-{number}-{}", path.len());
                if path != "/roles/new" {
                    portal.has_role(&slug, &[]).await;
                }
                visitor.get("/roles/new").await.is(200);
                address = path.replace("{role}", &slug);
                vec![("name", format!("New {number}")), ("slug", slug), ("version", "1".into())]
            }
            "/resources/new" => {
                visitor.get("/resources/new").await.is(200);
                vec![
                    ("parent", "organization=acme".into()),
                    ("kind", "application".into()),
                    ("name", format!("new-{number}")),
                ]
            }
            "/resources/{path}" | "/resources/{path}/delete" => {
                let (root, name) = ("organization=acme", format!("old-{number}-{}", path.len()));
                let made = [("parent", root), ("kind", "scope"), ("name", &name)];
                visitor.get("/resources").await.is(200);
                visitor.post("/resources/new", &made).await.is(303);
                address = path.replace("{path}", &format!("{root}:scope={name}"));
                let seen = visitor.get(&address).await.is(200).field("seen");
                vec![("seen", seen), ("parent", root.into()), ("kind", "scope".into()), ("name", format!("{name}-b"))]
            }
            other => panic!("say here how the form {other} is filled in"),
        };
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { visitor, path: address, fields }
    }

    /// The request without anything that says where it comes from.
    fn bare(&self) -> RequestBuilder {
        self.visitor.request(Method::POST, &self.path)
    }

    /// The body, with this written before it.
    fn body(&self, token: &str) -> String {
        let fields = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish();
        format!("{token}&{fields}")
    }

    fn token(&self) -> String {
        format!("csrf={}", self.visitor.csrf)
    }

    async fn send(&self, request: RequestBuilder, content_type: Option<&str>, token: &str) -> Page {
        let request = request.body(self.body(token));
        let request = match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        };
        // A clone: whatever the answer does to the cookies is not this browser's.
        self.visitor.clone().send(request).await
    }

    /// Sends it as our page does. It works, so whatever was refused before was refused for what was said there.
    async fn works(&self, request: RequestBuilder) {
        let status = self.send(request, Some(URLENCODED), &self.token()).await.status.as_u16();
        assert!(status == 303 || status == 200, "{}: {status}", self.path);
    }
}

/// Everything that a form can change.
async fn state(portal: &Portal) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "audit_events",
        "tenants",
        "users",
        "sessions",
        "api_keys",
        "api_keys WHERE deleted_at IS NULL",
        "api_key_secrets",
        "grants",
        "roles",
        "resources",
        "invitations",
        "users WHERE last_signed_in_at IS NULL",
    ] {
        counts.push(portal.number(&format!("SELECT count(*) FROM {table}")).await);
    }
    counts
}

on_both! {
    async fn a_form_that_was_sent_by_another_site_is_refused(portal: Portal) {
        let (ours, port) = (portal.origin(), portal.address.port());
        let (tls, next_port) = (format!("https://127.0.0.1:{port}"), format!("http://127.0.0.1:{}", port ^ 1));
        let cases: [&[(&str, &str)]; 13] = [
            &[("sec-fetch-site", "cross-site"), ("origin", &ours)],
            &[("sec-fetch-site", "same-site"), ("origin", &ours)],
            &[("sec-fetch-site", "none"), ("origin", &ours)],
            &[("sec-fetch-site", ""), ("origin", &ours)],
            &[("sec-fetch-site", "SAME-ORIGIN, cross-site"), ("origin", &ours)],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", &tls)],
            &[("origin", &next_port)],
            &[("referer", &ours), ("host", "evil.example"), ("origin", "http://evil.example")],
            &[],
        ];
        for (number, path) in forms().into_iter().enumerate() {
            let form = Filled::new(&portal, path, number).await;
            let before = state(&portal).await;
            for headers in cases {
                let request = headers.iter().fold(form.bare(), |request, (name, value)| request.header(*name, *value));
                let page = form.send(request, Some(URLENCODED), &form.token()).await;
                assert_eq!(page.status.as_u16(), 403, "{path} {headers:?}");
                page.says("This form did not come from here").says("Nothing was changed.");
                assert_eq!(state(&portal).await, before, "{path} {headers:?}");
            }
            form.works(form.bare().header("sec-fetch-site", "same-origin").header("origin", "https://proxy.example")).await;
            // "Close" changes nothing but a cookie, and looking for a key nothing at all.
            if !path.ends_with("/credential") && path != "/api-keys/search" {
                assert_ne!(state(&portal).await, before, "{path} changes nothing at all");
            }
        }
    }

    async fn a_browser_that_sends_only_its_origin_is_believed(portal: Portal) {
        for (number, path) in forms().into_iter().enumerate() {
            let form = Filled::new(&portal, path, number).await;
            let origin = match number % 3 {
                0 => portal.origin(),
                1 => format!("http://localhost:{}", portal.address.port()),
                _ => format!("http://[::1]:{}", portal.address.port()),
            };
            form.works(form.bare().header("origin", origin)).await;
        }
    }

    async fn a_form_without_the_token_of_its_own_session_is_refused(portal: Portal) {
        for (number, path) in forms().into_iter().enumerate() {
            let form = Filled::new(&portal, path, number).await;
            let other = Filled::new(&portal, path, number + 100).await.token();
            let right = form.token();
            let mut end = right.clone();
            let last = if end.pop() == Some('A') { 'Q' } else { 'A' };
            end.push(last);
            let cases = [
                String::new(), "csrf=".into(), "csrf".into(), "csrf=%00".replace("%00", "AAAA"), other, end,
                right[..right.len() - 4].to_owned(), right.replace("csrf", "csrf[]"), right.replace("csrf", "csrf%5B0%5D"),
                right.replace("csrf", "CSRF"), format!("{right}%20"), "csrf=not base64!".into(),
            ];
            let before = state(&portal).await;
            for token in &cases {
                let page = form.send(form.bare().header("sec-fetch-site", "same-origin"), Some(URLENCODED), token).await;
                assert_eq!(page.status.as_u16(), 403, "{path} {token}");
                page.says("The form is out of date").says("Nothing was changed.");
                assert_eq!(state(&portal).await, before, "{path} {token}");
            }
            let twice = format!("{right}&{right}");
            form.send(form.bare().header("sec-fetch-site", "same-origin"), Some(URLENCODED), &twice).await.is(400);
            assert_eq!(state(&portal).await, before, "{path}");
            form.works(form.bare().header("sec-fetch-site", "same-origin")).await;
        }
    }

    async fn a_token_from_before_sign_in_is_dead_afterwards(portal: Portal) {
        portal.set_up_acme().await;
        let mut ada = portal.visitor();
        ada.get("/login").await.is(200);
        let old = ada.csrf.clone();
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.post_exactly("/logout", &[("csrf", &old)]).await.is(403);
        ada.get("/api-keys").await.is(200);
    }

    async fn a_form_of_another_type_is_refused(portal: Portal) {
        for (number, path) in forms().into_iter().enumerate() {
            let form = Filled::new(&portal, path, number).await;
            let before = state(&portal).await;
            for content_type in [
                Some("text/plain"), Some("multipart/form-data; boundary=x"), Some("application/json"), Some(""),
                Some("application/x-www-form-urlencoded-not"), None,
            ] {
                let page = form.send(form.bare().header("sec-fetch-site", "same-origin"), content_type, &form.token()).await;
                assert_eq!(page.status.as_u16(), 415, "{path} {content_type:?}");
                page.says("Send the body as application/x-www-form-urlencoded.");
                assert_eq!(state(&portal).await, before, "{path} {content_type:?}");
            }
            let charset = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
            let page = form.send(form.bare().header("sec-fetch-site", "same-origin"), Some(charset), &form.token()).await;
            assert!(page.status.as_u16() < 400, "{path}: {}", page.status);
        }
    }

    async fn a_refused_form_does_not_end_the_session(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.post_exactly("/logout", &[("csrf", "wrong")]).await.is(403);
        ada.send(ada.request(Method::POST, "/logout").header("sec-fetch-site", "cross-site")).await.is(403);
        ada.get("/api-keys").await.is(200);
    }

    async fn pages_ignore_keys_and_tokens(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        for bearer in [&token, &key.secret] {
            let mut program = portal.visitor();
            let get = |path: &str| program.request(Method::GET, path).bearer_auth(bearer).header("x-api-key", &key.secret);
            let (list, log) = (get("/api-keys"), get("/audit"));
            program.send(list).await.redirects_to("/login?next=%2Fapi-keys");
            program.send(log).await.redirects_to("/login?next=%2Faudit");
            program.get("/login").await.is(200);
            let request = program.request(Method::POST, &key.path("delete")).bearer_auth(bearer).header("sec-fetch-site", "same-origin");
            program.send(request.form(&[("csrf", program.csrf.clone())])).await.redirects_to("/login");
            assert_eq!(portal.verify(&key.secret).await, "VALID");
        }
    }

    async fn endpoints_for_programs_ignore_cookies(portal: Portal) {
        let ada = portal.ada().await;
        let body = [("grant_type", "client_credentials")];
        for cookies in ["", &ada.cookie_header()] {
            let request = portal.client.post(portal.url("/acme/oauth2/token")).header("cookie", cookies).form(&body);
            let answer = Answer::of(request).await.is(401);
            assert_eq!(answer.json()["error"], "invalid_client");
            assert_eq!(answer.header("set-cookie"), "");
        }
        let before = state(&portal).await;
        for route in all_routes().iter().filter(|route| !route.is_for_browsers()) {
            let method: Method = route.method.as_str().parse().expect("a method");
            let url = portal.url(&crate::support::address_of(route, "0123456789AB"));
            let without = Answer::of(portal.client.request(method.clone(), &url)).await;
            let with = Answer::of(portal.client.request(method, &url).header("cookie", ada.cookie_header())).await;
            assert_eq!(with.status, without.status, "{}", route.path);
            assert_eq!(with.header("set-cookie"), "", "{}", route.path);
        }
        assert_eq!(state(&portal).await, before);
    }

    async fn rfc_9110_9_2_1_opening_pages_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let key = ada.makes_key("billing-sync").await;
        let before = state(&portal).await;
        for method in [Method::GET, Method::HEAD] {
            for route in all_routes().iter().filter(|route| route.method.answers(&actix_web::http::Method::GET)) {
                let request = ada.request(method.clone(), &crate::support::address_of(route, &key.key_id));
                let page = ada.send(request.header("sec-fetch-site", "cross-site")).await;
                let gone = matches!(route.path, "/setup" | "/invitations/{code}");
                // It is asked without a credential.
                let asks = route.path.ends_with("/gateway/auth") || route.path.starts_with("/compat/");
                let refused = page.status.as_u16() == 401 && asks;
                assert!(page.status.as_u16() < 400 || gone || refused, "{} {}", route.path, page.status);
                assert_eq!(state(&portal).await, before, "{method} {}", route.path);
            }
        }
    }
}
