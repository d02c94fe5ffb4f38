//! Requests that no well-behaved client sends: bytes on a connection.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Portal, Visitor};

/// What came back until the portal closed the connection.
#[derive(Debug, Clone)]
pub struct Wire(pub String);

impl Wire {
    /// The status of the first answer; 0 when there was none.
    pub fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    /// How many answers there are.
    pub fn answers(&self) -> usize {
        self.0.matches("HTTP/1.1 ").count()
    }
}

impl Portal {
    /// Sends these bytes and reads until the portal closes the connection, which has to happen at once: an idle connection
    /// would stay open for five seconds.
    pub async fn wire(&self, bytes: impl AsRef<[u8]>) -> Wire {
        let (mut read, mut write) = TcpStream::connect(self.address).await.expect("the portal listens").into_split();
        let mut answer = Vec::new();
        let send = async {
            // Who is refused before the end may find the connection closed while still sending.
            let _ = write.write_all(bytes.as_ref()).await;
        };
        let receive = async {
            let closed = tokio::time::timeout(Duration::from_secs(4), read.read_to_end(&mut answer)).await;
            assert!(closed.is_ok(), "the connection stays open");
        };
        tokio::join!(send, receive);
        Wire(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Sends a request with a chunked body and no length.
    pub async fn sends_chunked(&self, path: &str, content_type: &str, visitor: &Visitor<'_>, body: &[u8]) -> Wire {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: {content_type}\r\nCookie: {}\r\n\
            Sec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\n\r\n",
            self.address,
            visitor.cookie_header()
        )
        .into_bytes();
        for chunk in body.chunks(1_000) {
            request.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
            request.extend(chunk);
            request.extend(b"\r\n");
        }
        request.extend(b"0\r\n\r\n");
        self.wire(request).await
    }
}
