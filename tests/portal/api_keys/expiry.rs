//! When a key ends: in so many days, on a day where the person is, or never.

use crate::support::{Key, Page, Portal, Visitor, on_both};

const DAY: i64 = 86_400;

async fn adds(visitor: &mut Visitor<'_>, client_id: &str, expiry: &str, day: &str) -> Page {
    let intent = visitor.get("/api-keys/new").await.is(200).field("intent");
    let fields = [("intent", intent.as_str()), ("client_id", client_id), ("expiry", expiry), ("expires_on", day)];
    visitor.post("/api-keys/new", &fields).await
}

async fn updates(visitor: &mut Visitor<'_>, key: &Key, expiry: &str, day: &str) -> Page {
    let version = visitor.get(&key.path("edit")).await.is(200).field("version");
    let fields = [("version", version.as_str()), ("expiry", expiry), ("expires_on", day)];
    visitor.post(&key.path("edit"), &fields).await
}

async fn ends(portal: &Portal, client_id: &str) -> i64 {
    portal.number(&format!("SELECT expires_at FROM api_keys WHERE client_id = '{client_id}'")).await
}

/// Seconds since 1970 of the clock that tests begin with: 23 Nov 2026, 14:32 UTC.
const NOW: i64 = 1_795_444_320;

on_both! {
    async fn a_day_ends_where_the_person_is(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.post("/account", &[("name", "Ada"), ("time_zone", "Europe/Berlin")]).await.redirects_to("/account");
        let form = ada.get("/api-keys/new").await.is(200).says("The key ends at the end of this day, Europe/Berlin.");
        let fields = [("intent", form.field("intent")), ("client_id", "berlin".into()), ("expiry", "custom".into()), ("expires_on", "2026-11-23".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let secret = ada.post("/api-keys/new", &fields).await.is(200).element("secret");
        let key = format!("/api-keys/{}", &secret[8..20]);
        ada.get("/api-keys").await.is(200);
        ada.get(&key).await.is(200).says("23 Nov 2026, 23:59 CET");
        assert_eq!(ada.get(&format!("{key}/edit")).await.is(200).field("expires_on"), "2026-11-23");
        // 23:00 UTC is midnight in Berlin.
        portal.clock.forward(8 * 3_600 + 28 * 60 - 1);
        assert_eq!(portal.verify(&secret).await, "VALID");
        portal.clock.forward(1);
        assert_eq!(portal.verify(&secret).await, "EXPIRED");
    }

    async fn a_day_that_is_over_or_none_at_all_is_refused_with_words(portal: Portal) {
        let mut ada = portal.ada().await;
        for (day, words) in [
            ("2026-11-22", "Last day 2026-11-22 is over. Choose today or a later day."),
            ("", "Last day is no date. Enter one like 2027-02-21"),
            ("21.02.2027", "Last day is no date."),
            ("2027-02-30", "Last day is no date."),
        ] {
            let page = adds(&mut ada, "dated", "custom", day).await.is(422);
            assert_eq!(page.text().matches(words).count(), 2, "{}", page.text());
            assert!(page.body.contains("<a href=\"#expires-on\">") && page.has_element("expiry-error"));
            assert_eq!((page.field("expires_on"), page.field("client_id")), (day.into(), "dated".into()));
        }
        adds(&mut ada, "dated", "custom", "2026-11-23").await.is(200);
    }

    async fn the_longest_life_holds_for_days_too_and_never_needs_none(portal: Portal) {
        let mut ada = portal.ada().await;
        adds(&mut ada, "eternal", "never", "").await.is(200).says("No expiry");
        assert_eq!(ends(&portal, "eternal").await, i64::MAX);
        portal.sql("UPDATE tenants SET longest_key_days = 90").await;
        let form = ada.get("/api-keys/new").await.is(200).says("The last one that is allowed is 21 Feb 2027.").says_nothing_of("expiry-never");
        drop(form);
        adds(&mut ada, "late", "custom", "2027-02-22").await.is(422).says("Last day 2027-02-22 is later than your organization allows. The last one that is allowed is 2027-02-21.");
        adds(&mut ada, "late", "never", "").await.is(422).says("The chosen expiry is not offered.");
        adds(&mut ada, "late", "custom", "2027-02-21").await.is(200);
        assert_eq!(ends(&portal, "late").await, (NOW / DAY + 91) * DAY * 1_000_000 - 1);
        // What is there keeps what it has, until its end is changed.
        let key = Key { key_id: portal.lines("SELECT key_id AS line FROM api_keys WHERE client_id = 'eternal'").await[0].clone(), client_id: "eternal".into(), secret: String::new() };
        updates(&mut ada, &key, "keep", "").await.redirects_to(&key.path(""));
        assert_eq!(ends(&portal, "eternal").await, i64::MAX);
        updates(&mut ada, &key, "never", "").await.is(422);
        updates(&mut ada, &key, "30", "").await.redirects_to(&key.path(""));
        assert_eq!(ends(&portal, "eternal").await, (NOW + 30 * DAY) * 1_000_000);
        let changed = portal.lines("SELECT before || ' ' || after AS line FROM audit_events WHERE action = 'api_key.updated'").await;
        assert_eq!(changed, [r#"{"expires_at":"9999-12-31T23:59:59.000000Z"} {"expires_at":"2026-12-23T14:32:00.000000Z"}"#]);
    }

    async fn the_end_stays_as_it_is_where_nothing_else_is_chosen(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let page = ada.get(&key.path("edit")).await.is(200).says("As it is 21 Feb 2027");
        let first = page.body.split('<').find(|tag| tag.contains("name=\"expiry\"")).expect("a choice").to_owned();
        assert!(first.contains("value=\"keep\"") && first.contains(" checked"), "{first}");
        let before = ends(&portal, "billing-sync").await;
        portal.clock.forward(600);
        updates(&mut ada, &key, "keep", "2027-01-01").await.redirects_to(&key.path(""));
        assert_eq!(ends(&portal, "billing-sync").await, before);
    }

    async fn the_zone_is_one_of_the_database_and_everybodys_own(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/account").await.is(200);
        assert!(page.body.contains("<option selected>UTC</option>") && page.body.contains("<option>Europe/Berlin</option>"));
        for bad in ["", "Mars/Olympus", "Europe", "+01:00"] {
            let page = ada.post("/account", &[("name", "Ada"), ("time_zone", bad)]).await.is(422);
            page.says("There is no such time zone. Choose one of the list.");
        }
        ada.post("/account", &[("name", "Ada"), ("time_zone", "pacific/auckland")]).await.redirects_to("/account");
        assert_eq!(portal.lines("SELECT time_zone AS line FROM users").await, ["Pacific/Auckland"]);
        let changed = portal.lines("SELECT after AS line FROM audit_events WHERE action = 'user.updated' ORDER BY seq").await;
        assert_eq!(changed.last().expect("an event"), r#"{"time_zone":"Pacific/Auckland"}"#);
        // A form without the field leaves it as it is.
        ada.post("/account", &[("name", "Ada L.")]).await.redirects_to("/account");
        assert_eq!(portal.lines("SELECT time_zone AS line FROM users").await, ["Pacific/Auckland"]);
    }
}
