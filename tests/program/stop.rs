//! Asked to stop: what is under way is finished, what is in memory is written.

use std::process::Command;
use std::time::Duration;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "the real time of a test")]
async fn idle_connections_of_a_balancer_stay_open_and_do_not_hold_up_the_stop() {
    let place = Place::new();
    let mut portal = place.serve();
    let mut balancer = KeptOpen::to(&portal).await.expect("a connection");
    assert_eq!(balancer.ask("GET", "/healthz", "").await, Some(Asked { status: 200, ends: false }));
    // Many balancers keep connections for 60 seconds; the server's default is 5.
    let closed = tokio::time::timeout(Duration::from_millis(6_500), balancer.0.read(&mut [0; 1])).await;
    assert!(closed.is_err(), "it was closed: {closed:?}");
    assert_eq!(balancer.ask("GET", "/healthz", "").await, Some(Asked { status: 200, ends: false }));

    let asked = std::time::Instant::now();
    portal.is_asked_to_stop();
    assert_eq!(portal.end().code(), Some(0));
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(balancer.0.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

/// A connection as a balancer keeps it.
struct KeptOpen(TcpStream);

#[derive(Debug, PartialEq, Eq)]
struct Asked {
    status: u16,
    /// Whether the portal says that the connection ends with it.
    ends: bool,
}

impl KeptOpen {
    async fn to(portal: &Running) -> Option<Self> {
        TcpStream::connect(portal.address()).await.ok().map(Self)
    }

    /// Sends a request; nothing where no answer came.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<Asked> {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: keys.example\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.0.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&answer).to_lowercase();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                if body.len() == length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
                    return Some(Asked { status: status.unwrap_or(0), ends: head.contains("\r\nconnection: close") });
                }
            }
            if self.0.read_buf(&mut answer).await.ok()? == 0 {
                return None;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_on_a_connection_that_is_kept_open_is_lost() {
    let place = Place::new();
    let (mut portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let body = format!("{{\"key\":\"{}\"}}", key.secret);
    let portal_ = &portal;
    let ask = async || {
        let mut connection = KeptOpen::to(portal_).await.expect("a connection");
        for number in 0.. {
            match connection.ask("POST", "/api/v1/verify", &body).await {
                Some(Asked { status: 200, ends: false }) => {}
                // It was told in time to open another.
                Some(Asked { status: 200, ends: true }) => return number,
                other => panic!("request {number}: {other:?}"),
            }
        }
        0
    };
    let stop = async {
        // All of them are at it.
        let mut probe = KeptOpen::to(portal_).await.expect("a connection");
        for _ in 0..20 {
            probe.ask("GET", "/healthz", "").await.expect("an answer");
        }
        portal_.is_asked_to_stop();
    };
    let (asked, ()) = tokio::join!(async { tokio::join!(ask(), ask(), ask(), ask(), ask(), ask()) }, stop);
    assert!(asked.0 > 0, "{asked:?}");
    assert_eq!(portal.end().code(), Some(0), "{}", portal.log());
}

on_both! {
    async fn a_terminal_that_closes_or_quits_stops_it_as_a_service_manager_does(place: Place) {
        let (portal, mut ada) = place.ada().await;
        let key = ada.makes_key("billing-sync").await;
        drop(portal);
        for (signals, number) in [(&["-HUP", "-HUP"][..], 1), (&["-QUIT"], 2)] {
            let mut portal = place.serve();
            let question = Question::begin(&portal, &key).await;
            for signal in signals {
                portal.is_sent(signal);
            }
            eventually("no more connections are taken", || std::net::TcpStream::connect(portal.address()).err());
            let answer = question.finish().await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{signals:?}: {answer}");
            assert_eq!(portal.end().code(), Some(0), "{signals:?}: {}", portal.log());
            let accepted = "SELECT COUNT(*) FROM api_key_uses WHERE used_at > 0";
            assert_eq!(place.database().number(accepted), 1, "the use number {number} is written");
        }
    }
}

#[tokio::test]
async fn under_nohup_it_outlives_its_terminal() {
    let place = Place::new();
    let mut command = Command::new("sh");
    let keystead = place.keystead(&["--listen", "127.0.0.1:0"]);
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(keystead.get_program()).args(keystead.get_args());
    command.current_dir(place.path(""));
    for (name, _) in keystead.get_envs().filter(|(_, value)| value.is_none()) {
        command.env_remove(name);
    }
    let mut portal = Running::start(command, &place.path("out"), &place.path("log"));
    portal.is_sent("-HUP");
    for _ in 0..20 {
        let ready = client().get(format!("{}/readyz", portal.origin)).send().await.expect("an answer");
        // Nobody is set up yet; what counts is that it does not stop.
        assert_eq!(ready.status(), 200);
    }
    assert!(portal.is_alive() && !portal.log().contains("stopping"));
    portal.stops();
}
