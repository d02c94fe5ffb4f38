//! Many clients at once, some of which mean no good.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Place, Running, client, verify};

/// Bytes of a body that does not end; one byte more than these is announced.
const SENT: usize = 65_000;
/// As many as need more than all unfinished bodies may have together.
const CROWD: usize = 400;

/// Sends most of a body, and waits for what is answered.
async fn never_finishes(portal: &Running) -> TcpStream {
    let mut stream = TcpStream::connect(portal.address()).await.expect("a connection");
    let head = format!(
        "POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        SENT + 1
    );
    stream.write_all(head.as_bytes()).await.expect("the head is sent");
    stream.write_all(&[b' '; SENT]).await.expect("the body is sent");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_never_end_make_way_for_clients_that_send_theirs() {
    let place = Place::new();
    let (portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(never_finishes(&portal).await);
    }
    for _ in 0..20 {
        let answer = verify(&client(), &portal.origin, &key.secret).await.expect("an answer");
        assert_eq!(answer.json()["code"], "VALID");
    }
    let (mut gave_way, mut too_slow) = (0, 0);
    for mut stream in crowd {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "it is held for longer than 15 seconds");
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
        gave_way += usize::from(text.contains("Too many requests are being sent at once"));
        too_slow += usize::from(text.contains("The body takes too long to arrive"));
    }
    let most = 16 * 1_024 * 1_024 / SENT;
    assert_eq!(gave_way + too_slow, CROWD);
    assert!(too_slow <= most && too_slow > 0, "{too_slow} were held to the end");
    portal.stops();
}
