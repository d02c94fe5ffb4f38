//! Many connections that each send the same request again and again, as soon as the answer is there.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, task::JoinSet};

use crate::http;

pub const CONNECTIONS: usize = 32;

pub struct Load {
    request: Vec<u8>,
    /// On each connection.
    requests: usize,
}

/// One turn.
pub struct Turn {
    pub per_second: f64,
    /// Of each request, from sending it to the end of its answer.
    pub latencies: Vec<Duration>,
}

/// `{"key": …}` as JSON.
pub fn verify(path: &str, key: &str) -> Load {
    let body = serde_json::json!({"key": key}).to_string();
    let headers = [("Host", "127.0.0.1"), ("Content-Type", "application/json")];
    Load { request: http::request("POST", path, &headers, &body), requests: 2000 }
}

pub fn token(tenant: &str, client_id: &str, secret: &str) -> Load {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", client_id)
        .append_pair("client_secret", secret)
        .finish();
    let headers = [("Host", "127.0.0.1"), ("Content-Type", "application/x-www-form-urlencoded")];
    Load { request: http::request("POST", &format!("/{tenant}/oauth2/token"), &headers, &body), requests: 500 }
}

impl Load {
    pub fn shortened(&self) -> Load {
        Load { request: self.request.clone(), requests: self.requests / 4 }
    }

    /// All on one thread, so that as much of the machine as possible is left to the server.
    pub fn run(&self, address: &str) -> Turn {
        tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime")
            .block_on(self.run_on_this_thread(address))
    }

    async fn run_on_this_thread(&self, address: &str) -> Turn {
        let mut open = Vec::new();
        for _ in 0..CONNECTIONS {
            open.push(TcpStream::connect(address).await.expect("a connection"));
        }
        let start = Instant::now();
        let mut connections = JoinSet::new();
        for connection in open {
            let (request, requests) = (self.request.clone(), self.requests);
            connections.spawn(async move { repeat(&connection, &request, requests).await });
        }
        let latencies: Vec<_> = connections.join_all().await.into_iter().flatten().collect();
        let per_second = latencies.len() as f64 / start.elapsed().as_secs_f64();
        Turn { per_second, latencies }
    }
}

async fn repeat(connection: &TcpStream, request: &[u8], requests: usize) -> Vec<Duration> {
    connection.set_nodelay(true).expect("an option");
    let mut arrived = Vec::with_capacity(8192);
    let mut latencies = Vec::with_capacity(requests);
    for _ in 0..requests {
        let start = Instant::now();
        send(connection, request).await;
        arrived.clear();
        let answer = loop {
            receive(connection, &mut arrived).await;
            if let Some(answer) = http::answer(&arrived) {
                break answer;
            }
        };
        latencies.push(start.elapsed());
        // A figure with failures in it would be worse than none.
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&arrived));
        assert_eq!(answer.length, arrived.len(), "one answer to one request");
    }
    latencies
}

async fn send(connection: &TcpStream, mut rest: &[u8]) {
    while !rest.is_empty() {
        match connection.try_write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                connection.writable().await.expect("a connection");
            }
            Err(error) => panic!("the connection broke: {error}"),
        }
    }
}

async fn receive(connection: &TcpStream, arrived: &mut Vec<u8>) {
    let mut part = [0; 8192];
    loop {
        connection.readable().await.expect("a connection");
        match connection.try_read(&mut part) {
            Ok(0) => panic!("the server closed the connection"),
            Ok(read) => return arrived.extend_from_slice(&part[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("the connection broke: {error}"),
        }
    }
}
