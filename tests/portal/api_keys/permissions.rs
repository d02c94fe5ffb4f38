//! Who sees keys, and who changes them.

use keystead::access::{ResourcePath, TenantScope, Who};
use keystead::api_keys::client_id::{ClientId, Name};
use keystead::api_keys::{self, AllowedAddresses, ApiKeyError, Expiry, NewApiKey};
use keystead::rate_limits::RateLimits;

use crate::support::{Key, Page, Portal, Visitor, on_both};

/// Each built-in role: whether it sees keys, whether it changes them, whether it reads the audit log.
const ROLES: [(&str, bool, bool, bool); 8] = [
    ("admin", true, true, true),
    ("ops", true, true, true),
    ("developer", true, false, false),
    ("ci", true, false, false),
    ("auditor", true, false, true),
    ("manage-api-credentials", true, true, false),
    ("manage-users", false, false, false),
    ("member", false, false, false),
];

on_both! {
    async fn each_role_opens_what_it_holds_and_nothing_else(portal: Portal) {
        let mut ada = portal.ada().await;
        for (role, sees, manages, audits) in ROLES {
            let key = ada.makes_key("billing-sync").await;
            let mut somebody = portal.somebody("acme", &format!("{role}@acme.example"), &[role]).await;
            let reading = if sees { 200 } else { 403 };
            let page = somebody.get("/api-keys").await.is(reading);
            let links = page.attributes("href");
            assert_eq!(links.contains(&"/api-keys/new".into()), manages, "{role}");
            assert_eq!(links.contains(&key.path("delete")), manages, "{role}");
            let main = navigation(&page);
            assert_eq!(main.contains("API Keys"), sees, "{role}: {main}");
            assert_eq!(main.contains("Audit log"), audits, "{role}: {main}");
            let page = somebody.get(&key.path("")).await.is(reading);
            assert_eq!(page.attributes("href").contains(&key.path("delete")), manages, "{role}");
            somebody.get("/audit").await.is(if audits { 200 } else { 403 });

            let changing = if manages { 200 } else { 403 };
            somebody.get("/api-keys/new").await.is(changing);
            somebody.get(&key.path("delete")).await.is(changing);
            let intent = somebody.intent();
            somebody.posts_key(&intent, &format!("of-{role}")).await.is(changing);
            let changing = if manages { 303 } else { 403 };
            somebody.post(&key.path("credential"), &[("saved", "on")]).await.is(changing);
            somebody.post(&key.path("delete"), &[]).await.is(changing);
            assert_eq!(portal.verify(&key.secret).await, if manages { "DELETED" } else { "VALID" }, "{role}");
            let made = format!("SELECT COUNT(*) FROM api_keys WHERE client_id = 'of-{role}'");
            assert_eq!(portal.number(&made).await, i64::from(manages), "{role}");
            ada.get("/api-keys").await;
            ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        }
    }

    async fn without_keys_a_viewer_is_not_invited_to_add_one(portal: Portal) {
        portal.set_up_acme().await;
        let mut viewer = portal.somebody("acme", "vic@acme.example", &["developer"]).await;
        let page = viewer.get("/api-keys").await.is(200).says("No API keys yet").says("Your roles let you look at keys, but not make them.");
        assert!(!page.attributes("href").contains(&"/api-keys/new".into()));
    }

    async fn whoever_may_not_is_told_which_roles_do_and_who_gives_them(portal: Portal) {
        portal.set_up_acme().await;
        portal.somebody("acme", "umar@acme.example", &["manage-users"]).await;
        let mut member = portal.somebody("acme", "mia@acme.example", &["member"]).await;
        let page = member.get("/api-keys").await.is(403).says("You need a role that can see API keys").says("api_keys:read");
        let page = page.says("Admin, Ops, Developer, CI, Auditor, Manage API credentials");
        page.says("Who can give it").says("ada@acme.example").says("umar@acme.example");
        let mut viewer = portal.somebody("acme", "vic@acme.example", &["developer"]).await;
        let page = viewer.get("/api-keys/new").await.is(403).says("You need a role that can manage API keys").says("api_keys:manage");
        page.says("Admin, Ops, Manage API credentials").says_nothing_of("Developer,");
    }

    async fn roles_add_up(portal: Portal) {
        portal.set_up_acme().await;
        let mut both = portal.somebody("acme", "bo@acme.example", &["auditor", "manage-api-credentials"]).await;
        both.makes_key("billing-sync").await;
        both.get("/audit").await.is(200);
    }

    async fn a_role_counts_from_the_next_click_on(portal: Portal) {
        portal.set_up_acme().await;
        let mut member = portal.somebody("acme", "mia@acme.example", &["member"]).await;
        member.get("/api-keys").await.is(403);
        portal.sql(
            "UPDATE grants SET role_id = (SELECT id FROM roles WHERE slug = 'manage-api-credentials') \
             WHERE user_id = (SELECT id FROM users WHERE email = 'mia@acme.example')",
        ).await;
        member.makes_key("billing-sync").await;
    }

    async fn a_role_that_is_taken_away_while_a_form_is_open_counts_no_more(portal: Portal) {
        portal.set_up_acme().await;
        let mut bea = portal.somebody("acme", "bea@acme.example", &["manage-api-credentials"]).await;
        let key = bea.makes_key("billing-sync").await;
        bea.get(&key.path("delete")).await.is(200);
        let intent = bea.get("/api-keys/new").await.is(200).field("intent");
        portal.takes_all_roles_from("bea@acme.example").await;
        let before = portal.dump().await;
        bea.posts_key(&intent, "another").await.is(403).says("Nothing was changed.");
        bea.post(&key.path("delete"), &[]).await.is(403);
        bea.post(&key.path("credential"), &[("saved", "on")]).await.is(403);
        assert_eq!(portal.dump().await, before);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn the_verbs_check_by_themselves_what_their_pages_check_before(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let mut act = portal.act();
        act.actor.who = Who::User(portal.number("SELECT id FROM users").await);
        act.actor.tenant = TenantScope::from_row(portal.number("SELECT id FROM tenants").await);
        act.actor.root = ResourcePath::root("acme");
        let client_id = ClientId::parse("another").expect("a client id");
        let name = Name::parse("", "another").expect("a name");
        let new = NewApiKey { client_id, name, environment: "live".into(), expiry: Expiry::In(30), wanted: Vec::new(), tags: Vec::new(), allowed_addresses: AllowedAddresses::default(), rate_limits: RateLimits::default(), intent: "0".repeat(22) };
        let before = portal.dump().await;
        let (by_nobody, key_id) = (act.clone(), key.key_id.clone());
        let made = portal.inner.db.write(move |tx| api_keys::create(tx, &by_nobody, &new)).await;
        assert!(matches!(made, Err(ApiKeyError::Refused(_))), "{made:?}");
        let deleted = portal.inner.db.write(move |tx| api_keys::delete(tx, &act, &key_id)).await;
        assert!(matches!(deleted, Err(ApiKeyError::Refused(_))), "{deleted:?}");
        assert_eq!(portal.dump().await, before);
    }

    async fn a_grant_beneath_the_root_opens_the_pages_that_are_about_resources_and_no_other(portal: Portal) {
        portal.set_up_acme().await;
        let mut bea = portal.somebody("acme", "bea@acme.example", &["admin"]).await;
        portal.has_resource("organization=acme:application=invoices").await;
        portal.sql(
            "UPDATE grants SET resource_id = (SELECT id FROM resources WHERE parent_id IS NOT NULL) \
             WHERE user_id = (SELECT id FROM users WHERE email = 'bea@acme.example')",
        ).await;
        bea.get("/api-keys").await.is(200);
        bea.get("/audit").await.is(403);
    }

    async fn a_stranger_is_sent_to_the_sign_in_page(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for path in ["/api-keys", "/api-keys/new", &key.path(""), &key.path("delete"), "/audit"] {
            let page = portal.visitor().get(path).await.is(303);
            assert!(page.header("location").starts_with("/login?next="), "{path}: {}", page.header("location"));
        }
        changes_nothing(&portal, &mut portal.visitor(), &key).await;
    }
}

async fn changes_nothing(portal: &Portal, somebody: &mut Visitor<'_>, key: &Key) {
    somebody.get("/login").await.is(200);
    let before = portal.dump().await;
    for path in ["/api-keys/new", &key.path("delete"), &key.path("credential")] {
        assert_ne!(somebody.post(path, &[("saved", "on")]).await.status, 200, "{path}");
    }
    assert_eq!(portal.dump().await, before);
}

/// The words of the main navigation.
fn navigation(page: &Page) -> String {
    let (_, rest) = page.body.split_once("aria-label=\"Main\"").expect("a navigation");
    let body = format!("<nav {}", rest.split_once("</nav>").map_or("", |(inside, _)| inside));
    Page { body, ..page.clone() }.text()
}
