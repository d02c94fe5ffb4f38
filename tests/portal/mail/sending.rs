//! What arrives is what was sent.

use keystead::mail::{Letter, MailError};

use crate::support::{Behaviour, MailServer};

use super::{letter, mailer};

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let mut server = MailServer::start();
    mailer(&server.url()).send(letter("ada@acme.example")).await.unwrap();
    let received = server.letter().await;
    assert_eq!(
        (received.sender.as_str(), &received.recipients[..]),
        ("keystead@acme.example", &["ada@acme.example".to_owned()][..])
    );
    assert_eq!(received.text, letter("").text);
    assert_eq!(received.hello, "acme.example");
    assert!(!received.encrypted && !received.signed_in);
    for (name, value) in [
        ("from", "keystead@acme.example"),
        ("to", "ada@acme.example"),
        ("subject", "Welcome to Acme"),
        ("auto-submitted", "auto-generated"),
        ("mime-version", "1.0"),
        ("content-type", "text/plain; charset=\"utf-8\""),
    ] {
        assert_eq!(received.headers.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(received.headers.contains_key("date"));
}

#[tokio::test]
async fn each_letter_has_an_id_of_its_own_at_the_senders_host() {
    let mut server = MailServer::start();
    let mailer = mailer(&server.url());
    let mut ids = Vec::new();
    for _ in 0..2 {
        mailer.send(letter("ada@acme.example")).await.unwrap();
        ids.push(server.letter().await.headers["message-id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| id.starts_with('<') && id.ends_with("@acme.example>")), "{ids:?}");
}

#[tokio::test]
async fn every_letter_of_every_alphabet_arrives() {
    let mut server = MailServer::start();
    let subject = "Grüße von Ада — “Schlüssel” für 日本語 und 🔑, ".repeat(3);
    let text = "Grüß Gott, Ада!\n.\n..\nFrom here on\n\n日本語 🔑\n".to_owned() + &"long ".repeat(400) + "\n";
    let long = Letter { to: "ada@acme.example".into(), subject: subject.trim().into(), text: text.clone() };
    mailer(&server.url()).send(long).await.unwrap();
    let received = server.letter().await;
    assert_eq!(received.text, text);
    assert_eq!(received.headers["subject"], subject.trim());
    assert!(received.raw.is_ascii(), "every server can pass it on");
    assert!(received.raw.lines().all(|line| line.len() <= 998), "no line is longer than allowed");
}

#[tokio::test]
async fn an_address_may_have_letters_beyond_ascii() {
    // Any server: the host is written as DNS has it.
    let mut server = MailServer::that(&Behaviour { utf8: false, ..Behaviour::default() });
    let mailer_there = mailer(&server.url());
    mailer_there.send(letter("ada@müller.example")).await.unwrap();
    assert_eq!(server.letter().await.recipients, ["ada@xn--mller-kva.example"]);
    let refused = mailer_there.send(letter("jürgen@müller.example")).await.unwrap_err();
    assert!(matches!(&refused, MailError::RecipientRefused(why) if why.contains("ASCII")), "{refused}");
    assert!(!server.has_letters());

    // One that takes such addresses.
    let mut server = MailServer::start();
    mailer(&server.url()).send(letter("jürgen@müller.example")).await.unwrap();
    let received = server.letter().await;
    assert_eq!(received.recipients, ["jürgen@xn--mller-kva.example"]);
    assert!(received.headers["to"].contains("jürgen@xn--mller-kva.example"), "{received:?}");
}

#[tokio::test]
async fn nobody_smuggles_in_a_header_or_a_recipient() {
    let server = MailServer::start();
    let mailer = mailer(&server.url());
    for to in [
        "ada@acme.example\r\nBcc: eve@elsewhere.example",
        "ada@acme.example>\r\nRCPT TO:<eve@elsewhere.example",
        "\"ada\r\nBcc: eve@elsewhere.example\"@acme.example",
        "ada@acme.example, eve@elsewhere.example",
        "ada@acme.example\n",
    ] {
        let error = mailer.send(letter(to)).await.unwrap_err();
        assert!(matches!(error, MailError::Letter(_)), "{to:?}: {error}");
    }
    for subject in ["Hello\r\nBcc: eve@elsewhere.example", "Hello\nthere", "Hello\rthere", "Hello\u{2028}there"] {
        let error = mailer.send(Letter { subject: subject.into(), ..letter("ada@acme.example") }).await.unwrap_err();
        assert!(matches!(error, MailError::Letter(_)), "{subject:?}: {error}");
    }
    assert!(!server.has_letters());
}

#[tokio::test]
async fn a_text_cannot_end_the_letter_and_begin_another() {
    let mut server = MailServer::start();
    for end in ["\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n"] {
        let text = format!("Hello{end}MAIL FROM:<eve@elsewhere.example>\r\nRCPT TO:<ada@acme.example>\r\nDATA\r\n");
        let smuggled = Letter { text, ..letter("ada@acme.example") };
        mailer(&server.url()).send(smuggled).await.unwrap();
        assert!(server.letter().await.text.contains("RCPT TO"), "{end:?}");
        assert!(!server.has_letters(), "{end:?}");
    }
}

#[tokio::test]
async fn it_signs_in_whichever_way_the_server_knows() {
    for without in [&[][..], &["LOGIN"], &["PLAIN"]] {
        let user = Some(("ops@acme.example", "hunter2:/@%ü"));
        let mut server = MailServer::that(&Behaviour { user, without, ..Behaviour::default() });
        let url = format!("smtp://ops%40acme.example:hunter2%3A%2F%40%25%C3%BC@127.0.0.1:{}?tls=none", server.port);
        mailer(&url).send(letter("ada@acme.example")).await.unwrap();
        assert!(server.letter().await.signed_in, "without {without:?}");
    }
}
