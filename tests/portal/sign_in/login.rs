//! The sign-in page.

use std::collections::BTreeSet;

use keystead::access::BuiltIn;
use keystead::web::cookies::Name;
use reqwest::Method;
use url::Url;

use crate::support::{PASSWORD, Page, Portal, on_both};

/// Addresses that look like paths to somebody, and are not.
const ELSEWHERE: [&str; 14] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "evil.example",
    "@evil.example",
];

/// An answer without what differs by nature: the form's token, and the address that was typed.
async fn refusal(portal: &Portal, email: &str, password: &str) -> (u16, String, BTreeSet<String>) {
    let mut visitor = portal.visitor();
    let page = visitor.signs_in(email, password).await;
    let body = page.body.replace(&page.field("csrf"), "TOKEN").replace(email, "EMAIL");
    (page.status.as_u16(), body, page.headers.keys().map(ToString::to_string).collect())
}

/// The host on which a browser lands.
fn host(portal: &Portal, page: &Page) -> String {
    assert_eq!(page.status.as_u16(), 303);
    let here = Url::parse(&portal.url("/login")).expect("an address");
    here.join(page.header("location")).expect("an address").authority().to_owned()
}

on_both! {
    async fn known_unknown_and_disabled_people_cannot_be_told_apart(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_user("dan@acme.example", "Dan", BuiltIn::Ops).await;
        portal.disables("dan@acme.example").await;
        let known = refusal(&portal, "ada@acme.example", "this is not the one").await;
        assert_eq!(known.0, 422);
        assert!(known.1.contains("E-mail or password is wrong"));
        for (email, password) in [
            ("nobody@acme.example", "this is not the one"),
            ("dan@acme.example", "this is not the one"),
            ("dan@acme.example", PASSWORD),
            ("ada@acme.example", ""),
        ] {
            let before = portal.inner.hasher.runs();
            assert_eq!(refusal(&portal, email, password).await, known, "{email}");
            assert_eq!(portal.inner.hasher.runs() - before, 1, "{email} costs another amount of work");
        }
        assert_eq!(portal.number("SELECT count(*) FROM sessions").await, 0);
    }

    async fn every_attempt_costs_one_password_check(portal: Portal) {
        portal.set_up_acme().await;
        let endless = "x".repeat(3_000);
        for (email, password) in [
            ("ada@acme.example", PASSWORD), ("ada@acme.example", &endless), ("nobody@acme.example", &endless), ("", ""),
        ] {
            let before = portal.inner.hasher.runs();
            portal.visitor().signs_in(email, password).await;
            assert_eq!(portal.inner.hasher.runs() - before, 1, "{email:?}");
        }
    }

    async fn nobody_is_sent_to_another_host(portal: Portal) {
        let mut ada = portal.ada().await;
        let here = portal.address.to_string();
        for next in ELSEWHERE {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            let page = ada.get(&format!("/login?{query}")).await;
            assert_eq!(host(&portal, &page), here, "{next:?}");
            let form = portal.visitor().get(&format!("/login?{query}")).await.is(200);
            assert_eq!(form.field("next"), "/", "{next:?}");
        }
        for next in ["//evil.example", "/\\evil.example", "/\t/evil.example"] {
            let mut visitor = portal.visitor();
            visitor.get("/login").await.is(200);
            let fields = [("email", "ada@acme.example"), ("password", PASSWORD), ("next", next)];
            let page = visitor.post("/login", &fields).await;
            assert_eq!(host(&portal, &page), here, "{next:?}");
            page.redirects_to("/");
        }
    }

    async fn one_comes_back_to_the_page_one_asked_for(portal: Portal) {
        portal.set_up_acme().await;
        let mut ada = portal.visitor();
        let page = ada.get("/audit").await.redirects_to("/login?next=%2Faudit");
        let form = ada.follow(page).await.is(200);
        assert_eq!(form.field("next"), "/audit");
        // A typo on the way does not lose it.
        let again = ada.post("/login", &[("email", "ada@acme.example"), ("password", "wrong"), ("next", "/audit")]).await.is(422);
        assert_eq!((again.field("next"), again.field("email")), ("/audit".into(), "ada@acme.example".into()));
        assert_eq!(again.field("password"), "");
        ada.post("/login", &[("email", "ada@acme.example"), ("password", PASSWORD), ("next", "/audit")]).await.redirects_to("/audit");
        ada.get("/audit").await.is(200);
    }

    async fn one_comes_back_to_the_whole_address_with_its_query(portal: Portal) {
        portal.set_up_acme().await;
        let mut ada = portal.visitor();
        let asked = "/api-keys?tag=env:prod&status=expired&search=K%C3%B6ln%20%26%20Bonn+1";
        let page = ada.get(asked).await.is(303);
        let form = ada.follow(page).await.is(200);
        let next = form.field("next").replace("&amp;", "&");
        assert_eq!(next, asked);
        let fields = [("email", "ada@acme.example"), ("password", PASSWORD), ("next", next.as_str())];
        ada.post("/login", &fields).await.redirects_to(asked);
        // A longer one than the form could carry is cut to its path.
        let long = format!("/api-keys?search={}", "x".repeat(5_000));
        portal.visitor().get(&long).await.redirects_to("/login?next=%2Fapi-keys");
    }

    async fn the_form_of_another_tab_goes_on_to_where_one_is_signed_in(portal: Portal) {
        portal.set_up_acme().await;
        let mut ada = portal.visitor();
        ada.get("/login").await.is(200);
        let fields = [("email", "ada@acme.example"), ("password", PASSWORD)];
        let token = ada.csrf.clone();
        ada.post("/login", &fields).await.redirects_to("/");
        ada.get("/api-keys").await.is(200);
        let session = ada.cookie(Name::Session).map(str::to_owned);
        ada.post_exactly("/login", &[("csrf", &token), fields[0], fields[1]]).await.redirects_to("/");
        assert_eq!(ada.cookie(Name::Session).map(str::to_owned), session);
        let foreign = ada.request(Method::POST, "/login").header("sec-fetch-site", "cross-site").form(&fields);
        ada.send(foreign).await.is(403);
    }

    async fn a_host_is_typed_in_letters_or_as_dns_has_it(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_user("ops@münchen.example", "Olga", BuiltIn::Ops).await;
        let spellings = ["ops@münchen.example", "Ops@München.example", "ops@xn--mnchen-3ya.example"];
        for email in spellings {
            portal.visitor().signs_in(email, PASSWORD).await.redirects_to("/api-keys");
        }
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/users?q=m%C3%BCnchen").await.is(200).says("ops@münchen.example");
        // As earlier versions stored it.
        portal.try_sql("UPDATE users SET email_folded = email").await.expect("rows of an earlier version");
        for email in spellings {
            portal.visitor().signs_in(email, PASSWORD).await.redirects_to("/api-keys");
        }
        ada.get("/users/new").await.is(200);
        ada.post("/users/new", &[("email", spellings[2]), ("role-member", "on")]).await;
        assert_eq!(portal.number("SELECT count(*) FROM users").await, 2);
    }

    async fn cookies_of_other_applications_on_the_host_never_matter(portal: Portal) {
        let ada = portal.ada().await;
        let (own, host) = (ada.cookie_header(), portal.address);
        let many: Vec<u8> = (0..150).flat_map(|number| format!("; other{number}=%FF").into_bytes()).collect();
        for lines in [
            vec![[b"stadt=M\xfcnchen; ", own.as_bytes()].concat()],
            vec![[own.as_bytes(), b"; stadt=M\xfcnchen"].concat()],
            vec![b"stadt=M\xfcnchen".to_vec(), own.clone().into_bytes()],
            vec![[b"novalue; =; a=%FF%FE; ", own.as_bytes(), &many].concat()],
        ] {
            let mut request = format!("GET /api-keys HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n").into_bytes();
            for line in &lines {
                request.extend([b"Cookie: ", line.as_slice(), b"\r\n"].concat());
            }
            request.extend(b"\r\n");
            assert_eq!(portal.wire(request).await.status(), 200, "{lines:?}");
        }
    }

    async fn text_browsers_sign_in_with_a_referer_alone(portal: Portal) {
        portal.set_up_acme().await;
        for (referer, status) in [
            (format!("{}/login", portal.origin()), 303),
            ("https://evil.example/login".to_owned(), 403),
            (String::new(), 403),
        ] {
            let mut ada = portal.visitor();
            ada.get("/login").await.is(200);
            let csrf = ada.csrf.clone();
            let fields = [("csrf", csrf.as_str()), ("email", "ada@acme.example"), ("password", PASSWORD)];
            let request = ada.request(Method::POST, "/login").header("referer", &referer).form(&fields);
            ada.send(request).await.is(status);
        }
    }

    async fn a_session_begins_under_a_new_token_and_ends_the_one_before(portal: Portal) {
        let mut ada = portal.ada().await;
        let before = ada.clone();
        let fields = [("email", "ada@acme.example"), ("password", PASSWORD), ("next", "/api-keys")];
        ada.post("/login", &fields).await.redirects_to("/api-keys");
        assert_ne!(ada.cookie(Name::Session), before.cookie(Name::Session));
        ada.get("/api-keys").await.is(200);
        before.clone().get("/api-keys").await.redirects_to("/login?next=%2Fapi-keys");
        assert_eq!(portal.number("SELECT count(*) FROM sessions").await, 1);
    }

    async fn a_token_that_somebody_else_chose_is_never_taken_over(portal: Portal) {
        portal.set_up_acme().await;
        let mut ada = portal.visitor();
        ada.takes_cookie(Name::Session, "chosen-by-a-stranger");
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        assert_ne!(ada.cookie(Name::Session), Some("chosen-by-a-stranger"));
        ada.get("/api-keys").await.is(200);
    }

    async fn whoever_is_signed_in_needs_no_sign_in_page(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/login").await.redirects_to("/");
        ada.follow(page).await.is(200).says("API Key Overview");
        ada.get("/login?next=%2Faudit").await.redirects_to("/audit");
    }

    async fn the_case_of_an_address_does_not_matter(portal: Portal) {
        portal.set_up_acme().await;
        for email in ["ADA@ACME.EXAMPLE", "Ada@Acme.Example", " ada@acme.example "] {
            portal.visitor().signs_in(email, PASSWORD).await.redirects_to("/api-keys");
        }
        portal.visitor().signs_in("ada@acme.example", &PASSWORD.to_uppercase()).await.is(422);
    }

    async fn the_form_holds_sixteen_kibibytes(portal: Portal) {
        portal.set_up_acme().await;
        let mut visitor = portal.visitor();
        visitor.get("/login").await.is(200);
        for (size, status) in [(16_384, 422), (16_385, 413)] {
            let fields = format!("csrf={}&email=ada%40acme.example&password=", visitor.csrf);
            let body = format!("{fields}{}", "x".repeat(size - fields.len()));
            let request = visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
            visitor.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await.is(status);
        }
    }
}
