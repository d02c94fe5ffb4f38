//! Where the parameters of a token request may be, and how they are read.

use super::{FORM, may_not_be_kept, refused, request};
use crate::support::{Answer, Key, Portal, on_both};

const GRANT: &str = "grant_type=client_credentials";

on_both! {
    async fn rfc_6749_4_4_2_the_grant_type_comes_in_a_urlencoded_body(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for media_type in [FORM, "application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded"] {
            sends(&portal, &key, "", media_type, GRANT).await.is(200);
        }
        sends(&portal, &key, "", FORM, "grant_type=client%5Fcredentials").await.is(200);
    }

    async fn clients_may_send_the_grant_type_as_multipart(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let (media_type, body) = multipart(&[("grant_type", "client_credentials")]);
        sends(&portal, &key, "", &media_type, &body).await.is(200);
        let (media_type, body) = multipart(&[("grant_type", "client_credentials"), ("client_id", &key.client_id), ("client_secret", &key.secret)]);
        Answer::of(request(&portal).header("content-type", media_type).body(body)).await.is(200);
        let (media_type, body) = multipart(&[("grant_type", "client_credentials"), ("grant_type", "client_credentials")]);
        refused(&sends(&portal, &key, "", &media_type, &body).await, 400, "invalid_request");
        refused(&sends(&portal, &key, "", &media_type, "no parts").await, 400, "invalid_request");
        refused(&sends(&portal, &key, "", "multipart/form-data", &body).await, 400, "invalid_request");
        refused(&sends(&portal, &key, "", &media_type, &body[..body.len() / 2]).await, 400, "invalid_request");
    }

    async fn clients_may_send_the_grant_type_in_the_query_with_no_body_at_all(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let address = portal.url(&format!("/acme/oauth2/token?{GRANT}"));
        let bare = portal.client.post(address).basic_auth(&key.client_id, Some(&key.secret)).build().expect("a request");
        assert!(bare.headers().get("content-type").is_none() && bare.body().is_none());
        let answer = portal.client.execute(bare).await.expect("the portal answers");
        assert_eq!(answer.status(), 200);
        sends(&portal, &key, &format!("?{GRANT}"), FORM, "").await.is(200);
        sends(&portal, &key, &format!("?{GRANT}"), FORM, "resource=https%3A%2F%2Fapi.example").await.is(200);
        sends(&portal, &key, &format!("?{GRANT}"), "text/plain", "").await.is(200);
    }

    async fn a_parameter_in_the_query_and_in_the_body_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        refused(&sends(&portal, &key, &format!("?{GRANT}"), FORM, GRANT).await, 400, "invalid_request");
        refused(&sends(&portal, &key, "?scope=a", FORM, &format!("{GRANT}&scope=a")).await, 400, "invalid_request");
        refused(&sends(&portal, &key, "?scope=", FORM, &format!("{GRANT}&scope=")).await, 400, "invalid_request");
    }

    async fn rfc_6749_3_2_a_repeated_parameter_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for body in [format!("{GRANT}&{GRANT}"), format!("{GRANT}&scope=&scope="), format!("{GRANT}&x=1&x=2"), format!("{GRANT}&Resource=urn:a&Resource=urn:b")] {
            refused(&sends(&portal, &key, "", FORM, &body).await, 400, "invalid_request");
        }
    }

    async fn rfc_6749_3_2_an_empty_parameter_is_as_if_it_were_left_out(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let body = format!("{GRANT}&scope=&resource=&client_id=&client_secret=");
        let answer = sends(&portal, &key, "", FORM, &body).await.is(200).json();
        assert!(answer.get("scope").is_none());
        refused(&sends(&portal, &key, "", FORM, "grant_type=").await, 400, "invalid_request");
    }

    async fn rfc_6749_3_2_an_unknown_parameter_is_ignored(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        sends(&portal, &key, "?trace=1", FORM, &format!("{GRANT}&audience=x&%C3%BC=1&flag")).await.is(200);
    }

    async fn rfc_6749_3_2_only_post_is_answered(portal: Portal) {
        portal.set_up_acme().await;
        for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::OPTIONS] {
            let address = portal.url(&format!("/acme/oauth2/token?{GRANT}"));
            let answer = Answer::of(portal.client.request(method, address)).await;
            refused(&answer, 405, "invalid_request");
            assert_eq!(answer.header("allow"), "POST");
        }
    }

    async fn rfc_6749_5_2_a_missing_or_other_grant_type_has_its_own_error(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        refused(&sends(&portal, &key, "", FORM, "scope=a").await, 400, "invalid_request");
        refused(&sends(&portal, &key, "", FORM, "").await, 400, "invalid_request");
        for other in ["password", "authorization_code", "refresh_token", "Client_Credentials", "client_credentials+", "urn:ietf:params:oauth:grant-type:jwt-bearer"] {
            refused(&sends(&portal, &key, "", FORM, &format!("grant_type={other}")).await, 400, "unsupported_grant_type");
        }
    }

    async fn rfc_9110_15_5_16_another_media_type_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for media_type in ["application/json", "text/plain", "application/xml", "multipart/mixed"] {
            refused(&sends(&portal, &key, "", media_type, GRANT).await, 415, "invalid_request");
        }
        let untold = request(&portal).basic_auth(&key.client_id, Some(&key.secret)).body(GRANT);
        refused(&Answer::of(untold).await, 415, "invalid_request");
    }

    async fn a_body_that_is_too_large_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let padded = |length: usize| format!("{GRANT}&x={}", "x".repeat(length - GRANT.len() - 3));
        sends(&portal, &key, "", FORM, &padded(16_384)).await.is(200);
        refused(&sends(&portal, &key, "", FORM, &padded(16_385)).await, 413, "invalid_request");
    }

    async fn bytes_that_are_no_text_are_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for body in [&b"&x=%ff"[..], b"&x=%00", b"&x=\xff", b"&x=\0", b"&%c3=1", b"&scope=%ed%a0%80"] {
            let body = [GRANT.as_bytes(), body].concat();
            let request = request(&portal).header("content-type", FORM).basic_auth(&key.client_id, Some(&key.secret));
            refused(&Answer::of(request.body(body)).await, 400, "invalid_request");
        }
        refused(&sends(&portal, &key, &format!("?{GRANT}&x=%ff"), FORM, "").await, 400, "invalid_request");
    }

    async fn rfc_6749_3_3_a_scope_is_words_that_the_key_holds(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:write", "invoices:read", "orders:*"]).await;
        portal.gives(&key, "sender", "organization=acme").await;
        for (asked, given) in [
            ("", "invoices:read invoices:write orders:*"),
            ("&scope=invoices:read", "invoices:read"),
            ("&scope=orders:cancel", "orders:cancel"),
            ("&scope=orders:*", "orders:*"),
            ("&scope=invoices:write+invoices:read", "invoices:read invoices:write"),
            ("&scope=invoices:read%20invoices:read", "invoices:read"),
        ] {
            let answer = sends(&portal, &key, "", FORM, &format!("{GRANT}{asked}")).await.is(200).json();
            assert_eq!(answer["scope"], given, "{asked}");
        }
        for bad in ["invoices:delete", "invoices:*", "api_keys:read", "*", "invoices:read++invoices:write", "+invoices:read", "invoices:read+", "+", "a%22b", "a%5Cb", "a%09b", "caf%C3%A9", "invoices:read%0A"] {
            refused(&sends(&portal, &key, "", FORM, &format!("{GRANT}&scope={bad}")).await, 400, "invalid_scope");
        }
    }

    async fn rfc_8707_2_a_resource_is_an_absolute_uri_without_a_fragment(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for good in ["https://api.acme.example", "https://api.acme.example/v1?x=1", "urn:acme:invoices"] {
            let encoded: String = form_urlencoded::byte_serialize(good.as_bytes()).collect();
            let answer = sends(&portal, &key, "", FORM, &format!("{GRANT}&resource={encoded}")).await.is(200);
            may_not_be_kept(&answer);
            assert_eq!(crate::oauth::access_token::claims(&answer)["aud"], good);
        }
        for bad in ["https://api.acme.example/%23part", "https://api.acme.example/%23", "/invoices", "invoices", "//api.acme.example", "https%3A%2F%2F"] {
            refused(&sends(&portal, &key, "", FORM, &format!("{GRANT}&resource={bad}")).await, 400, "invalid_target");
        }
        let long = format!("{GRANT}&resource=https://api.acme.example/{}", "x".repeat(1_024));
        refused(&sends(&portal, &key, "", FORM, &long).await, 400, "invalid_target");
    }
}

/// Sends this body with the key's id and secret as HTTP Basic.
async fn sends(portal: &Portal, key: &Key, query: &str, media_type: &str, body: &str) -> Answer {
    let request = portal.client.post(portal.url(&format!("/acme/oauth2/token{query}")));
    let request = request.basic_auth(&key.client_id, Some(&key.secret)).header("content-type", media_type);
    Answer::of(request.body(body.to_owned())).await
}

/// A multipart body with its media type.
fn multipart(fields: &[(&str, &str)]) -> (String, String) {
    let part = |(name, value): &(&str, &str)| {
        format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let parts: String = fields.iter().map(part).collect();
    ("multipart/form-data; boundary=limit".into(), format!("{parts}--limit--\r\n"))
}
