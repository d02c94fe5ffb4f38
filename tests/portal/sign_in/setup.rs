//! The first administrator.

use futures_util::future::join_all;
use keystead::access::BuiltIn;
use keystead::app::all_routes;

use crate::support::{PASSWORD, Page, Portal, Visitor, address_of, on_both};

/// The code that the portal printed.
fn code(portal: &Portal) -> String {
    let link = portal.setup_link.as_deref().expect("a link is printed");
    link.strip_prefix(&format!("{}/setup?code=", portal.origin())).expect("a link to this portal").to_owned()
}

/// Opens the printed link and sends the form as Ada fills it in, with some fields otherwise.
async fn sends(visitor: &mut Visitor<'_>, otherwise: &[(&str, &str)]) -> Page {
    let code = code(visitor.portal);
    visitor.get(&format!("/setup?code={code}")).await.is(200);
    let usual = [
        ("code", code.as_str()),
        ("organization", "Acme Works"),
        ("slug", "acme"),
        ("name", "Ada Lovelace"),
        ("email", "ada@acme.example"),
        ("password", PASSWORD),
    ];
    let value = |name: &str| otherwise.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    let fields: Vec<_> = usual.into_iter().map(|(name, usual)| (name, value(name).unwrap_or(usual))).collect();
    visitor.post("/setup", &fields).await
}

/// Refused for this field alone: in the summary and beside the field; the rest is kept, and the password never comes back.
#[track_caller]
fn only_wrong(page: Page, field: &str, words: &str) -> Page {
    let page = page.is(422).says("There is 1 problem").says(words).says_nothing_of(PASSWORD);
    assert!(page.body.contains(&format!("<a href=\"#{field}\">")), "the summary leads to {field}");
    assert!(page.body.contains("<title>Error: "), "{}", page.body);
    let beside = page.body.split(&format!("id=\"{field}-error\"")).nth(1).expect("an error beside the field");
    assert!(
        Page { body: beside.split("</p>").next().unwrap_or_default().to_owned(), ..page.clone() }
            .text()
            .contains(words)
    );
    for (kept, value) in [("organization", "Acme Works"), ("name", "Ada Lovelace"), ("email", "ada@acme.example")] {
        assert!(kept == field || page.field(kept) == value, "{kept} is {}", page.field(kept));
    }
    assert_eq!(page.field("password"), "");
    page
}

on_both! {
    async fn the_link_that_was_printed_makes_the_first_administrator(portal: Portal) {
        let mut ada = portal.visitor();
        let page = sends(&mut ada, &[]).await.redirects_to("/api-keys");
        ada.follow(page).await.is(200).says("No API keys yet");
        let key = ada.makes_key("billing-sync").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        portal.token_for(&key).await.is(200);
        ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("billing-sync is deleted.");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
    }

    async fn a_code_that_was_never_printed_makes_nobody(portal: Portal) {
        let mut stranger = portal.visitor();
        let wrong = format!("ksi_{}", "a".repeat(43));
        let page = sends(&mut stranger, &[("code", &wrong)]).await;
        only_wrong(page, "code", "This set-up code is not valid here.");
        let page = sends(&mut stranger, &[("code", "")]).await;
        only_wrong(page, "code", "Set-up code is empty.");
        let cut = code(&portal);
        let page = sends(&mut stranger, &[("code", &cut[..cut.len() - 1])]).await;
        only_wrong(page, "code", "This set-up code is not valid here.");
        assert_eq!(portal.number("SELECT count(*) FROM users").await, 0);
        assert_eq!(portal.inner.hasher.runs(), 0, "a stranger cannot make the server hash passwords");
    }

    async fn without_a_code_the_page_asks_for_it(portal: Portal) {
        let page = portal.visitor().get("/setup").await.is(200).says("Printed by Keystead when it starts");
        assert_eq!(page.field("code"), "");
    }

    async fn a_code_lives_for_an_hour_and_then_says_what_to_do(portal: Portal) {
        let mut ada = portal.visitor();
        portal.clock.forward(60 * 60);
        let page = sends(&mut ada, &[]).await;
        only_wrong(page, "code", "This set-up code has expired. Start Keystead again to get a fresh one.");
        let again = portal.restarted(&[]);
        again.clock.forward(60 * 60 - 1);
        sends(&mut again.visitor(), &[]).await.redirects_to("/api-keys");
    }

    async fn a_code_is_dead_after_a_restart_printed_a_fresh_one(portal: Portal) {
        let old = code(&portal);
        let again = portal.restarted(&[]);
        assert_ne!(code(&again), old);
        let page = sends(&mut again.visitor(), &[("code", &old)]).await;
        only_wrong(page, "code", "This set-up code is not valid here.");
        let page = sends(&mut portal.visitor(), &[]).await;
        only_wrong(page, "code", "This set-up code is not valid here.");
        sends(&mut again.visitor(), &[]).await.redirects_to("/api-keys");
    }

    async fn a_code_is_dead_once_it_was_used_and_the_page_is_gone_for_ever(portal: Portal) {
        sends(&mut portal.visitor(), &[]).await.redirects_to("/api-keys");
        let mut stranger = portal.visitor();
        stranger.get(&format!("/setup?code={}", code(&portal))).await.is(404);
        stranger.get("/login").await.is(200);
        let fields = [
            ("code", code(&portal)), ("organization", "Evil".into()), ("slug", "evil".into()), ("name", "Eve".into()),
            ("email", "eve@evil.example".into()), ("password", PASSWORD.into()),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        stranger.post("/setup", &fields).await.is(404);
        assert_eq!(portal.number("SELECT count(*) FROM users").await, 1);
        assert_eq!(portal.number("SELECT count(*) FROM installation WHERE setup_code_hash IS NOT NULL").await, 0);
        let again = portal.restarted(&[]);
        assert_eq!(again.setup_link, None);
        again.visitor().get("/setup").await.is(404);
    }

    async fn fifty_posts_at_once_make_one_administrator(portal: Portal) {
        let mut ada = portal.visitor();
        ada.get("/setup").await.is(200);
        let code = code(&portal);
        let fields = [
            ("code", code.as_str()), ("organization", "Acme Works"), ("slug", "acme"), ("name", "Ada Lovelace"),
            ("email", "ada@acme.example"), ("password", PASSWORD),
        ];
        let statuses = join_all((0..50).map(|_| {
            let mut window = ada.clone();
            async move {
                loop {
                    let status = window.post("/setup", &fields).await.status.as_u16();
                    // Too many passwords are hashed at once on a slow machine: come back, as the page says.
                    if status != 503 {
                        return status;
                    }
                }
            }
        })).await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 49, "{statuses:?}");
        for (what, count) in [
            ("users", 1), ("tenants", 1), ("resources WHERE parent_id IS NULL", 1), ("resources", 1), ("roles", 8),
            ("roles WHERE built_in = slug", 8), ("signing_keys", 1), ("grants", 1), ("sessions", 1),
            ("audit_events WHERE action = 'tenant.created'", 1), ("audit_events WHERE action = 'user.created'", 1),
        ] {
            assert_eq!(portal.number(&format!("SELECT count(*) FROM {what}")).await, count, "{what}");
        }
        for role in BuiltIn::ALL {
            let query = format!("SELECT count(*) FROM roles WHERE built_in = '{}'", role.slug());
            assert_eq!(portal.number(&query).await, 1, "{role}");
        }
    }

    async fn a_slug_that_is_left_empty_is_proposed_from_the_name(portal: Portal) {
        let page = sends(&mut portal.visitor(), &[("organization", "株式会社"), ("slug", "")]).await.is(422);
        assert!(page.says("none could be made from the name").has_element("slug-error"));
        sends(&mut portal.visitor(), &[("organization", "42 Müller & Söhne"), ("slug", " ")]).await.redirects_to("/api-keys");
        assert_eq!(portal.number("SELECT count(*) FROM tenants WHERE slug = 'muller-sohne'").await, 1);
    }

    async fn a_proposed_slug_that_is_refused_is_shown(portal: Portal) {
        let page = sends(&mut portal.visitor(), &[("organization", "Login"), ("slug", "")]).await.is(422);
        assert_eq!(page.says("Slug “login” is reserved").field("slug"), "login");
    }

    async fn words_of_addresses_are_refused_as_slugs(portal: Portal) {
        let mut ada = portal.visitor();
        let routes = all_routes();
        let first = routes.iter().filter_map(|route| route.path.split('/').nth(1));
        // No slug has a dot or a brace.
        let own = first.filter(|word| !word.is_empty() && !word.contains(['{', '.']));
        let later = "admin app assets auth claim docs events health help oauth oauth2 oidc passkeys saml scim sso static \
            status support webhooks www api users roles resources settings account invitations metrics gateway compat";
        for word in own.chain(later.split_whitespace()) {
            let page = sends(&mut ada, &[("slug", word)]).await;
            let page = only_wrong(page, "slug", &format!("Slug “{word}” is reserved for addresses of Keystead itself."));
            assert_eq!(page.field("slug"), word);
        }
        assert_eq!(portal.number("SELECT count(*) FROM tenants").await, 0);
    }

    async fn a_malformed_slug_is_refused_beside_its_field(portal: Portal) {
        let mut ada = portal.visitor();
        for slug in ["a", "1acme", "-acme", "Acme", "acme_x", "acme.x", "ac me", ".well-known", "acmé", "../x", &"a".repeat(64)] {
            let page = sends(&mut ada, &[("slug", slug)]).await;
            let page = only_wrong(page, "slug", "does not fit. Use 2 to 63 lowercase letters, digits and hyphens");
            assert_eq!(page.field("slug"), slug);
        }
        sends(&mut ada, &[("slug", &"a".repeat(63))]).await.redirects_to("/api-keys");
    }

    async fn an_address_that_is_none_is_refused_beside_its_field(portal: Portal) {
        let mut ada = portal.visitor();
        for email in ["ada", "@acme.example", "ada@", "a da@acme.example", "ada@acme..example", "<ada@acme.example>"] {
            let page = sends(&mut ada, &[("email", email)]).await;
            let page = only_wrong(page, "email", "is not an address. Enter one such as name@example.com.");
            assert_eq!(page.field("email"), email);
        }
        let page = sends(&mut ada, &[("email", " ")]).await;
        only_wrong(page, "email", "E-mail is empty.");
    }

    async fn a_name_is_one_line_of_visible_text(portal: Portal) {
        let mut ada = portal.visitor();
        for (field, label) in [("name", "Your name"), ("organization", "Organization")] {
            let page = sends(&mut ada, &[(field, "  ")]).await;
            only_wrong(page, field, &format!("{label} is empty."));
            let page = sends(&mut ada, &[(field, &"é".repeat(101))]).await;
            only_wrong(page, field, &format!("{label} has 101 characters. It can have at most 100."));
            for invisible in ["Ada\tLovelace", "Ada\nLovelace", "Ada\u{202e}ecalevoL", "Ada\u{2028}Lovelace"] {
                let page = sends(&mut ada, &[(field, invisible)]).await;
                only_wrong(page, field, &format!("{label} has a control character"));
            }
        }
        sends(&mut ada, &[("name", &"é".repeat(100))]).await.redirects_to("/api-keys");
    }

    async fn a_password_that_is_easily_guessed_is_refused(portal: Portal) {
        let mut ada = portal.visitor();
        for (password, words) in [
            ("", "Password is empty. Enter at least 15 characters."),
            ("fourteen chars", "Password has 14 characters. It needs at least 15."),
            ("passwordpassword", "Password is one that many people use"),
            ("aaaaaaaaaaaaaaaa", "Password is one that many people use"),
            ("abcdefghijklmnopq", "Password is one that many people use"),
            ("acme works acme works", "Password holds the organization, your name, your e-mail or the word Keystead"),
            ("ada lovelace acme 1", "Password holds the organization, your name, your e-mail or the word Keystead"),
            ("KeysteadKeystead1", "Password holds the organization, your name, your e-mail or the word Keystead"),
        ] {
            let page = sends(&mut ada, &[("password", password)]).await;
            let page = only_wrong(page, "password", words);
            assert!(password.is_empty() || !page.body.contains(password), "{password} came back");
        }
        let long = "ab cd ef gh".repeat(12);
        let page = sends(&mut ada, &[("password", &long)]).await;
        only_wrong(page, "password", "Password has 132 characters. It can have at most 128.");
        assert_eq!(portal.inner.hasher.runs(), 0);
    }

    async fn fifteen_characters_of_any_script_are_a_password(portal: Portal) {
        let horses = "🐎🔋📎🦆🌵🍉🚲🎻🧵🪁🧊🫖🪐🌋🧭";
        sends(&mut portal.visitor(), &[("password", horses)]).await.redirects_to("/api-keys");
        portal.visitor().signs_in("ada@acme.example", horses).await.redirects_to("/api-keys");
        portal.visitor().signs_in("ada@acme.example", PASSWORD).await.is(422);
    }

    async fn every_character_of_the_longest_password_counts(portal: Portal) {
        let longest = format!("{}z", "the north gate ".repeat(9)).chars().take(127).collect::<String>();
        let (right, wrong) = (format!("{longest}!"), format!("{longest}?"));
        sends(&mut portal.visitor(), &[("password", &right)]).await.redirects_to("/api-keys");
        portal.visitor().signs_in("ada@acme.example", &wrong).await.is(422);
        portal.visitor().signs_in("ada@acme.example", &format!("{right}!")).await.is(422);
        portal.visitor().signs_in("ada@acme.example", &right).await.redirects_to("/api-keys");
    }

    async fn several_wrong_fields_are_told_at_once(portal: Portal) {
        let otherwise = [("organization", ""), ("slug", "1"), ("name", ""), ("email", "x"), ("password", "short"), ("code", "x")];
        let page = sends(&mut portal.visitor(), &otherwise).await.is(422).says("There are 6 problems");
        for id in ["code", "organization", "slug", "name", "email", "password"] {
            assert!(page.has_element(&format!("{id}-error")) && page.body.contains(&format!("href=\"#{id}\"")), "{id}");
        }
    }

    async fn before_set_up_there_is_no_page_but_this_one(portal: Portal) {
        let mut anybody = portal.visitor();
        for route in all_routes().iter().filter(|route| route.is_for_browsers() && route.path != "/setup") {
            let method = route.method.as_str().parse().expect("a method");
            let request = anybody.request(method, &address_of(route, "0123456789AB")).header("sec-fetch-site", "same-origin");
            let page = anybody.send(request).await.is(503).says("Keystead is not set up yet");
            page.says("Start Keystead again: it prints a fresh one.");
        }
        anybody.get("/nowhere").await.is(503).says("Keystead is not set up yet");
        anybody.get("/healthz").await.is(200);
        anybody.get("/readyz").await.is(200);
        let page = anybody.get("/setup").await.is(200);
        let sheet = page.body.split("href=\"").find(|rest| rest.contains("keystead.css")).expect("a style sheet");
        anybody.get(sheet.split('"').next().expect("an address")).await.is(200);
    }
}
