//! The API behind a gateway: it remembers what reached it, and answers with it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::wire::{self, Message};

/// Listens until the test ends.
pub struct Api {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Message>>>,
}

impl Api {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&kept)));
            }
        });
        Self { address, seen }
    }

    /// What reached it since it was asked last.
    pub fn seen(&self) -> Vec<Message> {
        std::mem::take(&mut self.seen.lock().expect("nobody panicked"))
    }

    /// The one request that reached it.
    #[track_caller]
    pub fn saw(&self) -> Message {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }

    #[track_caller]
    pub fn saw_nothing(&self) {
        let seen = self.seen();
        assert!(seen.is_empty(), "{seen:?}");
    }
}

async fn answer(mut stream: TcpStream, kept: Arc<Mutex<Vec<Message>>>) {
    let Some(request) = wire::read_request(&mut stream).await else { return };
    let body = if request.first.starts_with("HEAD ") { "" } else { "the API" };
    let is_websocket = request.header("upgrade").eq_ignore_ascii_case("websocket");
    kept.lock().expect("nobody panicked").push(request);
    if is_websocket {
        return echo(stream).await;
    }
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Api: yes\r\nContent-Length: 7\r\nConnection: close\r\n\r\n";
    // Whoever asked may have gone.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Opens a WebSocket, and sends back what comes first.
async fn echo(mut stream: TcpStream) {
    // The answer to the key that RFC 6455, section 1.3, has for an example.
    let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Api: yes\r\n\r\n";
    let mut sent = [0; 1_024];
    let talk = async {
        stream.write_all(head.as_bytes()).await?;
        let length = stream.read(&mut sent).await?;
        stream.write_all(&sent[..length]).await?;
        stream.shutdown().await
    };
    // The client may have gone.
    let _ = talk.await;
}
