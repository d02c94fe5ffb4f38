//! A mail server that is not there, or does not answer. Needs no mail server.

use std::time::Duration;

use keystead::mail::MailError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{letter, mailer};

/// Short enough to wait for.
const LIMIT: Duration = Duration::from_millis(300);

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn a_server_that_is_not_there_cannot_be_reached() {
    let (listener, port) = listener().await;
    drop(listener);
    for url in ["smtp://127.0.0.1:PORT?tls=none", "smtp://127.0.0.1:PORT", "smtps://127.0.0.1:PORT"] {
        let url = url.replace("PORT", &port.to_string());
        let error = mailer(&url).send(letter("ada@acme.example")).await.unwrap_err();
        let place = format!("127.0.0.1:{port}");
        assert!(matches!(&error, MailError::Unreachable(why) if why.contains(&place)), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_never_says_a_word_is_given_up() {
    let (_listener, port) = listener().await;
    for url in ["smtp://127.0.0.1:PORT?tls=none", "smtp://127.0.0.1:PORT", "smtps://127.0.0.1:PORT"] {
        let mailer = mailer(&url.replace("PORT", &port.to_string())).within(LIMIT);
        let error = mailer.send(letter("ada@acme.example")).await.unwrap_err();
        assert_eq!(error, MailError::TimeLimit(LIMIT), "{url}");
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_later_is_given_up_too() {
    let (listener, port) = listener().await;
    let silent = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.write_all(b"220 mail.test\r\n").await.unwrap();
        let mut heard = Vec::new();
        connection.read_to_end(&mut heard).await.unwrap();
        String::from_utf8(heard).unwrap()
    });
    let mailer = mailer(&format!("smtp://127.0.0.1:{port}?tls=none")).within(LIMIT);
    assert_eq!(mailer.send(letter("ada@acme.example")).await, Err(MailError::TimeLimit(LIMIT)));
    assert_eq!(silent.await.unwrap(), "EHLO acme.example\r\n");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_ten_seconds() {
    let (_listener, port) = listener().await;
    let before = tokio::time::Instant::now();
    let mailer = mailer(&format!("smtp://127.0.0.1:{port}?tls=none"));
    let error = mailer.send(letter("ada@acme.example")).await.unwrap_err();
    assert!(matches!(error, MailError::TimeLimit(_) | MailError::Unreachable(_)), "{error}");
    assert!(before.elapsed() <= Duration::from_secs(10));
}

#[tokio::test]
async fn something_else_that_listens_there_is_no_mail_server() {
    let (listener, port) = listener().await;
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let error =
        mailer(&format!("smtp://127.0.0.1:{port}?tls=none")).send(letter("ada@acme.example")).await.unwrap_err();
    assert!(matches!(error, MailError::Unreachable(_)), "{error}");
}
