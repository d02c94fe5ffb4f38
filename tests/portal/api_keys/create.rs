//! Making a key: the step "Create", and the step "Credential" that shows the secret once.

use std::collections::HashSet;

use futures_util::future::join_all;

use crate::support::{Page, Visitor, on_both};

const DAY: i64 = 86_400;

on_both! {
    async fn what_is_wrong_is_said_above_the_form_and_beside_its_field(portal: Portal) {
        let mut ada = portal.ada().await;
        let (long, long_name) = ("x".repeat(65), "n".repeat(101));
        let client_id = [
            ("", "API Client ID is empty. Enter 3 to 64 letters, digits, dots, hyphens or underscores."),
            ("   ", "API Client ID is empty. Enter 3 to 64 letters, digits, dots, hyphens or underscores."),
            ("ab", "API Client ID “ab” has 2 characters. It needs at least 3."),
            (&long, "API Client ID has 65 characters. It can have at most 64."),
            ("billing sync", "API Client ID “billing sync” has a space. Use only letters from A to Z, digits, dots, hyphens and underscores."),
            ("billing/sync", "API Client ID “billing/sync” has the character “/”. Use only letters"),
            ("küche", "API Client ID “küche” has the character “ü”. Use only letters"),
            ("<script>", "API Client ID “<script>” has the character “<”. Use only letters"),
        ];
        for (typed, words) in client_id {
            let page = adds(&mut ada, typed, "Billing", "30").await.is(422);
            has_one_problem(&page, "client-id", words);
            assert_eq!((page.field("client_id"), page.field("name"), chosen(&page)), (typed.into(), "Billing".into(), Some("30".into())));
        }
        for (typed, words) in [
            (long_name.as_str(), "Name has 101 characters. It can have at most 100."),
            ("a\tb", "Name has a control character, such as a tab or a line break. Take it out."),
            ("a\u{202e}b", "Name has a control character"),
        ] {
            let page = adds(&mut ada, "billing-sync", typed, "180").await.is(422);
            has_one_problem(&page, "name", words);
            assert_eq!((page.field("client_id"), page.field("name"), chosen(&page)), ("billing-sync".into(), typed.into(), Some("180".into())));
        }
        for typed in ["", "0", "-1", "1", "31", "366", "keep", "90 ", "9e1", "99999999999999999999"] {
            let page = adds(&mut ada, "billing-sync", "Billing", typed).await.is(422);
            has_one_problem_at(&page, "expiry", "expiry-30", "The chosen expiry is not offered. Choose 30 days, 90 days, 180 days, 365 days, a date or no expiry.");
            assert_eq!((page.field("client_id"), page.field("name"), chosen(&page)), ("billing-sync".into(), "Billing".into(), None));
        }
        let page = adds(&mut ada, "", &long_name, "1").await.is(422).says("There are 3 problems");
        assert!(["client-id-error", "name-error", "expiry-error"].iter().all(|id| page.has_element(id)));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 0);
    }

    async fn a_mistake_put_right_makes_the_key_with_the_same_form(portal: Portal) {
        let mut ada = portal.ada().await;
        let form = ada.get("/api-keys/new").await.is(200);
        let intent = form.field("intent");
        let wrong = ada.posts_key(&intent, "billing sync").await.is(422);
        assert_eq!(wrong.field("intent"), intent);
        ada.posts_key(&intent, "billing-sync").await.is(200).says("Save this key now");
    }

    async fn a_form_without_its_id_makes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        for intent in ["", "short", "0123456789012345678901x", "012345678901234567890!"] {
            ada.posts_key(intent, "billing-sync").await.is(400);
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 0);
    }

    async fn a_client_id_is_taken_whatever_its_case(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("billing-sync").await;
        let page = adds(&mut ada, "Billing-SYNC", "Other", "30").await.is(409);
        has_one_problem(&page, "client-id", "API Client ID “Billing-SYNC” is already in use. Choose another one.");
        assert_eq!((page.field("client_id"), page.field("name")), ("Billing-SYNC".into(), "Other".into()));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 1);
    }

    async fn fifty_who_want_one_client_id_at_once_get_one_key(portal: Portal) {
        let ada = portal.ada().await;
        let pages = join_all((0..50).map(|_| {
            let mut ada = ada.clone();
            async move {
                let intent = ada.intent();
                ada.posts_key(&intent, "billing-sync").await
            }
        }))
        .await;
        assert_eq!(pages.iter().filter(|page| page.status == 200).count(), 1);
        for page in pages.iter().filter(|page| page.status != 200) {
            assert_eq!(page.status, 409, "{}", page.text());
            has_one_problem(page, "client-id", "API Client ID “billing-sync” is already in use. Choose another one.");
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 1);
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_secrets").await, 1);
    }

    async fn one_form_sent_fifty_times_at_once_makes_one_key_and_shows_it_once(portal: Portal) {
        let ada = portal.ada().await;
        let intent = ada.intent();
        let pages = join_all((0..50).map(|_| {
            let (mut ada, intent) = (ada.clone(), intent.clone());
            async move { ada.posts_key(&intent, "billing-sync").await }
        }))
        .await;
        let shown: Vec<&Page> = pages.iter().filter(|page| page.status == 200).collect();
        assert_eq!(shown.len(), 1);
        let secret = shown[0].element("secret");
        for page in pages.iter().filter(|page| page.status != 200) {
            assert_eq!(page.status, 409, "{}", page.text());
            assert!(page.text().contains("billing-sync was already created") && !page.body.contains(&secret[21..]), "{}", page.text());
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 1);
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_secrets").await, 1);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.created'").await, 1);
        assert_eq!(portal.verify(&secret).await, "VALID");
    }

    async fn a_form_sent_again_says_that_the_key_exists_and_leads_to_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.intent();
        let secret = ada.posts_key(&intent, "billing-sync").await.is(200).element("secret");
        let key_id = &secret[8..20];
        portal.clock.forward(60);
        // Also with other words in it: the form is the same one.
        for client_id in ["billing-sync", "another"] {
            let again = ada.posts_key(&intent, client_id).await.is(409).says("billing-sync was already created");
            let again = again.says("no second key was made").says("23 Nov 2026, 14:32 UTC").says_nothing_of(&secret[21..]);
            assert!(again.attributes("href").contains(&format!("/api-keys/{key_id}")));
        }
        ada.post(&format!("/api-keys/{key_id}/delete"), &[]).await.redirects_to("/api-keys");
        ada.posts_key(&intent, "billing-sync").await.is(409).says("This key has been deleted since.");
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 1);
    }

    async fn the_secret_is_in_one_answer_and_nowhere_else(portal: Portal) {
        let mut ada = portal.ada().await;
        let form = ada.get("/api-keys/new").await.is(200);
        let shown = ada.posts_key(&form.field("intent"), "billing-sync").await.is(200);
        let secret = shown.element("secret");
        assert_eq!(shown.body.matches(secret.as_str()).count(), 2, "as the key, and in the command");
        assert!(shown.element("curl").contains(&format!("billing-sync:{secret}")), "{}", shown.element("curl"));
        assert!(shown.header("cache-control").contains("no-store"));
        assert!(!format!("{:?}", shown.headers).contains(&secret[21..]));
        // Neither the text nor the part that nobody can guess.
        portal.stores_nothing_of(&secret).await;
        portal.stores_nothing_of(&secret[21..64]).await;
        let key = format!("/api-keys/{}", &secret[8..20]);
        ada.post(&format!("{key}/credential"), &[("saved", "on")]).await.redirects_to("/api-keys").says_nothing_of(&secret[21..]);
        for path in ["/api-keys", &key, &format!("{key}/delete"), "/audit", "/api-keys/new"] {
            ada.get(path).await.is(200).says_nothing_of(&secret[21..64]);
        }
        portal.verify(&secret).await;
        portal.token("acme", "billing-sync", &secret).await.is(200);
        portal.stores_nothing_of(&secret[21..64]).await;
    }

    async fn closing_the_credential_says_that_the_key_is_there(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut flashes = Vec::new();
        for (client_id, fields) in [("saved-key", &[("saved", "on")][..]), ("lost-key", &[])] {
            let intent = ada.intent();
            let secret = ada.posts_key(&intent, client_id).await.is(200).element("secret");
            ada.post(&format!("/api-keys/{}/credential", &secret[8..20]), fields).await.redirects_to("/api-keys");
            flashes.push(ada.get("/api-keys").await.text());
        }
        assert!(flashes[0].contains("saved-key is created.") && !flashes[0].contains("delete it"));
        assert!(flashes[1].contains("lost-key is created. If its key was not saved, rotate it"));
        let intent = ada.intent();
        let secret = ada.posts_key(&intent, "short-lived").await.is(200).element("secret");
        let key = format!("/api-keys/{}", &secret[8..20]);
        ada.post(&format!("{key}/delete"), &[]).await.redirects_to("/api-keys");
        ada.post(&format!("{key}/credential"), &[("saved", "on")]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("short-lived was deleted meanwhile.");
    }

    async fn a_key_lives_as_long_as_was_chosen_and_not_a_moment_longer(portal: Portal) {
        let mut ada = portal.ada().await;
        let offered: Vec<String> = ada.get("/api-keys/new").await.attributes("value").into_iter().filter(|value| value.parse::<i64>().is_ok()).collect();
        assert_eq!(offered, ["30", "90", "180", "365"]);
        let mut keys = Vec::new();
        for days in [30, 90, 180, 365] {
            let client_id = format!("for-{days}");
            let secret = adds(&mut ada, &client_id, "", &days.to_string()).await.is(200).element("secret");
            keys.push((days, client_id, secret));
        }
        let mut passed = 0;
        for (days, client_id, secret) in keys {
            portal.clock.forward(days * DAY - 1 - passed);
            assert_eq!(portal.verify(&secret).await, "VALID", "{client_id}");
            portal.token("acme", &client_id, &secret).await.is(200);
            portal.clock.forward(1);
            passed = days * DAY;
            assert_eq!(portal.verify(&secret).await, "EXPIRED", "{client_id}");
            assert_eq!(portal.token("acme", &client_id, &secret).await.is(401).json()["error"], "invalid_client");
        }
    }

    async fn ninety_days_are_chosen_where_nothing_else_is(portal: Portal) {
        let page = portal.ada().await.get("/api-keys/new").await.is(200).says("90 days").says("21 Feb 2027");
        assert_eq!(chosen(&page), Some("90".into()));
    }

    async fn an_organization_can_limit_the_life_of_its_keys(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.sql("UPDATE tenants SET longest_key_days = 90").await;
        let offered: Vec<String> = ada.get("/api-keys/new").await.attributes("value").into_iter().filter(|value| value.parse::<i64>().is_ok()).collect();
        assert_eq!(offered, ["30", "90"]);
        for days in ["180", "365", "never"] {
            let page = adds(&mut ada, "billing-sync", "", days).await.is(422);
            has_one_problem_at(&page, "expiry", "expiry-30", "The chosen expiry is not offered. Choose 30 days, 90 days or a date.");
        }
        adds(&mut ada, "billing-sync", "", "90").await.is(200);
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 1);
    }

    async fn a_key_on_paper_is_as_it_is_documented(portal: Portal) {
        let mut ada = portal.ada().await;
        let (mut ids, mut secrets) = (HashSet::new(), HashSet::new());
        for number in 0..20 {
            let key = ada.makes_key(&format!("key-{number}")).await;
            assert_eq!(key.secret.len(), 70);
            let parts: Vec<&str> = key.secret.split('_').collect();
            let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            assert_eq!((parts[0], parts[1], lengths), ("ks", "live", vec![2, 4, 12, 49]));
            assert!(parts[2..].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric())));
            assert_eq!(&key.secret[64..], base62_of(crc32fast::hash(&key.secret.as_bytes()[..64])));
            ids.insert(key.key_id);
            secrets.insert(parts[3][..43].to_owned());
        }
        assert_eq!(base62_of(crc32fast::hash(b"123456789")), "3jZRME");
        assert_eq!((ids.len(), secrets.len()), (20, 20));
    }
}

/// Opens the form and sends it with these values.
async fn adds(somebody: &mut Visitor<'_>, client_id: &str, name: &str, expiry: &str) -> Page {
    let intent = somebody.get("/api-keys/new").await.is(200).field("intent");
    let fields = [("intent", intent.as_str()), ("client_id", client_id), ("name", name), ("expiry", expiry)];
    somebody.post("/api-keys/new", &fields).await
}

/// The life that is chosen on the page.
fn chosen(page: &Page) -> Option<String> {
    let radio = page.body.split('<').find(|tag| tag.contains("name=\"expiry\"") && tag.contains(" checked"))?;
    Some(radio.split_once("value=\"")?.1.split('"').next()?.to_owned())
}

#[track_caller]
fn has_one_problem(page: &Page, field: &str, words: &str) {
    has_one_problem_at(page, field, field, words);
    let tag = page.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&format!("id=\"{field}\"")));
    let tag = tag.expect("the field is there");
    assert!(tag.contains("aria-invalid=\"true\"") && tag.contains(&format!("{field}-error")), "{tag}");
}

#[track_caller]
fn has_one_problem_at(page: &Page, field: &str, target: &str, words: &str) {
    let text = page.text();
    assert!(text.contains("There is 1 problem"), "{text}");
    assert_eq!(text.matches(words).count(), 2, "{words:?} in the summary and beside the field:\n{text}");
    assert!(page.body.contains(&format!("<a href=\"#{target}\">")) && page.has_element(target), "a link to {target}");
    assert!(page.has_element(&format!("{field}-error")));
    assert!(page.body.contains("<title>Error: "), "{}", page.body.lines().take(12).collect::<String>());
}

/// Most significant digit first, padded to six.
fn base62_of(number: u32) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    (0..6).rev().map(|place| char::from(DIGITS[(number / 62u32.pow(place) % 62) as usize])).collect()
}
