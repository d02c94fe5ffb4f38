//! Clients of HTTP/1.0, which know no chunks (RFC 9112, section 6.1).

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Person, Place, Running};

async fn ask(portal: &Running, person: &Person, path: &str, accept: &str) -> TcpStream {
    let cookies = person.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let mut stream = TcpStream::connect(portal.address()).await.expect("a connection");
    let request =
        format!("GET {path} HTTP/1.0\r\nCookie: {cookies}\r\nAccept: {accept}\r\nConnection: keep-alive\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    stream
}

#[track_caller]
fn assert_unchunked(answer: &[u8]) {
    let text = String::from_utf8_lossy(answer);
    let (head, _) = text.split_once("\r\n\r\n").expect("a head");
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.0 200"), "{head}");
    assert!(!head.contains("transfer-encoding") && !head.contains("keep-alive"), "{head}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_comes_whole_and_ends_with_the_connection() {
    let place = Place::new();
    let (portal, mut ada) = place.ada().await;
    ada.makes_key("billing-sync").await;
    let mut answer = Vec::new();
    ask(&portal, &ada, "/api-keys/export", "*/*").await.read_to_end(&mut answer).await.expect("it ends");
    assert_unchunked(&answer);
    let text = String::from_utf8_lossy(&answer);
    let (_, body) = text.split_once("\r\n\r\n").expect("a body");
    assert!(body.starts_with("\u{feff}client_id,"), "{body}");
    assert_eq!(body.lines().filter(|line| line.starts_with("billing-sync,")).count(), 1, "{body}");
    assert!(body.ends_with("\r\n") && !body.contains("\r\n0\r\n"), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_waits_for_a_first_call_is_told_without_chunks() {
    let place = Place::new();
    let (portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let path = format!("/api-keys/{}/first-use", key.key_id);
    let mut stream = ask(&portal, &ada, &path, "text/event-stream").await;
    let mut answer = Vec::new();
    while !answer.ends_with(b": waiting\n\n") {
        assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0);
    }
    assert_unchunked(&answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(text.ends_with("\r\n\r\n: waiting\n\n"), "{text}");
}
