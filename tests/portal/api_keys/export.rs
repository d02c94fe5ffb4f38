//! The list as a file, while something changes.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Portal, Visitor, on_both};

/// More bytes in all than what lies between the portal and a reader who does not read.
const KEYS: usize = 4_000;
const NAME: usize = 8_000;

/// Begins to read the file, slowly: answers the connection and what has come of it.
async fn begins(portal: &Portal, user: &Visitor<'_>) -> (TcpStream, Vec<u8>) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(16_384).expect("a small buffer");
    let mut stream = socket.connect(portal.address).await.expect("the portal listens");
    let head = format!(
        "GET /api-keys/export HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
        portal.address,
        user.cookie_header()
    );
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    let mut read = vec![0; 100_000];
    stream.read_exact(&mut read).await.expect("the file begins");
    (stream, read)
}

/// The rest, to the end of the connection.
async fn reads_on((mut stream, mut read): (TcpStream, Vec<u8>)) -> String {
    let end =
        tokio::time::timeout(std::time::Duration::from_secs(60), stream.read_to_end(&mut read)).await.expect("it ends");
    // Where a connection is reset, what came before it was read.
    drop(end);
    String::from_utf8_lossy(&read).into_owned()
}

on_both! {
    async fn a_file_breaks_off_when_its_reader_is_switched_off_or_sees_keys_no_more(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_keys(KEYS).await;
        portal.sql(&format!("UPDATE api_keys SET name = '{}'", "x".repeat(NAME))).await;
        let off = portal.somebody("acme", "off@acme.example", &["developer"]).await;
        let out = portal.somebody("acme", "out@acme.example", &["developer"]).await;
        let less = portal.somebody("acme", "less@acme.example", &["developer"]).await;
        for (user, email) in [(&off, "off@acme.example"), (&out, "out@acme.example"), (&less, "less@acme.example")] {
            let begun = begins(&portal, user).await;
            match email {
                "off@acme.example" => portal.disables(email).await,
                "out@acme.example" => {
                    let gone = "DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = 'out@acme.example')";
                    assert_eq!(portal.sql(gone).await, 1);
                }
                _ => portal.takes_all_roles_from(email).await,
            }
            let text = reads_on(begun).await;
            assert!(text.starts_with("HTTP/1.1 200 OK"), "{}", &text[..300]);
            assert!(!text.ends_with("0\r\n\r\n"), "{email}: a file that ends well");
            let rows = text.matches("ks_live_0000").count();
            assert!(rows > 0 && rows < KEYS * 3 / 4, "{email} reads {rows}");
        }
    }
}
