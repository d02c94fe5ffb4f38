//! HTTP as bytes: no library puts in order what a client writes here.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::PATIENCE;

/// A request or an answer as it came.
#[derive(Debug, Clone)]
pub struct Message {
    /// The request line or the status line.
    pub first: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    fn parse(head: &str, body: &[u8]) -> Self {
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default().to_owned();
        let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Self { first, headers: lines.filter_map(header).collect(), body: body.to_vec() }
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header, or nothing.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} twice: {self:?}");
        all.first().copied().unwrap_or_default()
    }

    /// The status of an answer.
    #[track_caller]
    pub fn status(&self) -> u16 {
        let word = self.first.split(' ').nth(1).and_then(|word| word.parse().ok());
        word.unwrap_or_else(|| panic!("not an answer: {self:?}"))
    }

    /// Has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "{self:?}");
        self
    }
}

/// Sends these bytes from an address of this machine, and reads until the other side has nothing more to say.
pub async fn send(from: Ipv4Addr, to: SocketAddr, request: &str) -> Message {
    send_twice(from, to, request, "").await
}

/// Sends a request and, when the head of its answer is there, more bytes; the answer, with all that follows its head as its body.
pub async fn send_twice(from: Ipv4Addr, to: SocketAddr, request: &str, more: &str) -> Message {
    let talk = async {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((from, 0).into()).expect("an address of this machine");
        let mut stream = socket.connect(to).await.expect("the gateway listens");
        stream.write_all(request.as_bytes()).await.expect("it is sent");
        let mut bytes = Vec::new();
        while end_of_head(&bytes).is_none() && stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {}
        // A gateway that refused may have closed the connection, and may reset what it did not read.
        let _ = stream.write_all(more.as_bytes()).await;
        let _ = stream.read_to_end(&mut bytes).await;
        bytes
    };
    let bytes = timeout(PATIENCE, talk).await.unwrap_or_else(|_| panic!("no answer to {request}"));
    let end = end_of_head(&bytes).unwrap_or_else(|| panic!("no answer to {request}"));
    let (head, body) = (String::from_utf8_lossy(&bytes[..end]), &bytes[end + 4..]);
    Message::parse(&head, body)
}

/// A request with its whole body.
pub async fn read_request(stream: &mut TcpStream) -> Option<Message> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 16_384]);
    loop {
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = end_of_head(&bytes) else { continue };
        let body = &bytes[end + 4..];
        let message = Message::parse(&String::from_utf8_lossy(&bytes[..end]), body);
        let is_whole = match message.header("content-length").parse::<usize>() {
            Ok(length) => body.len() >= length,
            Err(_) => message.header("transfer-encoding").is_empty() || body.ends_with(b"0\r\n\r\n"),
        };
        if is_whole {
            return Some(message);
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}
