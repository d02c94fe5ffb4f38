//! From the settings to the letter.

use std::sync::Arc;

use keystead::app;
use keystead::base::random::{Entropy, SystemEntropy};
use keystead::config::{Config, Sources};
use keystead::mail::Mailer;

use crate::support::{MailServer, on_both};

use super::letter;

fn mailer(flags: &[(&str, &str)]) -> Option<Mailer> {
    let flags = flags.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let config = Config::load(Sources { flags, ..Sources::default() }).unwrap();
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    app::mailer(&config, &config.public_url_at(config.listen), &entropy).unwrap()
}

#[tokio::test]
async fn letters_come_from_the_host_of_the_public_url_unless_an_address_is_set() {
    let mut server = MailServer::start();
    let url = server.url();
    let public = [("public_url", "https://keys.acme.example"), ("trusted_proxies", "127.0.0.1")];
    let (named, in_file) = (("smtp_url", url.as_str()), tempfile::NamedTempFile::new().unwrap());
    std::fs::write(in_file.path(), format!("{url}\n")).unwrap();
    let in_file = ("smtp_url_file", in_file.path().to_str().unwrap());
    for (flags, from) in [
        (&[named][..], "keystead@localhost"),
        (&[named, public[0], public[1]], "keystead@keys.acme.example"),
        (&[in_file, public[0], public[1], ("smtp_from", "ops@acme.example")], "ops@acme.example"),
    ] {
        mailer(flags).unwrap().send(letter("ada@acme.example")).await.unwrap();
        let received = server.letter().await;
        assert_eq!((received.sender.as_str(), received.headers["from"].as_str()), (from, from));
    }
    assert!(mailer(&[("smtp_from", "ops@acme.example")]).is_none());
}

on_both! {
    async fn the_portal_has_a_mailer_where_a_mail_server_is_set(portal: Portal) {
        assert!(portal.inner.mailer.is_none());
        let mut server = MailServer::start();
        let restarted = portal.restarted(&[("smtp_url", &server.url())]);
        restarted.inner.mailer.as_ref().unwrap().send(letter("ada@acme.example")).await.unwrap();
        assert_eq!(server.letter().await.sender, "keystead@localhost");
    }
}
