//! What users see and change who manage API keys on a part of the organization alone.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Key, Portal, Visitor, on_both};

const ROOT: &str = "organization=acme";
const SALES: &str = "organization=acme:namespace=sales";
const ORDERS: &str = "organization=acme:namespace=sales:application=orders";
const BILLING: &str = "organization=acme:namespace=billing";

/// Ada with a key of each kind, in this order: on the whole organization, in Sales and elsewhere, in Sales, on a part of Sales,
/// without grants.
async fn ada_with_keys(portal: &Portal) -> (Visitor<'_>, [Key; 5]) {
    let mut ada = portal.ada().await;
    for path in [SALES, ORDERS, BILLING, "organization=acme:namespace=sales2"] {
        portal.has_resource(path).await;
    }
    portal.has_role("sender", &["invoices:write"]).await;
    let whole = ada.makes_key("everywhere").await;
    portal.gives(&whole, "sender", ROOT).await;
    let mixed = ada.makes_key("mixed").await;
    portal.gives(&mixed, "sender", SALES).await;
    portal.gives(&mixed, "sender", BILLING).await;
    let inside = ada.makes_key("inside").await;
    portal.gives(&inside, "sender", SALES).await;
    let below = ada.makes_key("below").await;
    portal.gives(&below, "sender", ORDERS).await;
    let bare = ada.makes_key("bare").await;
    let beside = ada.makes_key("beside").await;
    portal.gives(&beside, "sender", "organization=acme:namespace=sales2").await;
    (ada, [whole, mixed, inside, below, bare])
}

/// Sam, who manages API keys in Sales.
async fn sam(portal: &Portal) -> Visitor<'_> {
    portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await
}

on_both! {
    async fn the_list_shows_counts_finds_and_exports_what_its_reader_may_see(portal: Portal) {
        let (mut ada, [whole, mixed, inside, below, bare]) = ada_with_keys(&portal).await;
        let mut sam = sam(&portal).await;
        let mine = sam.makes_key("mine").await;
        portal.tags(&whole, "secret-project", "x").await;
        portal.tags(&below, "env", "prod").await;
        let page = sam.get("/api-keys").await.is(200).says("4 keys, newest first").says("All 4").says("Never used 4");
        assert_eq!(page.client_ids(), ["mine", "below", "inside", "mixed"]);
        page.says_nothing_of("secret-project");
        for sort in ["name", "-last-used", "expires", "created"] {
            let mut found = sam.get(&format!("/api-keys?sort={sort}")).await.is(200).client_ids();
            found.sort_unstable();
            assert_eq!(found, ["below", "inside", "mine", "mixed"], "{sort}");
        }
        for (query, found) in [
            ("q=everywhere", vec![]), ("q=bare", vec![]), ("q=beside", vec![]), ("q=inside", vec!["inside"]), ("role=sender&sort=name", vec!["below", "inside", "mixed"]),
            ("resource=organization%3Dacme&sort=name", vec!["below", "inside", "mixed"]), ("tag=secret-project%3Ax", vec![]), ("tag=env%3Aprod", vec!["below"]),
            ("mine=yes", vec!["mine"]), ("status=never-used&sort=name", vec!["below", "inside", "mine", "mixed"]), ("status=expired", vec![]),
        ] {
            assert_eq!(sam.get(&format!("/api-keys?{query}")).await.is(200).client_ids(), found, "{query}");
        }
        let suggested = sam.get("/api-keys/tags?of=tags&q=").await.is(200).body;
        assert_eq!(suggested, "[\"env:prod\"]");
        assert_eq!(sam.get("/api-keys/tags?of=keys&q=sec").await.is(200).body, "[]");
        assert_eq!(sam.get("/api-keys/tags?of=values&q=secret-project:").await.is(200).body, "[]");
        let file = sam.get("/api-keys/export").await.is(200).body;
        let rows: Vec<&str> = file.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(rows, ["mine", "below", "inside", "mixed"]);
        // What is known of a deleted key is for the same users.
        for key in [&whole, &below] {
            ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        }
        let never = Key { key_id: "000000000000".into(), ..whole.clone() };
        assert_eq!(sam.get(&whole.path("")).await.is(404).bare(), sam.get(&never.path("")).await.bare());
        sam.get(&format!("/api-keys?q={}", whole.key_id)).await.is(200);
        sam.get(&format!("/api-keys?q={}", below.key_id)).await.redirects_to(&below.path(""));
        sam.get(&below.path("")).await.is(200).says("Deleted by ada@acme.example");
        for key in [&mixed, &inside, &mine] {
            sam.get(&key.path("")).await.is(200);
        }
        sam.get(&bare.path("")).await.is(404);
        // Whoever sees the organization sees all.
        assert_eq!(ada.get("/api-keys").await.client_ids(), ["mine", "beside", "bare", "inside", "mixed"]);
    }

    async fn warnings_above_the_list_are_about_keys_that_its_reader_may_see(portal: Portal) {
        let (_, [whole, _, inside, below, _]) = ada_with_keys(&portal).await;
        let mut sam = sam(&portal).await;
        let soon = portal.inner.clock.now().plus_days(3).micros();
        portal.sql(&format!("UPDATE api_keys SET expires_at = {soon} WHERE client_id IN ('everywhere', 'bare')")).await;
        sam.get("/api-keys").await.is(200).says_nothing_of("within 14 days");
        portal.sql(&format!("UPDATE api_keys SET expires_at = {soon} WHERE client_id = 'inside'")).await;
        sam.get("/api-keys").await.is(200).says("1 key ends within 14 days");
        for key in [&whole, &below] {
            portal.sql(&format!("UPDATE api_keys SET disabled_at = 1 WHERE key_id = '{}'", key.key_id)).await;
            portal.was_called(key, 60, "DISABLED", &["203.0.113.7"]).await;
        }
        let page = sam.get("/api-keys").await.is(200).says("1 dead key");
        assert!(page.attributes("href").contains(&below.path("")) && !page.body.contains(&whole.key_id));
        assert!(page.attributes("href").contains(&inside.path("")));
    }

    async fn what_a_user_may_not_do_with_a_key_is_not_offered(portal: Portal) {
        let (_, [_, mixed, inside, ..]) = ada_with_keys(&portal).await;
        let mut sam = sam(&portal).await;
        let page = sam.get("/api-keys").await.is(200);
        let (links, fields) = (page.attributes("href"), page.attributes("name"));
        assert!(links.contains(&"/api-keys/new".into()));
        for (key, manages) in [(&inside, true), (&mixed, false)] {
            assert_eq!(links.contains(&key.path("edit")), manages, "{}", key.client_id);
            assert_eq!(links.contains(&key.path("delete")), manages, "{}", key.client_id);
            assert_eq!(page.attributes("action").contains(&key.path("disable")), manages, "{}", key.client_id);
            assert_eq!(fields.contains(&format!("key-{}", key.key_id)), manages, "{}", key.client_id);
            let own = sam.get(&key.path("")).await.is(200);
            for verb in ["edit", "rotate", "disable", "delete"] {
                assert_eq!(own.attributes("href").contains(&key.path(verb)), manages, "{verb} of {}", key.client_id);
            }
        }
        // Why not, and what else it holds.
        sam.get(&mixed.path("")).await.says("also holds roles where you do not manage API keys").says(BILLING);
        let mut reader = portal.holder_of("rea@acme.example", "developer", SALES).await;
        let page = reader.get("/api-keys").await.is(200);
        assert_eq!(page.client_ids(), ["below", "inside", "mixed"]);
        assert!(!page.body.contains("/delete") && !page.body.contains("action=\"/api-keys/selected\""));
        reader.get(&inside.path("delete")).await.is(403);
    }

    async fn several_keys_at_once_are_changed_where_each_of_them_may_be(portal: Portal) {
        let (_, [whole, mixed, inside, below, _]) = ada_with_keys(&portal).await;
        let mut sam = sam(&portal).await;
        let before = portal.dump().await["api_keys"].clone();
        let box_of = |key: &Key| format!("key-{}", key.key_id);
        let (of_mixed, of_inside, of_whole, of_below) = (box_of(&mixed), box_of(&inside), box_of(&whole), box_of(&below));
        for action in [("action", "disable"), ("action", "tag")] {
            let fields = [(of_inside.as_str(), "on"), (of_mixed.as_str(), "on"), ("new-tag", "env:x"), action];
            sam.post("/api-keys/selected", &fields).await.is(403).says("You need a role that can manage API keys").says(BILLING);
        }
        let keys = format!("{},{}", inside.key_id, mixed.key_id);
        sam.get(&format!("/api-keys/selected/delete?keys={keys}")).await.is(403);
        sam.post("/api-keys/selected/delete", &[("keys", &keys), ("confirm", "delete 2 keys")]).await.is(403);
        assert_eq!(portal.dump().await["api_keys"], before);
        // One that Sam does not see is like one that is gone, also when it is in use.
        portal.was_called(&whole, 60, "VALID", &[]).await;
        let keys = format!("{},{}", inside.key_id, whole.key_id);
        let page = sam.get(&format!("/api-keys/selected/delete?keys={keys}")).await.is(200);
        page.says_nothing_of("everywhere").says("inside");
        sam.post("/api-keys/selected", &[(&of_whole, "on"), (&of_below, "on"), ("action", "disable")]).await.redirects_to("/api-keys");
        sam.post("/api-keys/selected/delete", &[("keys", &keys)]).await.redirects_to("/api-keys");
        let states = "SELECT client_id || ' ' || CASE WHEN deleted_at IS NOT NULL THEN 'deleted' WHEN disabled_at IS NOT NULL THEN 'disabled' ELSE 'active' END AS line FROM api_keys ORDER BY 1";
        assert_eq!(portal.lines(states).await, ["bare active", "below disabled", "beside active", "everywhere active", "inside deleted", "mixed active"]);
    }

    async fn a_key_is_given_roles_where_its_giver_manages_keys_and_keeps_one(portal: Portal) {
        let (_, [_, _, inside, ..]) = ada_with_keys(&portal).await;
        let mut sam = sam(&portal).await;
        // To see keys everywhere is not to give that to keys everywhere.
        portal.holds("sam@acme.example", "developer", ROOT).await;
        let intent = sam.intent();
        let grant = |path| [("grant-role-0", "developer"), ("grant-resource-0", path)];
        let fields = [("intent", intent.as_str()), ("client_id", "reader"), ("name", ""), ("expiry", "90")];
        sam.post("/api-keys/new", &[&fields[..], &grant(ROOT)].concat()).await.is(403).says("Users who manage API keys on organization=acme give");
        sam.post("/api-keys/new", &[&fields[..], &grant(SALES)].concat()).await.is(200);
        let version = sam.get(&inside.path("edit")).await.is(200).field("version");
        let fields = [("version", version.as_str()), ("name", "inside"), ("expiry", "keep")];
        sam.post(&inside.path("edit"), &fields).await.is(403).says("Leave this key a grant, or delete it.");
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants g JOIN api_keys k ON k.id = g.api_key_id WHERE k.client_id = 'inside'").await, 1);
        sam.post(&inside.path("edit"), &[&fields[..], &[("grant-role-0", "sender"), ("grant-resource-0", ORDERS)]].concat()).await.redirects_to(&inside.path(""));
    }

    async fn rights_are_those_of_the_moment_of_the_change(portal: Portal) {
        let (_, [_, _, inside, below, _]) = ada_with_keys(&portal).await;
        let mut sam = sam(&portal).await;
        sam.get(&inside.path("delete")).await.is(200);
        portal.gives(&inside, "sender", BILLING).await;
        sam.post(&inside.path("delete"), &[]).await.is(403);
        sam.get(&below.path("disable")).await.is(200);
        portal.sql(&format!("UPDATE grants SET resource_id = (SELECT id FROM resources WHERE path = '{BILLING}') WHERE api_key_id = (SELECT id FROM api_keys WHERE client_id = 'below')")).await;
        sam.post(&below.path("disable"), &[("reason", "")]).await.is(404);
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE deleted_at IS NOT NULL OR disabled_at IS NOT NULL").await, 0);
    }

    async fn many_keys_are_paged_without_reading_those_of_others(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_resource(SALES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.has_keys(6_000).await;
        let of = |every: i64| format!(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' \
             FROM api_keys k JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = 'sender' JOIN resources n ON n.path = '{SALES}' WHERE k.created_at % {every} = 0"
        );
        portal.sql(&of(100)).await;
        let mut sam = sam(&portal).await;
        let page = sam.get("/api-keys").await.is(200).says("60 keys, newest first");
        assert_eq!((page.client_ids().len(), page.client_ids()[0].as_str()), (50, "key-5900"));
        let next = page.link_to("next").expect("a second page");
        assert_eq!(sam.get(&next).await.is(200).client_ids().len(), 10);
        // More than are read as a whole.
        portal.sql("DELETE FROM grants WHERE api_key_id IS NOT NULL").await;
        portal.sql(&of(2)).await;
        let page = sam.get("/api-keys").await.is(200);
        assert!(page.client_ids().len() == 50 && page.client_ids().iter().all(|id| id.ends_with(['0', '2', '4', '6', '8'])), "{:?}", page.client_ids());
        assert_eq!(sam.get("/api-keys/export").await.is(200).body.lines().count(), 3_001);
        let suggested = sam.get("/api-keys/tags?of=tags&q=env").await.is(200).body;
        assert_eq!(suggested, json!(["env:prod"]).to_string());
        assert_eq!(sam.get("/api-keys?q=key-1001").await.is(200).status, StatusCode::OK);
        assert!(sam.get("/api-keys?q=key-1001").await.client_ids().is_empty());
    }
}
