//! One's own name, and where one is signed in.

use reqwest::Method;

use crate::support::{PASSWORD, Visitor, on_both};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Signs in with a browser that calls itself this.
async fn with_device(visitor: &mut Visitor<'_>, device: &str) {
    visitor.get("/login").await;
    let fields = [("csrf", visitor.csrf.clone()), ("email", "ada@acme.example".into()), ("password", PASSWORD.into())];
    let request =
        visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin").header("user-agent", device);
    visitor.send(request.form(&fields)).await.redirects_to("/");
}

on_both! {
    async fn a_name_is_ones_own_to_choose(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/account").await;
        ada.post("/account", &[("name", "Countess Lovelace")]).await.redirects_to("/account");
        ada.get("/account").await.says("Your account is updated.").says("Signed in as Countess Lovelace");
        ada.post("/account", &[("name", "a\u{202e}b")]).await.is(422).says("Name has a control character");
        ada.get("/users").await.says("Countess Lovelace");
    }

    async fn a_session_is_known_by_its_device_and_ends_on_the_next_click(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut firefox = portal.visitor();
        with_device(&mut firefox, FIREFOX).await;
        portal.clock.forward(120);
        let page = ada.get("/account").await.is(200).says("Firefox on Linux").says("127.0.0.1").says("This one");
        let action = page.attributes("action").into_iter().find(|action| action.starts_with("/account/sessions/")).expect("a button");
        firefox.get("/account").await.is(200);
        ada.post(&action, &[]).await.redirects_to("/account");
        firefox.get("/account").await.redirects_to("/login?next=%2Faccount");
        ada.get("/account").await.is(200).says("The browser is signed out.").says_nothing_of("Firefox on Linux");
        ada.post(&action, &[]).await.is(404);
    }

    async fn all_other_sessions_end_at_once_and_nobody_elses(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let mut bob = portal.visitor();
        bob.signs_in("bob@acme.example", PASSWORD).await;
        let mut others = [portal.visitor(), portal.visitor()];
        for other in &mut others {
            other.signs_in("ada@acme.example", PASSWORD).await;
        }
        ada.get("/account").await.says("Sign out the other 2 sessions");
        ada.post("/account/sessions", &[]).await.redirects_to("/account");
        for other in &mut others {
            other.get("/account").await.redirects_to("/login?next=%2Faccount");
        }
        ada.get("/account").await.is(200);
        bob.get("/account").await.is(200);
    }

    async fn nobody_ends_somebody_elses_session_from_their_own_page(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let (mut bob, mut phone) = (portal.visitor(), portal.visitor());
        bob.signs_in("bob@acme.example", PASSWORD).await;
        phone.signs_in("bob@acme.example", PASSWORD).await;
        let page = bob.get("/account").await.is(200);
        let of_phone = page.attributes("action").into_iter().find(|action| action.starts_with("/account/sessions/")).expect("a button");
        ada.get("/account").await;
        ada.post(&of_phone, &[]).await.is(404);
        phone.get("/account").await.is(200);
    }

    async fn a_member_lands_on_the_own_account(portal: Portal) {
        portal.ada().await;
        portal.has_bob().await;
        let mut bob = portal.visitor();
        bob.get("/login").await;
        let page = bob.post("/login", &[("email", "bob@acme.example"), ("password", PASSWORD), ("next", "")]).await.redirects_to("/");
        bob.follow(page).await.is(200).says("My account").says("Your roles: Member.");
    }
}
