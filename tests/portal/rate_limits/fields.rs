//! Rate limits in the wizard and in the panel.

use crate::support::{Key, Page, Portal, Visitor, on_both};

const SALES: &str = "organization=acme:namespace=sales";

type Fields<'a> = &'a [(&'a str, &'a str)];

/// Opens the panel and sends it with these fields.
async fn updates(visitor: &mut Visitor<'_>, key: &Key, fields: Fields<'_>) -> Page {
    let version = visitor.get(&key.path("edit")).await.is(200).field("version");
    let base = [("version", version.as_str()), ("expiry", "keep")];
    visitor.post(&key.path("edit"), &[&base, fields].concat()).await
}

async fn stored(portal: &Portal) -> Vec<String> {
    portal.lines("SELECT rate_limits AS line FROM api_keys").await
}

on_both! {
    async fn a_new_key_has_the_limits_that_were_typed(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.get("/api-keys/new").await.is(200).says("Each node of this portal counts by itself").field("intent");
        let fields = [
            ("intent", intent.as_str()), ("client_id", "billing-sync"), ("expiry", "90"),
            ("limit_second", "10"), ("burst_second", " 20 "), ("limit_day", "1000000"), ("burst_day", "1000000"),
        ];
        let secret = ada.post("/api-keys/new", &fields).await.is(200).element("secret");
        assert_eq!(stored(&portal).await, ["10/second/20 1000000/day/1000000"]);
        ada.get("/api-keys").await.is(200);
        let detail = ada.get(&format!("/api-keys/{}", &secret[8..20])).await.is(200);
        detail.says("Rate limits 10 requests per second, at most 20 at once 1,000,000 requests per day");
        let event = portal.lines("SELECT after AS line FROM audit_events WHERE action = 'api_key.created'").await;
        let words = r#""rate_limits":["10 requests per second, at most 20 at once","1,000,000 requests per day"]"#;
        assert!(event[0].contains(words), "{event:?}");
        let answer = portal.verify_with(&serde_json::json!({ "key": secret })).await.is(200);
        assert_eq!(answer.header("ratelimit"), "\"second\";r=19;t=1, \"day\";r=999999;t=1");
    }

    async fn limits_are_changed_and_taken_away_and_both_stand_in_the_audit_log(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("")).await.says("Rate limits None");
        updates(&mut ada, &key, &[("limit_minute", "600"), ("burst_minute", "20")]).await.redirects_to(&key.path(""));
        let panel = ada.get(&key.path("edit")).await.is(200);
        assert_eq!((panel.field("limit_minute"), panel.field("burst_minute"), panel.field("limit_day")), ("600".into(), "20".into(), String::new()));
        assert!(panel.body.contains("disclosure\" open"));
        updates(&mut ada, &key, &[("limit_minute", "600")]).await.redirects_to(&key.path(""));
        updates(&mut ada, &key, &[]).await.redirects_to(&key.path(""));
        assert_eq!(stored(&portal).await, [""]);
        let changed = portal.lines("SELECT before || ' ' || after AS line FROM audit_events WHERE action = 'api_key.updated' ORDER BY seq").await;
        assert_eq!(changed, [
            r#"{"rate_limits":[]} {"rate_limits":["600 requests per minute, at most 20 at once"]}"#,
            r#"{"rate_limits":["600 requests per minute, at most 20 at once"]} {"rate_limits":["600 requests per minute"]}"#,
            r#"{"rate_limits":["600 requests per minute"]} {"rate_limits":[]}"#,
        ]);
        let version = portal.number("SELECT version FROM api_keys").await;
        updates(&mut ada, &key, &[("limit_day", " ")]).await.redirects_to(&key.path(""));
        assert_eq!(portal.number("SELECT version FROM api_keys").await, version, "that is no change");
    }

    async fn what_is_no_number_is_named_beside_its_field(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let typed = [("limit_second", "1,000"), ("burst_minute", "5"), ("limit_day", "9"), ("burst_day", "1000001")];
        let page = updates(&mut ada, &key, &typed).await.is(422).says("There are 3 problems");
        for (words, target) in [
            ("Requests per second, “1,000”, is not a whole number from 1 to 1000000. Enter digits alone, such as 600.", "limit-second"),
            ("Requests per minute are empty, and how many may come at once is not. Enter both, or leave both empty.", "limit-minute"),
            ("At once per day, “1000001”, is not a whole number from 1 to 1000000. Enter digits alone, such as 600.", "burst-day"),
        ] {
            assert_eq!(page.text().matches(words).count(), 2, "{}", page.text());
            assert!(page.body.contains(&format!("<a href=\"#{target}\">")) && page.has_element(&format!("{target}-error")), "{target}");
        }
        assert_eq!((page.field("limit_second"), page.field("burst_minute")), ("1,000".into(), "5".into()));
        assert!(page.body.contains("disclosure\" open"));
        assert_eq!(stored(&portal).await, [""]);
    }

    async fn when_somebody_else_saved_meanwhile_their_limits_stand_beside_mine(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = ada.get(&key.path("edit")).await.is(200).field("version");
        updates(&mut ada, &key, &[("limit_minute", "600")]).await.redirects_to(&key.path(""));
        let mine = [("version", version.as_str()), ("expiry", "keep"), ("limit_minute", "700")];
        let page = ada.post(&key.path("edit"), &mine).await.is(409).says("Now: 600 requests per minute");
        assert_eq!(page.field("limit_minute"), "700");
        // Where mine are the same, nothing is said.
        let same = [("version", version.as_str()), ("expiry", "keep"), ("limit_minute", "600"), ("burst_minute", "600")];
        ada.post(&key.path("edit"), &same).await.is(409).says_nothing_of("Now: 600");
    }

    async fn more_requests_are_for_whoever_may_give_all_that_the_key_holds(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_resource(SALES).await;
        portal.gives(&key, "ci", SALES).await;
        portal.sql("UPDATE api_keys SET rate_limits = '10/minute/10'").await;
        portal.somebody("acme", "bill@acme.example", &[]).await;
        portal.holds("bill@acme.example", "manage-api-credentials", SALES).await;
        let mut bill = portal.visitor();
        bill.signs_in("bill@acme.example", crate::support::PASSWORD).await;
        let row = [("grant-role-0", "ci"), ("grant-resource-0", SALES)];
        for wider in [&[][..], &[("limit_minute", "11")], &[("limit_minute", "10"), ("burst_minute", "11")], &[("limit_second", "1")]] {
            let page = updates(&mut bill, &key, &[&row[..], wider].concat()).await.is(403);
            page.says("let it be used from more addresses or more often.");
        }
        updates(&mut bill, &key, &[&row[..], &[("limit_minute", "9")]].concat()).await.redirects_to(&key.path(""));
        assert_eq!(stored(&portal).await, ["9/minute/9"]);
    }
}
