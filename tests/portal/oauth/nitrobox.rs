//! The three ways in which Nitrobox's clients ask for a token, byte for byte as the tools of its documentation send them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Key, Portal, on_both};

/// Sends a request with these lines between its first one and its body.
async fn sends(portal: &Portal, key: &Key, target: &str, lines: &str, body: &str) -> (u16, String) {
    let basic = STANDARD.encode(format!("{}:{}", key.client_id, key.secret));
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let host = portal.address;
    let answer = portal
        .wire(format!(
            "POST /acme/oauth2/token{target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {basic}\r\n{lines}{length}\
             Connection: close\r\n\r\n{body}"
        ))
        .await;
    (answer.status(), answer.0)
}

#[track_caller]
fn has_a_token((status, answer): &(u16, String)) {
    assert_eq!(*status, 200, "{answer}");
    for word in ["\"access_token\":\"ey", "\"token_type\":\"Bearer\"", "\"expires_in\":300"] {
        assert!(answer.contains(word), "{answer}");
    }
}

/// One part, between lines that begin with this.
fn multipart(boundary: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--{boundary}--\r\n"
    )
}

on_both! {
    async fn as_curl_does_with_form(portal: Portal) {
        let key = portal.ada().await.makes_key("my_client_id").await;
        let boundary = "------------------------46a84c241abc2d3c";
        let lines = format!("User-Agent: curl/7.88.1\r\nAccept: */*\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n");
        has_a_token(&sends(&portal, &key, "", &lines, &multipart(boundary)).await);
    }

    async fn as_curl_does_with_the_grant_type_in_the_query_and_neither_a_body_nor_its_length(portal: Portal) {
        let key = portal.ada().await.makes_key("my_client_id").await;
        let lines = "User-Agent: curl/7.88.1\r\nAccept: */*\r\n";
        has_a_token(&sends(&portal, &key, "?grant_type=client_credentials", lines, "").await);
        // Others say that there are no bytes.
        let lines = format!("{lines}Content-Length: 0\r\n");
        has_a_token(&sends(&portal, &key, "?grant_type=client_credentials", &lines, "").await);
    }

    async fn as_postman_does_with_form_data(portal: Portal) {
        let key = portal.ada().await.makes_key("my_client_id").await;
        let boundary = "--------------------------293582696224464000457113";
        let lines = format!(
            "User-Agent: PostmanRuntime/7.43.0\r\nAccept: */*\r\nCache-Control: no-cache\r\nPostman-Token: 0e4a6a2c-1c3f-4f0c-9a1b-3f0f3e1d2c4b\r\n\
             Accept-Encoding: gzip, deflate, br\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n"
        );
        has_a_token(&sends(&portal, &key, "", &lines, &multipart(boundary)).await);
    }

    async fn as_java_does_with_a_urlencoded_form(portal: Portal) {
        let key = portal.ada().await.makes_key("my_client_id").await;
        let lines = "User-Agent: Java-http-client/17.0.9\r\nContent-Type: application/x-www-form-urlencoded;charset=UTF-8\r\nAccept: application/json, application/*+json\r\n";
        has_a_token(&sends(&portal, &key, "", lines, "grant_type=client_credentials").await);
    }
}
