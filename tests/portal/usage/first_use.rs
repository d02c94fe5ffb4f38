//! The first use of a key, told to the page that waits for it.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{Key, Visitor, on_both};

/// What has come of a stream, until it holds these words or ends.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(visitor: &Visitor<'_>, key: &Key) -> Self {
        let response = Self::asks(visitor, key).await;
        assert_eq!(response.status().as_u16(), 200);
        let content_type = response.headers()["content-type"].to_str().expect("text").to_owned();
        assert_eq!(content_type, "text/event-stream; charset=utf-8");
        Self { response, text: String::new() }.reads(": waiting").await
    }

    async fn asks(visitor: &Visitor<'_>, key: &Key) -> reqwest::Response {
        let request = visitor.portal.client.request(Method::GET, visitor.portal.url(&key.path("first-use")));
        let request = request.header("accept", "text/event-stream").header("cookie", visitor.cookie_header());
        request.send().await.expect("the portal answers")
    }

    async fn reads(mut self, words: &str) -> Self {
        while !self.text.contains(words) {
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("{words:?} does not come: {:?}", self.text));
            match chunk.expect("the connection stays") {
                Some(bytes) => self.text += &String::from_utf8_lossy(&bytes),
                None => panic!("it ended without {words:?}: {:?}", self.text),
            }
        }
        self
    }

    /// All of it, to its end.
    async fn reads_to_the_end(self) -> String {
        let rest = tokio::time::timeout(Duration::from_secs(10), self.response.text()).await.expect("it ends");
        self.text + &rest.expect("the connection stays")
    }
}

on_both! {
    async fn the_page_is_told_of_the_first_call_and_then_it_is_over(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let page = ada.get(&key.path("")).await.says("Waiting for the first call. Look again");
        assert_eq!(page.attributes("data-first-use"), [key.path("first-use")]);
        let stream = Stream::open(&ada, &key).await;
        assert_eq!(portal.verify(&key.wrong_secret()).await, "UNKNOWN");
        let ask = json!({ "key": key.secret, "ip": "203.0.113.7" });
        portal.verify_with(&ask).await.is(200);
        let text = stream.reads_to_the_end().await;
        let told = "event: used\ndata: First call received 23 Nov 2026, 14:32 UTC, from 203.0.113.7.\n\n";
        assert!(text.ends_with(told), "{text:?}");
        assert!(!text.contains(&key.secret));
        // Who comes later is told at once.
        portal.clock.forward(600);
        assert!(Stream::open(&ada, &key).await.reads_to_the_end().await.ends_with(told));
        ada.get(&key.path("")).await.says("First call 23 Nov 2026, 14:32 UTC, from 203.0.113.7").says_nothing_of("data-first-use");
    }

    async fn a_call_that_another_node_has_written_is_told_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let stream = Stream::open(&ada, &key).await;
        portal.was_called(&key, 0, "VALID", &["198.51.100.24"]).await;
        assert!(stream.reads_to_the_end().await.contains("from 198.51.100.24."));
    }

    async fn it_ends_after_five_minutes_and_with_the_session(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let stream = Stream::open(&ada, &key).await;
        portal.clock.forward(5 * 60);
        assert!(stream.reads_to_the_end().await.ends_with("event: end\ndata:\n\n"));
        let stream = Stream::open(&ada, &key).await;
        portal.sql("DELETE FROM sessions").await;
        portal.clock.forward(6);
        assert!(stream.reads_to_the_end().await.ends_with("event: end\ndata:\n\n"));
    }

    async fn a_user_who_was_switched_off_is_not_told(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let off = portal.somebody("acme", "off@acme.example", &["developer"]).await;
        let less = portal.somebody("acme", "less@acme.example", &["developer"]).await;
        let streams = [Stream::open(&off, &key).await, Stream::open(&less, &key).await];
        portal.disables("off@acme.example").await;
        portal.takes_all_roles_from("less@acme.example").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        for stream in streams {
            let text = stream.reads_to_the_end().await;
            assert!(text.ends_with("event: end\ndata:\n\n") && !text.contains("event: used"), "{text:?}");
        }
    }

    async fn it_keeps_no_connection_of_the_database_and_no_portal_from_stopping(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let node = portal.restarted(&[]);
        let visitor = Visitor { portal: &node, ..ada.clone() };
        let mut streams = Vec::new();
        for email in ["bill@acme.example", "cleo@acme.example", "dora@acme.example"] {
            let somebody = portal.somebody("acme", email, &["developer"]).await;
            let somebody = Visitor { portal: &node, ..somebody };
            for _ in 0..4 {
                streams.push(Stream::open(&somebody, &key).await);
            }
        }
        // More than there are connections, and it answers.
        assert_eq!(node.verify(&key.wrong_secret()).await, "UNKNOWN");
        visitor.clone().get("/api-keys").await.is(200);
        let stopped = tokio::task::spawn_blocking(move || drop(node));
        for stream in streams {
            assert!(stream.reads_to_the_end().await.ends_with("event: end\ndata:\n\n"));
        }
        tokio::time::timeout(Duration::from_secs(10), stopped).await.expect("it stops").expect("it stops well");
    }

    async fn a_person_has_five_and_others_have_their_own(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let mut streams = Vec::new();
        for _ in 0..5 {
            streams.push(Stream::open(&ada, &key).await);
        }
        let refused = Stream::asks(&ada, &key).await;
        assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"60".parse().expect("a header")));
        let bill = portal.somebody("acme", "bill@acme.example", &["developer"]).await;
        drop(Stream::open(&bill, &key).await);
        ada.get(&key.path("")).await.is(200).says("Waiting for the first call.");
        portal.clock.forward(5 * 60);
        for stream in streams {
            stream.reads_to_the_end().await;
        }
        // Those that are over have left their places.
        drop(Stream::open(&ada, &key).await);
    }

    async fn whoever_asks_for_no_stream_is_sent_to_the_page(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("first-use")).await.redirects_to(&key.path(""));
        let mut gwen = portal.globex().await;
        gwen.get(&key.path("first-use")).await.is(404);
        let request = gwen.request(Method::GET, &key.path("first-use")).header("accept", "text/event-stream");
        gwen.send(request).await.is(404);
    }

    async fn the_page_with_the_secret_waits_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.get("/api-keys/new").await.field("intent");
        let page = ada.posts_key(&intent, "billing-sync").await.is(200).says("First call Waiting for the first call.");
        let secret = page.element("secret");
        let key_id = secret.split('_').nth(2).expect("a key has an id").to_owned();
        assert_eq!(page.attributes("data-first-use"), [format!("/api-keys/{key_id}/first-use")]);
        assert!(page.attributes("href").contains(&format!("/api-keys/{key_id}")));
    }
}
