//! What is sent compressed, and what never is.

use std::io::Read;

use flate2::read::GzDecoder;
use keystead::web::static_files::asset;
use reqwest::{Method, RequestBuilder, Response};

use crate::support::{Portal, Visitor, on_both};

/// Sends it as a browser would that takes gzip.
async fn sent(visitor: &Visitor<'_>, request: RequestBuilder, site: &str) -> Response {
    let request = request.header("accept-encoding", "gzip, deflate").header("sec-fetch-site", site);
    request.header("cookie", visitor.cookie_header()).send().await.expect("an answer")
}

async fn got(visitor: &Visitor<'_>, path: &str, site: &str) -> Response {
    sent(visitor, visitor.request(Method::GET, path), site).await
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn unpacked(answer: Response) -> String {
    assert_eq!(header(&answer, "content-encoding"), "gzip");
    let (packed, mut text) = (answer.bytes().await.expect("a body"), String::new());
    GzDecoder::new(&packed[..]).read_to_string(&mut text).expect("gzip");
    text
}

/// A static file, asked for like this: its status, coding, ETag and length.
async fn file(portal: &Portal, name: &str, headers: &[(&str, &str)]) -> (u16, String, String, usize) {
    let request = headers
        .iter()
        .fold(portal.client.get(portal.url(name)), |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.expect("an answer");
    assert_eq!(header(&answer, "vary"), "Accept-Encoding");
    let (status, coding, tag) =
        (answer.status().as_u16(), header(&answer, "content-encoding").to_owned(), header(&answer, "etag").to_owned());
    (status, coding, tag, answer.bytes().await.expect("a body").len())
}

on_both! {
    async fn a_list_travels_as_a_small_part_of_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        for number in 0..12 {
            ada.makes_key(&format!("billing-sync-{number}")).await;
        }
        for (path, small) in [("/api-keys", 6), ("/api-keys/new", 3), ("/users", 2), ("/audit", 4)] {
            let answer = got(&ada, path, "same-origin").await;
            assert_eq!(header(&answer, "vary"), "Accept-Encoding, Cookie, Sec-Fetch-Site, Origin");
            let length: usize = header(&answer, "content-length").parse().expect("a length");
            let text = unpacked(answer).await;
            assert!(length * small < text.len(), "{path}: {length} of {}", text.len());
        }
        let text = unpacked(got(&ada, "/api-keys", "none").await).await;
        assert!(text.contains("billing-sync-11") && text.trim_end().ends_with("</html>"));
        // Those who take nothing of it get it as it is, and so do those who prefer that.
        for accepted in ["", "identity", "gzip;q=0", "br", "gzip;q=0.2, identity;q=0.5", "*;q=0", "\u{1}"] {
            let request = ada.request(Method::GET, "/api-keys").header("cookie", ada.cookie_header());
            let request = if accepted.starts_with('\u{1}') { request } else { request.header("accept-encoding", accepted) };
            assert_eq!(header(&request.send().await.expect("an answer"), "content-encoding"), "", "{accepted:?}");
        }
        let head = sent(&ada, ada.request(Method::HEAD, "/api-keys"), "same-origin").await;
        assert_eq!((head.status().as_u16(), header(&head, "content-encoding")), (200, "gzip"));
    }

    async fn a_file_with_all_keys_is_the_same_compressed(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_named_key("billing-sync", "Billing").await;
        let plain = ada.get("/api-keys/export").await.is(200).body;
        assert_eq!(unpacked(got(&ada, "/api-keys/export", "same-origin").await).await, plain);
    }

    async fn no_answer_with_a_secret_is_compressed(portal: Portal) {
        let link = portal.setup_link.clone().expect("a link");
        let setup = portal.client.get(&link).header("accept-encoding", "gzip, br").send().await.expect("an answer");
        assert_eq!((setup.status().as_u16(), header(&setup, "content-encoding")), (200, ""));
        let mut ada = portal.ada().await;
        let intent = ada.intent();
        let fields = [("csrf", ada.csrf.clone()), ("intent", intent), ("client_id", "billing-sync".into()), ("name", String::new()), ("expiry", "90".into())];
        let shown = sent(&ada, ada.request(Method::POST, "/api-keys/new").form(&fields), "same-origin").await;
        assert_eq!(header(&shown, "content-encoding"), "");
        assert!(shown.text().await.expect("text").contains("id=\"secret\""));
        let key = portal.lines("SELECT key_id AS line FROM api_keys").await.remove(0);
        ada.get(&format!("/api-keys/{key}/rotate")).await.is(200);
        let fields = [("csrf", ada.csrf.as_str()), ("version", "1"), ("overlap", "3600")];
        let shown = sent(&ada, ada.request(Method::POST, &format!("/api-keys/{key}/rotate")).form(&fields), "same-origin").await;
        assert_eq!(header(&shown, "content-encoding"), "");
        assert!(shown.text().await.expect("text").contains("id=\"secret\""));
        let code = portal.invites("ivy@acme.example").await;
        for path in [format!("/invitations/{code}"), "/login".into()] {
            assert_eq!(header(&got(&portal.visitor(), &path, "none").await, "content-encoding"), "");
            assert_eq!(header(&got(&ada, &path, "none").await, "content-encoding"), "", "signed in as well");
        }
    }

    async fn what_another_site_asks_for_is_as_long_as_it_is(portal: Portal) {
        let ada = portal.ada().await;
        for site in ["cross-site", "same-site", "anything"] {
            let answer = got(&ada, "/api-keys?q=guess", site).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "content-encoding")), (200, ""), "{site}");
        }
    }

    async fn a_static_file_comes_in_the_coding_that_the_browser_prefers(portal: Portal) {
        let name = asset("css/keystead.css");
        let (_, coding, plain, length) = file(&portal, name, &[]).await;
        assert_eq!(coding, "");
        let mut tags = vec![plain.clone()];
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0.1, gzip;q=0.9", "gzip"), ("br;q=0, gzip", "gzip"),
            ("br;q=0, gzip;q=0", ""), ("identity, gzip;q=0.5", ""), ("zstd", ""), ("", ""), ("*;q=0", ""), ("br; q=nonsense", ""),
        ] {
            let (status, coding, tag, packed) = file(&portal, name, &[("accept-encoding", accepted)]).await;
            assert_eq!((status, coding.as_str()), (200, expected), "{accepted:?}");
            assert_eq!(packed * 2 < length, !expected.is_empty(), "{accepted:?}: {packed} of {length}");
            // A browser that has it is told so, for the coding that it takes.
            let again = file(&portal, name, &[("accept-encoding", accepted), ("if-none-match", &tag)]).await;
            assert_eq!((again.0, again.3), (304, 0));
            tags.push(tag);
        }
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), 3, "one for each coding: {tags:?}");
        let head = portal.client.head(portal.url(name)).header("accept-encoding", "br").send().await.expect("an answer");
        assert_eq!((head.status().as_u16(), header(&head, "content-encoding")), (200, "br"));
        assert_eq!(file(&portal, name, &[("if-none-match", "\"other\"")]).await.0, 200);
    }

    async fn browsers_that_look_for_an_icon_on_their_own_find_it(portal: Portal) {
        let icon = portal.client.get(portal.url("/favicon.ico")).send().await.expect("an answer");
        assert_eq!((icon.status().as_u16(), header(&icon, "content-type")), (200, "image/svg+xml"));
        assert_eq!(header(&icon, "cache-control"), "public, max-age=86400");
    }
}
