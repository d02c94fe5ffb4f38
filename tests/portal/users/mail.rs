//! Invitations and password links by e-mail, through a real SMTP server.

use crate::support::{MailServer, PASSWORD, on_both};

const IVY: &str = "ivy@acme.example";

/// The path of the link in a letter.
fn path(text: &str, origin: &str) -> String {
    let start = format!("{origin}/invitations/");
    let link = text.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no link in:\n{text}"));
    link.trim_end().strip_prefix(origin).expect("a link").to_owned()
}

on_both! {
    async fn an_invitation_is_mailed_and_shown_to_nobody_else(portal: Portal) {
        portal.set_up_acme().await;
        let mut server = MailServer::start();
        let portal = portal.restarted(&[("smtp_url", &server.url())]);
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", PASSWORD).await;
        ada.get("/users/new").await.is(200).says("They get an e-mail with a link");
        let page = ada.post("/users/new", &[("email", IVY), ("role-member", "on")]).await;
        let user = portal.user_path(IVY, "").await;
        let page = page.redirects_to(&user);
        let page = ada.follow(page).await.says("An invitation is on its way to ivy@acme.example. It is valid for 24 hours.");
        page.says_nothing_of("ksi_");

        let letter = server.letter().await;
        assert_eq!(letter.recipients, [IVY]);
        assert_eq!(letter.headers["subject"], "You are invited to Keystead at Acme Works");
        assert!(letter.text.contains("ada@acme.example invites you"), "{}", letter.text);
        let path = path(&letter.text, &portal.origin());
        let mut ivy = portal.visitor();
        ivy.get(&path).await.is(200);
        ivy.post(&path, &[("name", "Ivy"), ("password", PASSWORD)]).await.redirects_to("/");

        ada.get(&user).await.is(200);
        ada.post(&format!("{user}/invitation"), &[]).await.redirects_to(&user);
        let letter = server.letter().await;
        assert_eq!(letter.headers["subject"], "Choose a new password for Keystead at Acme Works");
        ivy.get(&self::path(&letter.text, &portal.origin())).await.is(200).says("Choose a new password");
    }

    async fn where_the_mail_server_does_not_take_it_the_link_is_shown_with_the_reason(portal: Portal) {
        portal.set_up_acme().await;
        let server = MailServer::start();
        let url = server.url();
        drop(server);
        let portal = portal.restarted(&[("smtp_url", &url)]);
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", PASSWORD).await;
        ada.get("/users/new").await;
        let page = ada.post("/users/new", &[("email", IVY), ("role-member", "on")]).await.is(200);
        let page = page.says("The e-mail could not be sent").says("the mail server cannot be reached");
        let mut ivy = portal.visitor();
        ivy.get(&format!("/invitations/{}", page.link_code())).await.is(200).says("Welcome to Acme Works");
    }
}
