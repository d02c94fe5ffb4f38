//! What only another version of Keystead knows, or nobody: it gives nothing, it is told in the log, and pages answer.

use keystead::app::all_routes;
use keystead::web::routes::Access;
use serde_json::json;

use crate::support::{Key, Portal, Visitor, address_of, on_both};

const ROOT: &str = "organization=acme";

/// Fay holds a role of this slug, and so does a key. It reads the log, sees keys, and writes invoices.
async fn fay<'a>(portal: &'a Portal, slug: &str) -> (Visitor<'a>, Key) {
    let key = portal.ada().await.makes_key("billing-sync").await;
    portal.has_bob().await;
    portal.has_role(slug, &["audit:read", "api_keys:read", "invoices:write"]).await;
    portal.gives(&key, slug, ROOT).await;
    let mut fay = portal.somebody("acme", "fay@acme.example", &[slug]).await;
    fay.get("/audit").await.is(200);
    assert_eq!(may_write(portal, &key).await, "VALID");
    (fay, key)
}

async fn may_write(portal: &Portal, key: &Key) -> String {
    let ask = json!({ "key": key.secret, "permission": "invoices:write", "resource": ROOT });
    portal.verify_with(&ask).await.is(200).json()["code"].as_str().expect("a code").to_owned()
}

/// Nothing that needs a permission is open; the pages that need none are, and those of others show Fay.
async fn gives_nothing(portal: &Portal, fay: &mut Visitor<'_>, key: &Key) {
    for route in all_routes().iter().filter(|route| matches!(route.access, Access::Needs(_))) {
        let address = address_of(route, &key.key_id);
        let page = match route.method.as_str() {
            "GET" => fay.get(&address).await,
            _ => fay.post(&address, &[]).await,
        };
        assert_eq!(page.status.as_u16(), 403, "{} {}", route.method, route.path);
    }
    fay.get("/account").await.is(200).says("fay@acme.example");
    assert_eq!(may_write(portal, key).await, "INSUFFICIENT_PERMISSION");
    assert_eq!(portal.token_for(key).await.is(200).json()["scope"].as_str().unwrap_or_default(), "");
    let mut ada = portal.visitor();
    ada.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
    for path in
        ["/users", &portal.user_path("fay@acme.example", "").await, &key.path(""), "/roles", "/resources", "/audit"]
    {
        ada.get(path).await.is(200);
    }
}

/// Changes a row as the rules of this version's tables forbid.
async fn unchecked(portal: &Portal, statement: &str) {
    let around = if portal.is_on_postgres() {
        ["ALTER TABLE roles DROP CONSTRAINT roles_built_in_check", "SELECT 1"]
    } else {
        ["PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF"]
    };
    portal.sql(around[0]).await;
    assert_eq!(portal.sql(statement).await, 1);
    portal.sql(around[1]).await;
}

/// A word for the log that the same test on the other database does not use.
fn own(portal: &Portal, word: &str) -> String {
    format!("{word}-{}", if portal.is_on_postgres() { "postgres" } else { "sqlite" })
}

on_both! {
    async fn a_built_in_role_that_this_version_does_not_know_gives_nothing(portal: Portal) {
        let slug = own(&portal, "superuser");
        let (mut fay, key) = fay(&portal, &slug).await;
        assert!(portal.log_about(&slug).is_empty());
        unchecked(&portal, &format!("UPDATE roles SET built_in = 'superuser' WHERE slug = '{slug}'")).await;
        gives_nothing(&portal, &mut fay, &key).await;
        let errors = portal.log_about(&slug);
        assert!(errors.iter().any(|line| line.contains("a grant names a built-in role that this version does not know; it gives nothing")), "{errors:#?}");
    }

    async fn words_that_are_no_permissions_give_nothing(portal: Portal) {
        let slug = own(&portal, "clerk");
        let (mut fay, key) = fay(&portal, &slug).await;
        let of_role = format!("role_id = (SELECT id FROM roles WHERE slug = '{slug}')");
        portal.sql(&format!("DELETE FROM role_permissions WHERE {of_role}")).await;
        let words = [("portal", "everything:manage"), ("portal", "API_KEYS:READ"), ("portal", "*"), ("application", "api_keys:read"), ("application", "*:*"), ("application", "Invoices:Write")];
        for (number, (kind, word)) in words.iter().enumerate() {
            let word = if number == 0 { own(&portal, word) } else { (*word).to_owned() };
            portal.sql(&format!(
                "INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
                 SELECT tenant_id, id, '{kind}', '{word}' FROM roles WHERE slug = '{slug}'"
            )).await;
        }
        gives_nothing(&portal, &mut fay, &key).await;
        let errors = portal.log_about(&own(&portal, "everything:manage"));
        assert!(errors.iter().any(|line| line.contains("a role contains a permission that this version does not know; it gives nothing")), "{errors:#?}");
    }

    async fn whoever_holds_nothing_but_a_role_that_is_empty_holds_nothing(portal: Portal) {
        let slug = own(&portal, "hollow");
        let (mut fay, key) = fay(&portal, &slug).await;
        portal.sql(&format!("DELETE FROM role_permissions WHERE role_id = (SELECT id FROM roles WHERE slug = '{slug}')")).await;
        gives_nothing(&portal, &mut fay, &key).await;
    }
}
