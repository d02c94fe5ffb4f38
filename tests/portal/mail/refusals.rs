//! What a mail server refuses, and what is said about it.

use keystead::mail::{Letter, MailError};

use crate::support::{Behaviour, MailServer};

use super::{letter, mailer};

/// One line, without the password and without the letter.
#[track_caller]
fn is_discreet(error: &MailError) {
    let said = format!("{error} {error:?}");
    assert!(!error.to_string().contains(char::is_control), "{said:?}");
    for secret in ["hunter2", "aHVudGVyMg", "ksi_4711", "Open this link"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_called_a_refused_sign_in() {
    for without in [&["LOGIN"][..], &["PLAIN"]] {
        let user = Some(("ada", "another password"));
        let server = MailServer::that(&Behaviour { user, without, ..Behaviour::default() });
        let url = format!("smtp://ada:hunter2@127.0.0.1:{}?tls=none", server.port);
        let error = mailer(&url).send(letter("ada@acme.example")).await.unwrap_err();
        assert!(matches!(&error, MailError::SignInRefused(why) if why.contains("535 5.7.8")), "{error}");
        is_discreet(&error);
    }
}

#[tokio::test]
async fn a_server_where_nobody_can_sign_in_is_not_sent_a_letter_without() {
    let server = MailServer::start();
    let url = format!("smtp://ada:hunter2@127.0.0.1:{}?tls=none", server.port);
    let error = mailer(&url).send(letter("ada@acme.example")).await.unwrap_err();
    assert!(matches!(error, MailError::SignInRefused(_)), "{error}");
    assert!(!server.has_letters());
    is_discreet(&error);
}

#[tokio::test]
async fn a_server_that_wants_a_password_says_so_in_its_own_words() {
    let user = Some(("ada", "hunter2"));
    let server = MailServer::that(&Behaviour { user, ..Behaviour::default() });
    let error = mailer(&server.url()).send(letter("ada@acme.example")).await.unwrap_err();
    assert!(matches!(&error, MailError::Other(why) if why.contains("530 5.7.0")), "{error}");
    is_discreet(&error);
}

#[tokio::test]
async fn a_recipient_that_is_not_known_is_called_a_refused_recipient() {
    let mut server = MailServer::that(&Behaviour { refuses: "bob@acme.example", ..Behaviour::default() });
    let mailer = mailer(&server.url());
    let error = mailer.send(letter("bob@acme.example")).await.unwrap_err();
    assert!(matches!(&error, MailError::RecipientRefused(why) if why.contains("550 5.1.1 Nobody")), "{error}");
    is_discreet(&error);
    mailer.send(letter("ada@acme.example")).await.unwrap();
    assert_eq!(server.letter().await.recipients, ["ada@acme.example"]);
}

#[tokio::test]
async fn a_server_that_repeats_the_letter_is_not_quoted() {
    let server = MailServer::that(&Behaviour { takes_it_for_spam: true, ..Behaviour::default() });
    let one_line = Letter { text: "Open this link: ksi_4711".into(), ..letter("ada@acme.example") };
    let error = mailer(&server.url()).send(one_line).await.unwrap_err();
    assert!(matches!(&error, MailError::Other(why) if why.contains("554 5.7.1")), "{error}");
    is_discreet(&error);
}
