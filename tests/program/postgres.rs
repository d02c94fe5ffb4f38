//! A PostgreSQL server that is not there, goes away, or does not answer.

use std::time::{Duration, Instant};

use crate::support::proxy::Proxy;
use crate::support::{Answer, Key, PATIENCE, Person, Place, Running, token, verify};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_server_it_does_not_start_and_takes_no_other_database() {
    let mut proxy = Proxy::start().await;
    let place = Place::with_url(&proxy.url);
    proxy.is_cut().await;
    place.run(&[]).refuses("the database postgres://127.0.0.1:").refuses("cannot be opened").refuses("refused");
    assert!(!place.path("data/keystead.db").exists() && !place.path("data/keystead.secret").exists());
    proxy.is_back().await;
    place.serve().stops();
    assert!(!place.path("data/keystead.db").exists());
}

/// Everything that needs the database, with a good key and a good session.
async fn ask(portal: &Running, ada: &Person, key: &Key) -> Vec<(&'static str, Answer, Duration)> {
    let (client, origin) = (&ada.client, &portal.origin);
    let cookies = ada.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let page =
        |path: &str| client.get(format!("{origin}{path}")).header("accept", "text/html").header("cookie", &cookies);
    let form = |path: &str| {
        let request = client.post(format!("{origin}{path}")).header("accept", "text/html").header("cookie", &cookies);
        request.header("sec-fetch-site", "same-origin").form(&[("csrf", &ada.csrf)])
    };
    let question = [("email", "ada@acme.example"), ("password", crate::support::PASSWORD), ("csrf", &ada.csrf)];
    let mut answers = Vec::new();
    let mut keep =
        async |what, question: std::pin::Pin<Box<dyn Future<Output = Result<Answer, reqwest::Error>> + '_>>| {
            let asked = now();
            let answer =
                question.await.unwrap_or_else(|error| panic!("{what}: no answer after {:?}: {error}", asked.elapsed()));
            answers.push((what, answer, asked.elapsed()));
        };
    keep("verify", Box::pin(verify(client, origin, &key.secret))).await;
    keep("token", Box::pin(token(client, origin, key))).await;
    for endpoint in ["introspect", "revoke"] {
        let request = client.post(format!("{origin}/acme/oauth2/{endpoint}")).form(&[("token", &key.secret)]);
        keep(endpoint, Box::pin(Answer::of(request.basic_auth(&key.client_id, Some(&key.secret))))).await;
    }
    let passing = client.get(format!("{origin}/acme/gateway/auth")).header("x-api-key", &key.secret);
    keep("gateway", Box::pin(Answer::of(passing))).await;
    keep("jwks", Box::pin(Answer::of(client.get(format!("{origin}/acme/oauth2/jwks"))))).await;
    keep("list", Box::pin(Answer::of(page("/api-keys")))).await;
    keep("form", Box::pin(Answer::of(page("/api-keys/new")))).await;
    keep("detail", Box::pin(Answer::of(page(&format!("/api-keys/{}", key.key_id))))).await;
    keep("audit", Box::pin(Answer::of(page("/audit")))).await;
    keep("logout", Box::pin(Answer::of(form("/logout")))).await;
    let login = client.post(format!("{origin}/login")).header("sec-fetch-site", "same-origin").form(&question);
    keep("login", Box::pin(Answer::of(login.header("cookie", &cookies).header("accept", "text/html")))).await;
    keep("readyz", Box::pin(Answer::of(client.get(format!("{origin}/readyz"))))).await;
    answers
}

#[expect(clippy::disallowed_methods, reason = "the real time of a test")]
fn now() -> Instant {
    Instant::now()
}

#[track_caller]
fn assert_unavailable(answers: &[(&'static str, Answer, Duration)], bound: Duration) {
    for (what, answer, took) in answers {
        assert_eq!(answer.status.as_u16(), 503, "{what}: {}", answer.body);
        assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{what} says when to try again");
        assert!(!answer.body.contains("\"valid\""), "{what}: {}", answer.body);
        assert!(answer.header("www-authenticate").is_empty(), "{what}");
        assert!(
            answer.header("set-cookie").is_empty(),
            "{what} takes the session away: {}",
            answer.header("set-cookie")
        );
        assert!(*took < bound, "{what} took {took:?}");
    }
    let of = |name: &str| &answers.iter().find(|(what, ..)| *what == name).expect("it was asked").1;
    for endpoint in ["token", "introspect", "revoke"] {
        assert_eq!(of(endpoint).json()["error"], "temporarily_unavailable", "{endpoint}");
    }
    assert_eq!(of("verify").header("content-type"), "application/problem+json; charset=utf-8");
    assert!(of("list").body.contains("Keystead is not available"), "{}", of("list").body);
}

async fn lives(portal: &Running) {
    let answer = Answer::of(reqwest::Client::new().get(format!("{}/healthz", portal.origin))).await.expect("an answer");
    assert_eq!(answer.status.as_u16(), 200);
}

/// Asks until the key is valid again; whatever is said until then is 503.
async fn recovers(portal: &Running, ada: &mut Person, key: &Key) {
    let since = now();
    loop {
        let answer = verify(&ada.client, &portal.origin, &key.secret).await.expect("an answer");
        if answer.status.as_u16() == 200 {
            assert_eq!(answer.json()["code"], "VALID");
            break;
        }
        assert_eq!(answer.status.as_u16(), 503, "{}", answer.body);
        assert!(since.elapsed() < PATIENCE, "it did not come back");
    }
    assert_eq!(token(&ada.client, &portal.origin, key).await.expect("an answer").status.as_u16(), 200);
    let ready = Answer::of(ada.client.get(format!("{}/readyz", portal.origin))).await.expect("an answer");
    assert_eq!(ready.status.as_u16(), 200);
    ada.get("/api-keys").await.is(200).says("billing-sync");
    ada.makes_key(&format!("made-later-{}", ada.given.len())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc_7009_2_2_1_while_the_server_is_away_the_truth_is_not_known_and_afterwards_all_goes_on() {
    let mut proxy = Proxy::start().await;
    let place = Place::with_url(&proxy.url);
    let (mut portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    for _ in 0..2 {
        proxy.is_cut().await;
        lives(&portal).await;
        assert_unavailable(&ask(&portal, &ada, &key).await, Duration::from_secs(10));
        lives(&portal).await;
        assert!(portal.is_alive());
        proxy.is_back().await;
        recovers(&portal, &mut ada, &key).await;
    }
    portal.stops();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_not_waited_for_for_long() {
    let mut proxy = Proxy::start().await;
    let place = Place::with_url(&proxy.url);
    let (mut portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    proxy.falls_silent().await;
    lives(&portal).await;
    assert_unavailable(&ask(&portal, &ada, &key).await, Duration::from_secs(15));
    lives(&portal).await;
    assert!(portal.is_alive());
    proxy.is_back().await;
    recovers(&portal, &mut ada, &key).await;
    portal.stops();
}

/// Longest until a node decides again, once it can reach its server.
const BACK_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_decides_again_within_5_seconds_of_the_return_of_its_network_and_the_others_all_the_time() {
    let mut proxy = Proxy::start().await;
    let place = Place::with_url(&proxy.url);
    let (portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    // Two nodes with a network of their own.
    let direct = [("DATABASE_URL", proxy.direct.as_str())];
    let others = [1, 2].map(|_| place.serve_with(&["--listen", "127.0.0.1:0"], &direct));
    let client = &ada.client;
    let decides = async |origin: &str| {
        let answer = verify(client, origin, &key.secret).await.expect("an answer");
        assert!(matches!(answer.status.as_u16(), 200 | 503), "{}", answer.body);
        answer.status.as_u16() == 200 && answer.json()["code"] == "VALID"
    };
    for fault in ["lost", "cut", "silent", "lost"] {
        match fault {
            "lost" => proxy.loses_everything().await,
            "cut" => proxy.is_cut().await,
            _ => proxy.falls_silent().await,
        }
        // More than there are connections: all of them wait for what was lost.
        let waiting = futures_util::future::join_all((0..16).map(|_| decides(&portal.origin)));
        let refused = tokio::join!(waiting, async {
            for _ in 0..20 {
                for other in &others {
                    assert!(decides(&other.origin).await, "another node is not concerned");
                }
            }
            proxy.is_back().await;
            let back = now();
            while !decides(&portal.origin).await {
                assert!(back.elapsed() < BACK_WITHIN, "after everything was {fault}: {:?}", back.elapsed());
            }
        });
        drop(refused);
    }
    let [one, two] = others;
    for portal in [portal, one, two] {
        portal.stops();
    }
}
