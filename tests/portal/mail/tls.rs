//! The way to the mail server is safe, or somebody said that it need not be.

use std::path::{Path, PathBuf};
use std::process::Command;

use keystead::mail::MailError;

use crate::support::{Behaviour, MailServer, certify};

use super::{letter, mailer};

/// Names the folder of the certificate that the operating system of a test trusts.
const TRUSTED: &str = "TRUSTED_FOLDER";

/// Runs a test in a process of its own, where the operating system trusts one certificate and no other. Inside of it, that
/// certificate's folder.
fn trusting(test: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(TRUSTED) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path(), &["localhost"]);
    let status = Command::new(std::env::current_exe().unwrap())
        .args([&format!("{}::{test}", module_path!().split_once("::").unwrap().1), "--exact", "--nocapture"])
        .env(TRUSTED, folder.path())
        .env("SSL_CERT_FILE", folder.path().join("certificate.pem"))
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&status.stdout);
    assert!(status.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&status.stderr));
    None
}

fn server(tls: &'static str, folder: &Path) -> MailServer {
    let user = Some(("ada", "hunter2"));
    MailServer::that(&Behaviour { tls, folder: folder.to_owned(), user, ..Behaviour::default() })
}

#[tokio::test]
async fn a_server_that_the_operating_system_trusts_is_sent_letters() {
    let Some(folder) = trusting("a_server_that_the_operating_system_trusts_is_sent_letters") else { return };
    for (scheme, tls) in [("smtp", "starttls"), ("smtps", "wrapped")] {
        let mut server = server(tls, &folder);
        let url = format!("{scheme}://ada:hunter2@localhost:{}", server.port);
        mailer(&url).send(letter("ada@acme.example")).await.unwrap();
        let received = server.letter().await;
        assert!(received.encrypted && received.signed_in, "{scheme}");
        assert_eq!(received.text, letter("").text);
    }
}

#[tokio::test]
async fn a_trusted_certificate_of_another_name_is_refused() {
    let Some(folder) = trusting("a_trusted_certificate_of_another_name_is_refused") else { return };
    for (scheme, tls) in [("smtp", "starttls"), ("smtps", "wrapped")] {
        let server = server(tls, &folder);
        let url = format!("{scheme}://ada:hunter2@127.0.0.1:{}", server.port);
        let error = mailer(&url).send(letter("ada@acme.example")).await.unwrap_err();
        assert!(matches!(&error, MailError::Tls(why) if why.contains("certificate")), "{error}");
        assert!(!server.has_letters());
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_knows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path(), &["localhost"]);
    for (scheme, tls) in [("smtp", "starttls"), ("smtps", "wrapped")] {
        let server = server(tls, folder.path());
        let url = format!("{scheme}://ada:hunter2@localhost:{}", server.port);
        let error = mailer(&url).send(letter("ada@acme.example")).await.unwrap_err();
        assert!(matches!(&error, MailError::Tls(why) if why.contains("UnknownIssuer")), "{error}");
        assert!(!error.to_string().contains("hunter2") && !server.has_letters());
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_unless_somebody_said_that_it_is_good_enough() {
    let mut server = MailServer::start();
    for url in ["smtp://127.0.0.1:PORT", "smtp://ada:hunter2@127.0.0.1:PORT", "smtps://127.0.0.1:PORT"] {
        let error = mailer(&url.replace("PORT", &server.port.to_string())).send(letter("ada@acme.example")).await;
        assert!(matches!(error, Err(MailError::Tls(_))), "{url}: {error:?}");
        assert!(!server.has_letters());
    }
    mailer(&server.url()).send(letter("ada@acme.example")).await.unwrap();
    assert!(!server.letter().await.encrypted);
}
