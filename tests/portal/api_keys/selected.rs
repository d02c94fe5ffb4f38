//! Several keys at once: disabled, deleted, exported.

use crate::support::{Visitor, on_both};

on_both! {
    async fn selected_keys_are_disabled_together(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, two, three) = (ada.makes_key("one").await, ada.makes_key("two").await, ada.makes_key("three").await);
        let ticks = [format!("key-{}", one.key_id), format!("key-{}", two.key_id)];
        let fields = [(ticks[0].as_str(), "on"), (ticks[1].as_str(), "on"), ("action", "disable"), ("list", "sort=name")];
        let answer = ada.post("/api-keys/selected", &fields).await.redirects_to("/api-keys?sort=name");
        ada.follow(answer).await.says("2 keys are disabled: one, two.");
        for (key, code) in [(&one, "DISABLED"), (&two, "DISABLED"), (&three, "VALID")] {
            assert_eq!(portal.verify(&key.secret).await, code);
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.disabled'").await, 2);
    }

    async fn selected_keys_are_deleted_after_one_question(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, two, three) = (ada.makes_key("one").await, ada.makes_key("two").await, ada.makes_key("three").await);
        let overlay = ada.selects(&[&one.key_id, &two.key_id], "delete").await;
        let page = ada.follow(overlay).await.is(200).says("Delete 2 API keys?").says("This cannot be undone.").says("Never used");
        let (keys, list) = (page.field("keys"), page.field("list"));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE deleted_at IS NULL").await, 3, "the question changes nothing");
        let answer = ada.post("/api-keys/selected/delete", &[("keys", &keys), ("list", &list)]).await.redirects_to("/api-keys");
        ada.follow(answer).await.says("2 keys are deleted: one, two.");
        for (key, code) in [(&one, "DELETED"), (&two, "DELETED"), (&three, "VALID")] {
            assert_eq!(portal.verify(&key.secret).await, code);
        }
    }

    async fn keys_in_use_are_deleted_together_only_by_whoever_types_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, two) = (ada.makes_key("one").await, ada.makes_key("two").await);
        let used = portal.inner.clock.now().plus_seconds(1 - 24 * 3_600).micros();
        portal.sql(&format!("UPDATE api_key_uses SET used_at = {used} WHERE api_key_id = (SELECT id FROM api_keys WHERE client_id = 'one')")).await;
        let overlay = ada.selects(&[&one.key_id, &two.key_id], "delete").await;
        let page = ada.follow(overlay).await.is(200).says("1 of them is in use.").says("Type delete 2 keys to confirm");
        let keys = page.field("keys");
        for typed in ["", "delete", "delete 1 key", "DELETE 2 KEYS"] {
            let page = ada.post("/api-keys/selected/delete", &[("keys", &keys), ("confirm", typed)]).await.is(422);
            page.says("Nothing was deleted.").says("Error: Delete 2 API keys");
        }
        assert_eq!(portal.verify(&one.secret).await, "VALID");
        ada.post("/api-keys/selected/delete", &[("keys", &keys), ("confirm", " delete 2 keys ")]).await.redirects_to("/api-keys");
        assert_eq!(portal.verify(&one.secret).await, "DELETED");
    }

    async fn whoever_tags_selected_keys_reads_which_values_were_replaced(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut ticks = Vec::new();
        for (client_id, value) in [("one", Some("test")), ("two", Some("prod")), ("three", None), ("four", Some("old"))] {
            let key = ada.makes_key(client_id).await;
            if let Some(value) = value {
                portal.tags(&key, "env", value).await;
            }
            ticks.push(format!("key-{}", key.key_id));
        }
        let mut fields: Vec<(&str, &str)> = ticks.iter().map(|tick| (tick.as_str(), "on")).collect();
        fields.extend([("action", "tag"), ("list", ""), ("new-tag", "env:prod")]);
        let answer = ada.post("/api-keys/selected", &fields).await;
        ada.follow(answer).await.says("4 keys are tagged env:prod: one, two, three, four. 2 of them had another value before: one (env:test), four (env:old).");
        let answer = ada.post("/api-keys/selected", &fields).await;
        ada.follow(answer).await.says("4 keys are tagged env:prod").says_nothing_of("another value");
        let only = [(ticks[0].as_str(), "on"), ("action", "tag"), ("list", ""), ("new-tag", "env:next")];
        let answer = ada.post("/api-keys/selected", &only).await;
        ada.follow(answer).await.says("one is tagged env:next. It had another value before: one (env:prod).");
    }

    async fn selected_keys_get_a_tag_together_as_far_as_they_have_room(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, full) = (ada.makes_key("one").await, ada.makes_key("full").await);
        for number in 0..5 {
            portal.tags(&full, &format!("t{number}"), "x").await;
        }
        let ticks = [format!("key-{}", one.key_id), format!("key-{}", full.key_id)];
        let mut fields = vec![(ticks[0].as_str(), "on"), (ticks[1].as_str(), "on"), ("action", "tag"), ("list", "")];
        fields.push(("new-tag", " ENV:prod "));
        let answer = ada.post("/api-keys/selected", &fields).await;
        let page = ada.follow(answer).await.says("one is tagged env:prod. These have 5 tags already, and stay as they are: full.");
        assert!(page.row("data-client-id=\"one\"").body.contains("<b>env</b>:prod"));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_tags").await, 6);
        fields.pop();
        fields.push(("new-tag", "prod"));
        let page = ada.post("/api-keys/selected", &fields).await.is(422).says("There is 1 problem");
        let page = page.says("Tag “prod” has no value. Enter one, or remove the tag. Nothing was changed.");
        assert_eq!(page.field("new-tag"), "prod");
        for key in [&one, &full] {
            assert!(page.tick_box(&format!("key-{}", key.key_id)).contains(" checked"), "it stays selected");
        }
    }

    async fn enter_in_the_list_stops_no_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("one").await;
        // What a browser presses when Enter is hit is the first button of the form.
        let page = ada.get("/api-keys").await;
        let form = page.body.split("id=\"selected\"").nth(1).expect("the form");
        let first = form.split("<button").nth(1).and_then(|tag| tag.split('>').next()).expect("a button");
        assert!(first.contains("value=\"enter\""), "{first}");
        let answer = ada.selects(&[&key.key_id], "enter").await;
        ada.follow(answer).await.says("Nothing was changed. Press one of the buttons beneath the list.");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn after_it_is_done_one_is_on_the_same_page_again(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_keys(120).await;
        let next = ada.get("/api-keys?sort=name").await.link_to("next").expect("another page");
        let page = ada.get(&next).await.is(200);
        let (list, id) = (page.field("list"), page.body.split("name=\"key-").nth(1).and_then(|rest| rest.split('"').next()).expect("a box").to_owned());
        let tick = format!("key-{id}");
        ada.post("/api-keys/selected", &[(&tick, "on"), ("action", "disable"), ("list", &list)]).await.redirects_to(&next);
        ada.get(&next).await.is(200).says("is disabled.");
        for list in ["after=%2f%2fevil.example", "next=//evil.example", "q=//evil"] {
            let page = ada.post("/api-keys/selected", &[(&tick, "on"), ("action", "disable"), ("list", list)]).await;
            assert!(page.is(303).header("location").starts_with("/api-keys"), "{list}");
        }
    }

    async fn one_key_alone_has_its_own_question(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("one").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        ada.selects(&[&key.key_id], "delete").await.redirects_to(&key.path("delete"));
        // And the other address asks as much.
        ada.post("/api-keys/selected/delete", &[("keys", &key.key_id)]).await.is(422);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn keys_in_use_can_be_disabled_instead(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, two) = (ada.makes_key("one").await, ada.makes_key("two").await);
        assert_eq!(portal.verify(&one.secret).await, "VALID");
        let keys = format!("{},{}", one.key_id, two.key_id);
        ada.get(&format!("/api-keys/selected/delete?keys={keys}")).await.is(200).says("Disable instead");
        ada.post("/api-keys/selected", &[("action", "disable"), ("keys", &keys), ("list", "")]).await.redirects_to("/api-keys");
        assert_eq!((portal.verify(&one.secret).await, portal.verify(&two.secret).await), ("DISABLED".into(), "DISABLED".into()));
    }

    async fn what_this_node_holds_of_their_use_is_written_before_the_question(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("one").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        ada.selects(&[&key.key_id], "delete").await;
        let path = format!("/api-keys/selected/delete?keys={}", key.key_id);
        ada.get(&path).await.is(200).says("1 of them is in use.").says("Type delete 1 key to confirm");
    }

    async fn what_is_gone_meanwhile_is_left_out_and_nothing_selected_is_said(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, two) = (ada.makes_key("one").await, ada.makes_key("two").await);
        ada.post(&one.path("delete"), &[]).await.redirects_to("/api-keys");
        let answer = ada.selects(&[&one.key_id, &two.key_id, "000000000000"], "disable").await;
        ada.follow(answer).await.says("two is disabled.");
        let path = format!("/api-keys/selected/delete?keys={}", one.key_id);
        let answer = ada.get(&path).await;
        ada.follow(answer).await.says("None of the selected keys is there any more.");
        let answer = ada.selects(&[], "disable").await;
        ada.follow(answer).await.says("No key was selected.");
    }

    async fn keys_of_another_organization_cannot_be_selected(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("own").await;
        let mut gwen = portal.globex().await;
        let foreign = gwen.makes_key("globex-sync").await;
        let answer = ada.selects(&[&foreign.key_id], "disable").await;
        ada.follow(answer).await.says("None of the selected keys is there any more.");
        ada.post("/api-keys/selected/delete", &[("keys", &foreign.key_id)]).await.redirects_to("/api-keys");
        assert_eq!(portal.verify(&foreign.secret).await, "VALID");
    }

    async fn the_list_is_a_file_that_a_spreadsheet_opens_without_harm(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_named_key("formula", "=HYPERLINK(\"https://evil.example\"),\"x\"").await;
        let key = ada.makes_named_key("umlaut", "Köln, \"Süd\"").await;
        portal.tags(&key, "env", "prod").await;
        let file = ada.get("/api-keys/export").await.is(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"api-keys.csv\"");
        let mut reader = csv::Reader::from_reader(file.body.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!((&rows[0][0], &rows[0][1], &rows[0][4], &rows[0][5]), ("umlaut", "Köln, \"Süd\"", "never used", "env:prod"));
        assert_eq!(&rows[1][1], "'=HYPERLINK(\"https://evil.example\"),\"x\"");
        assert!(!file.body.contains(&key.secret[22..]));
        let filtered = ada.get("/api-keys/export?tag=env%3Aprod").await;
        assert!(filtered.body.contains("umlaut") && !filtered.body.contains("formula"));
    }

    async fn a_long_list_is_exported_whole(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_keys(1_203).await;
        let file = ada.get("/api-keys/export?sort=name").await.is(200);
        let names: Vec<&str> = file.body.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
        assert_eq!(names.len(), 1_203);
        assert!(names.is_sorted());
    }
}

impl Visitor<'_> {
    /// Ticks these keys in the list and presses a button beneath it.
    async fn selects(&mut self, key_ids: &[&str], action: &str) -> crate::support::Page {
        let ticks: Vec<String> = key_ids.iter().map(|id| format!("key-{id}")).collect();
        let mut fields = vec![("action", action), ("list", "")];
        fields.extend(ticks.iter().map(|tick| (tick.as_str(), "on")));
        self.post("/api-keys/selected", &fields).await
    }
}
