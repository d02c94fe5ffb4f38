//! Tags: five of a key and never more, whoever adds them at the same moment; and what is proposed.

use futures_util::future::join_all;
use keystead::access::{ResourcePath, TenantScope, Who};
use keystead::api_keys::{self, ApiKeyError, Tag};

use crate::support::{Key, Page, Portal, Visitor, on_both};

/// Opens the panel and sends it with these tags.
async fn tags(visitor: &mut Visitor<'_>, key: &Key, tags: &[(&str, &str)]) -> Page {
    let version = visitor.get(&key.path("edit")).await.is(200).field("version");
    let rows: Vec<(String, &str)> = tags
        .iter()
        .enumerate()
        .flat_map(|(n, (tag, value))| [(format!("tag-key-{n}"), *tag), (format!("tag-value-{n}"), *value)])
        .collect();
    let mut fields = vec![("expiry", "keep"), ("version", version.as_str())];
    fields.extend(rows.iter().map(|(name, value)| (name.as_str(), *value)));
    visitor.post(&key.path("edit"), &fields).await
}

async fn stored(portal: &Portal) -> Vec<String> {
    portal.lines("SELECT key || ':' || value AS line FROM api_key_tags ORDER BY 1").await
}

/// Acts as Ada.
async fn act(portal: &Portal) -> keystead::access::Act {
    let mut act = portal.act();
    let user = portal.number("SELECT id FROM users WHERE email = 'ada@acme.example'").await;
    act.actor.tenant = TenantScope::from_row(portal.number("SELECT id FROM tenants WHERE slug = 'acme'").await);
    act.actor.root = ResourcePath::root("acme");
    let (tenant, holder) = (act.actor.tenant, keystead::grants::Holder::User(user));
    act.actor.grants = portal.inner.db.read(move |c| keystead::grants::of(c, tenant, holder)).await.expect("grants");
    act.actor.who = Who::User(user);
    act
}

on_both! {
    async fn tags_are_kept_shown_as_links_and_in_the_audit_log(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        tags(&mut ada, &key, &[("Team", " R&D Köln "), ("", ""), ("env:prod", "")]).await.redirects_to(&key.path(""));
        assert_eq!(stored(&portal).await, ["env:prod", "team:R&D Köln"]);
        let page = ada.get(&key.path("")).await.is(200).says("env :prod").says("team :R&D Köln");
        let links = page.attributes("href");
        assert!(links.contains(&"/api-keys?tag=env%3Aprod".to_owned()), "{links:?}");
        assert!(links.contains(&"/api-keys?tag=team%3AR%26D+K%C3%B6ln".to_owned()), "{links:?}");
        let event = portal.lines("SELECT after AS line FROM audit_events WHERE action = 'api_key.updated'").await;
        assert_eq!(event, [r#"{"tags":["team:R&D Köln","env:prod"]}"#]);
        // The same in another order is no change.
        tags(&mut ada, &key, &[("env", "prod"), ("team", "R&D Köln")]).await.redirects_to(&key.path(""));
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.updated'").await, 1);
        tags(&mut ada, &key, &[]).await.redirects_to(&key.path(""));
        assert_eq!(stored(&portal).await, [""; 0]);
    }

    async fn what_is_no_tag_is_named_beside_its_row(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (long, six) = ("v".repeat(65), [("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "1"), ("f", "1")]);
        for (typed, field, words) in [
            (&[("env prod", "x")][..], "tag-key-0", "Tag “env prod” has a space. Use letters from a to z, digits, dots, hyphens and underscores."),
            (&[("", "prod")], "tag-key-0", "A tag has a value but no word before it."),
            (&[("a", "1"), ("env", " ")], "tag-value-1", "Tag “env” has no value. Enter one, or remove the tag."),
            (&[("env", &long)], "tag-value-0", "The value of tag “env” has 65 characters. It can have at most 64."),
            (&[("env", "a\u{202e}b")], "tag-value-0", "The value of tag “env” has a control character"),
            (&[("env", "prod"), ("ENV", "test")], "tag-key-1", "Tag “env” stands there twice."),
            (&six, "tag-key-5", "There are more than 5 tags. A key can have 5; remove the others."),
        ] {
            let page = tags(&mut ada, &key, typed).await.is(422);
            assert_eq!(page.text().matches(words).count(), 2, "{words}: {}", page.text());
            assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.has_element(field), "{field}");
        }
        assert_eq!(stored(&portal).await, [""; 0]);
    }

    async fn rows_of_tags_are_added_and_taken_out_without_a_script(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.get("/api-keys/new").await.is(200).field("intent");
        let typed = [("intent", intent.as_str()), ("client_id", "x"), ("expiry", "90"), ("tag-key-0", "env"), ("tag-value-0", "prod")];
        let page = ada.post("/api-keys/new", &[&typed[..], &[("action", "add-tag")]].concat()).await.is(200);
        assert_eq!((page.field("tag-key-0"), page.field("tag-value-0"), page.field("tag-key-1")), ("env".into(), "prod".into(), String::new()));
        let page = ada.post("/api-keys/new", &[&typed[..], &[("action", "remove-tag-0")]].concat()).await.is(200);
        assert!(!page.has_element("tag-key-0"));
        assert_eq!((page.field("client_id"), page.field("intent")), ("x".into(), intent));
    }

    async fn fifty_forms_at_once_never_make_six_tags(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = ada.get(&key.path("edit")).await.is(200).field("version");
        let answers = join_all((0..50).map(|number| {
            let (mut ada, path, version) = (ada.clone(), key.path("edit"), version.clone());
            async move {
                let name = format!("t{number}");
                let fields = [("expiry", "keep"), ("version", version.as_str()), ("tag-key-0", name.as_str()), ("tag-value-0", "1"), ("tag-key-1", "a"), ("tag-value-1", "1"), ("tag-key-2", "b"), ("tag-value-2", "1"), ("tag-key-3", "c"), ("tag-value-3", "1")];
                ada.post(&path, &fields).await.status.as_u16()
            }
        })).await;
        assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| [303, 409].contains(status)), "{answers:?}");
        assert_eq!(stored(&portal).await.len(), 4);
    }

    async fn fifty_tags_added_at_once_stop_at_five(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let act = act(&portal).await;
        let lock = act.actor.tenant.id();
        let made = join_all((0..50).map(|number| {
            let (act, key_id) = (act.clone(), key.key_id.clone());
            let tag = Tag::new(&format!("t{number}"), "1").expect("a tag");
            portal.inner.db.write(move |tx| {
                keystead::db::dialect::lock_row(tx, keystead::db::dialect::Lock::Tenant(lock))?;
                api_keys::add_tag(tx, &act, &key_id, &tag).map(drop)
            })
        })).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 5);
        assert!(made.iter().all(|made| matches!(made, Ok(()) | Err(ApiKeyError::TooManyTags))), "{made:?}");
        assert_eq!(stored(&portal).await.len(), 5);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.updated'").await, 5);
        // Another value for one that is there fits; the same once more changes nothing.
        let held = stored(&portal).await[0].clone();
        let name = held.split(':').next().expect("a key").to_owned();
        for value in ["2", "2"] {
            let (act, key_id, tag) = (act.clone(), key.key_id.clone(), Tag::new(&name, value).expect("a tag"));
            portal.inner.db.write(move |tx| api_keys::add_tag(tx, &act, &key_id, &tag)).await.expect("it fits");
        }
        assert!(stored(&portal).await.contains(&format!("{name}:2")));
        assert_eq!(stored(&portal).await.len(), 5);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.updated'").await, 6);
    }

    async fn tags_of_other_keys_of_the_organization_are_proposed_each_once(portal: Portal) {
        let mut gwen = { portal.ada().await; portal.globex().await };
        let theirs = gwen.makes_key("theirs").await;
        tags(&mut gwen, &theirs, &[("secret", "of-globex")]).await.is(303);
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await;
        for client_id in ["one", "two", "six"] {
            let key = ada.makes_key(client_id).await;
            tags(&mut ada, &key, &[("env", "prod"), ("name", client_id)]).await.is(303);
        }
        let page = ada.get("/api-keys/new").await.is(200).says_nothing_of("of-globex");
        let list = |id: &str| {
            let (_, rest) = page.body.split_once(&format!("<datalist id=\"{id}\">")).expect("a list");
            let list = rest.split("</datalist>").next().expect("its end");
            list.split("value=\"").skip(1).map(|rest| rest.split('"').next().expect("a value").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(list("tag-keys"), ["env", "name"]);
        assert_eq!(list("tag-values"), ["prod", "one", "six", "two"]);
        // As many as there may be, and no more.
        let tenant = "(SELECT id FROM tenants WHERE slug = 'acme')";
        for number in 0..60 {
            portal.sql(&format!("INSERT INTO api_key_tags (tenant_id, api_key_id, key, value) SELECT tenant_id, id, 'k{number:02}', 'x' FROM api_keys WHERE tenant_id = {tenant} AND client_id = 'one'")).await;
        }
        let page = ada.get("/api-keys/new").await.is(200);
        assert_eq!(page.body.split("<datalist id=\"tag-values\">").nth(1).expect("a list").split("</datalist>").next().expect("its end").matches("<option").count(), 50);
    }

    async fn proposals_follow_what_is_typed(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("one").await;
        let of_one = "SELECT tenant_id, id, {} FROM api_keys WHERE client_id = 'one'";
        for number in 0..60 {
            let columns = format!("'a{number:02}', 'x'");
            portal.sql(&format!("INSERT INTO api_key_tags (tenant_id, api_key_id, key, value) {}", of_one.replace("{}", &columns))).await;
        }
        for (client_id, value) in [("two", "prod"), ("three", "Preview"), ("four", "pre-view"), ("five", "test")] {
            let key = ada.makes_key(client_id).await;
            portal.tags(&key, "zone", value).await;
            portal.tags(&key, "zoo", "lion").await;
        }
        portal.globex().await.makes_key("theirs").await;
        portal.sql("INSERT INTO api_key_tags (tenant_id, api_key_id, key, value) SELECT tenant_id, id, 'zone', 'of-globex' FROM api_keys WHERE client_id = 'theirs'").await;
        for (of, typed, found) in [
            // Behind the first fifty.
            ("tags", "zon", vec!["zone:Preview", "zone:pre-view", "zone:prod", "zone:test"]),
            ("tags", "ZO", vec!["zone:Preview", "zone:pre-view", "zone:prod", "zone:test", "zoo:lion"]),
            ("tags", "zone:pr", vec!["zone:pre-view", "zone:prod"]),
            ("values", "Zone:pr", vec!["pre-view", "prod"]),
            ("values", "zone:", vec!["Preview", "pre-view", "prod", "test"]),
            ("keys", "z", vec!["zone", "zoo"]),
            ("tags", "nothing", vec![]),
            ("tags", "zone:\u{7}", vec![]),
            ("values", "zone", vec![]),
            ("keys", "%", vec![]),
        ] {
            let typed: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
            let answer = listed(&ada.get(&format!("/api-keys/tags?of={of}&q={typed}")).await.is(200));
            assert_eq!(answer, found, "{of} {typed}");
        }
        let first = listed(&ada.get("/api-keys/tags").await.is(200));
        assert_eq!(first.len(), 50);
        assert_eq!(listed(&ada.get("/api-keys/tags?of=keys").await).len(), 50);
    }
}

/// The texts of a JSON array.
fn listed(page: &Page) -> Vec<String> {
    serde_json::from_str(&page.body).expect("an array of texts")
}
