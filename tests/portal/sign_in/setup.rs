//! The first administrator.

use crate::support::{PASSWORD, on_both};

on_both! {
    async fn the_link_that_was_printed_makes_the_first_administrator(portal: Portal) {
        let link = portal.setup_link.clone().expect("a link is printed");
        let mut ada = portal.visitor();
        ada.get(link.strip_prefix(&portal.origin()).expect("a link to this portal")).await.is(200).says("Create the first administrator");
        let code = link.split_once("code=").expect("a code").1;
        let fields = [
            ("code", code), ("organization", "Acme Works"), ("slug", "acme"), ("name", "Ada Lovelace"),
            ("email", "ada@acme.example"), ("password", PASSWORD),
        ];
        let page = ada.post("/setup", &fields).await.redirects_to("/api-keys");
        ada.follow(page).await.is(200).says("No API keys yet");
        ada.get("/setup").await.is(404);
        let key = ada.makes_key("billing-sync").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        portal.token_for(&key).await.is(200);
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("billing-sync is deleted.");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
    }
}
