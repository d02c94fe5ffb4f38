//! What any client can send without a right to anything: it is refused, and nobody is woken up by the log.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{PASSWORD, Person, Place, client};

/// Whole requests that make no sense, or the beginning of one that breaks off.
fn requests() -> Vec<Vec<u8>> {
    let texts: &[&[u8]] = &[
        b"\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1 extra\r\nHost: x\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //\\ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"G\x7fT / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%zz%ff%00?%zz=%ff&%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api-keys/%ff%fe HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /acme/gateway/auth?nonsense=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n",
        b"GET /gateway/auth?status=999 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %%%\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na=%f",
        b"POST /login HTTP/1.1\r\nHost: x\r\nOrigin: null\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\n%ff",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n{}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked, x\r\n\r\n{}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}no line end",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n\xff\xfe{}}",
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
        b"POST /acme/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /acme/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 24\r\n\r\n--b\r\nContent-Dispositio\r\n",
        b"POST /acme/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: \xff\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\nContent-Length: 1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: ",
        b"GET /login HTTP/1.1\r\nHost: x\r\nCookie: a=b; =; ;;; \"; caf\xe9=\xff; __Host-x=%00%ff\r\n\r\n",
        // A TLS hello on the port for plain HTTP.
        b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03\x5a\x5a\x5a\x5a\x13\x01\x13\x02",
    ];
    let mut all: Vec<Vec<u8>> = texts.iter().map(|text| text.to_vec()).collect();
    all.push(format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(200_000)).into_bytes());
    all.push(format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(200_000)).into_bytes());
    all.push(format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(1_000)).into_bytes());
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_requests_leave_no_warning_in_the_log() {
    for level in ["info", "trace"] {
        let place = Place::new();
        assert!(place.init().status.success());
        let portal = place.serve_with(&["--listen", "127.0.0.1:0", "--log", level], &[]);
        let mut ada = Person::at(&portal.origin);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/login").await;
        let mut requests = requests();
        for name in ada.cookies.keys() {
            for value in ["x", "%00", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
                requests
                    .push(format!("GET /api-keys HTTP/1.1\r\nHost: x\r\nCookie: {name}={value}\r\n\r\n").into_bytes());
            }
        }
        for request in &requests {
            // Once to the end of what it answers, once gone before it can answer.
            for stays in [true, false] {
                let mut stream = TcpStream::connect(portal.address()).await.expect("a connection");
                // It may be refused while it is still being sent.
                let _ = stream.write_all(request).await;
                if stays {
                    let _ = stream.shutdown().await;
                    let mut answer = Vec::new();
                    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
                    assert!(read.is_ok(), "no end: {}", request.escape_ascii());
                    assert!(
                        !answer.starts_with(b"HTTP/1.1 2") || request.starts_with(b"GET"),
                        "{}",
                        request.escape_ascii()
                    );
                } else {
                    stream.set_zero_linger().expect("it is reset");
                }
            }
        }
        let health = client().get(format!("{}/healthz", portal.origin)).send().await.expect("an answer");
        assert_eq!(health.status(), 200);
        let log = portal.log();
        portal.stops();
        let loud = log
            .lines()
            .find(|line| line.split_whitespace().nth(1).is_some_and(|level| ["WARN", "ERROR"].contains(&level)));
        assert_eq!(loud, None, "{level}");
        assert!(!log.contains("panicked"), "{log}");
    }
}
