//! Asked to stop: what is under way is finished, what is in memory is written.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Key, Place, Running, client, eventually, on_both, verify};

/// A question whose second half is still to come.
struct Question {
    stream: TcpStream,
    rest: String,
}

impl Question {
    async fn begin(portal: &Running, key: &Key) -> Self {
        let body = format!("{{\"key\":\"{}\"}}", key.secret);
        let (first, rest) = body.split_at(20);
        let head = format!(
            "POST /api/v1/verify HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            portal.address(),
            body.len()
        );
        let mut stream = TcpStream::connect(portal.address()).await.expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        // The portal says that it waits for the body: the request is under way.
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).await.expect("it goes on");
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(first.as_bytes()).await.expect("the first half is sent");
        Self { stream, rest: rest.to_owned() }
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).await.expect("the rest is sent");
        let mut answer = Vec::new();
        // The portal closes the connection: it is going away.
        self.stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8(answer).expect("text")
    }
}

on_both! {
    async fn requests_under_way_are_answered_and_last_uses_are_written(place: Place) {
        let (mut portal, mut ada) = place.ada().await;
        let (early, late) = (ada.makes_key("early-bird").await, ada.makes_key("late-comer").await);
        let answer = verify(&client(), &portal.origin, &early.secret).await.expect("an answer");
        assert_eq!(answer.json()["code"], "VALID");

        let mut questions = Vec::new();
        for _ in 0..8 {
            questions.push(Question::begin(&portal, &late).await);
        }
        let load = (0..4).map(|_| tokio::spawn(ask_until_nobody_answers(portal.origin.clone(), early.clone())));
        let load = load.collect::<Vec<_>>();
        portal.is_asked_to_stop();
        eventually("no more connections are taken", || std::net::TcpStream::connect(portal.address()).err());
        assert!(portal.is_alive(), "it waits for what is under way");
        for question in questions {
            let answer = question.finish().await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"VALID\""), "{answer}");
        }
        for asker in load {
            asker.await.expect("nobody under load gets a wrong answer");
        }
        assert_eq!(portal.end().code(), Some(0), "{}", portal.log());
        let database = place.database();
        for key in [&early, &late] {
            let used = format!(
                "SELECT COUNT(*) FROM api_key_uses u JOIN api_keys k ON k.id = u.api_key_id WHERE u.used_at > 0 AND k.key_id = '{}'",
                key.key_id
            );
            assert_eq!(database.number(&used), 1, "the use of {} is written", key.client_id);
        }
    }
}

/// Each question on a connection of its own. Whatever is answered is the truth.
async fn ask_until_nobody_answers(origin: String, key: Key) {
    while let Ok(answer) = verify(&client(), &origin, &key.secret).await {
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (200, &"VALID".into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_while_it_stops_is_never_told_that_it_is_ready() {
    let place = Place::new();
    let (mut portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let question = Question::begin(&portal, &key).await;
    let mut balancer = TcpStream::connect(portal.address()).await.unwrap();
    let ready = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", portal.address());
    let mut answer = [0; 4_096];
    balancer.write_all(ready.as_bytes()).await.unwrap();
    let length = balancer.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200"));

    portal.is_asked_to_stop();
    eventually("no more connections are taken", || std::net::TcpStream::connect(portal.address()).err());
    // On a connection that is open still: 503, or the end of it; never "ready".
    let length = match balancer.write_all(ready.as_bytes()).await {
        Ok(()) => balancer.read(&mut answer).await.unwrap_or(0),
        Err(_) => 0,
    };
    let said = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 503"), "{said}");
    question.finish().await;
    assert_eq!(portal.end().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "the real time of a test")]
async fn connections_that_say_nothing_do_not_keep_it_from_stopping() {
    let place = Place::new();
    let mut portal = place.serve();
    let idle = TcpStream::connect(portal.address()).await.unwrap();
    let mut half = TcpStream::connect(portal.address()).await.unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: ").await.unwrap();
    let client = client();
    client.get(format!("{}/healthz", portal.origin)).send().await.unwrap();
    let asked = std::time::Instant::now();
    portal.is_asked_to_stop();
    assert_eq!(portal.end().code(), Some(0));
    let took = asked.elapsed();
    assert!(took < std::time::Duration::from_secs(12), "{took:?}");
    drop((idle, half, client));
}
