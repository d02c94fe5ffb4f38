//! The tree of resources, and what it means for those who hold roles in it.

mod add;
mod change;
mod delete;
mod meanwhile;
mod moving;
mod permissions;
mod tree;

use serde_json::json;

use crate::support::{Key, Page, Portal, Visitor};

/// The organization itself.
const ROOT: &str = "organization=acme";

/// The address of a node's page, or of a page beneath it.
fn at(path: &str) -> String {
    format!("/resources/{path}")
}

impl Visitor<'_> {
    /// Sends the form that adds a node.
    async fn adds(&mut self, parent: &str, kind: &str, name: &str) -> Page {
        self.post("/resources/new", &[("parent", parent), ("kind", kind), ("name", name)]).await
    }

    /// Adds a node; returns its path.
    async fn makes(&mut self, parent: &str, kind: &str, name: &str) -> String {
        let path = format!("{parent}:{kind}={name}");
        self.adds(parent, kind, name).await.redirects_to(&at(&path));
        path
    }

    /// Opens the page of a node and sends its form with these values.
    async fn changes(&mut self, path: &str, parent: &str, kind: &str, name: &str) -> Page {
        let seen = self.get(&at(path)).await.is(200).field("seen");
        self.saves(path, &seen, parent, kind, name).await
    }

    /// Sends the form of a node's page as it was opened some time ago.
    async fn saves(&mut self, path: &str, seen: &str, parent: &str, kind: &str, name: &str) -> Page {
        self.post(&at(path), &[("seen", seen), ("parent", parent), ("kind", kind), ("name", name)]).await
    }

    /// Opens the overlay of a node and presses "Delete".
    async fn removes(&mut self, path: &str) -> Page {
        let overlay = format!("{}/delete", at(path));
        let seen = self.get(&overlay).await.is(200).field("seen");
        self.post(&overlay, &[("seen", &seen)]).await
    }
}

impl Portal {
    /// All paths of Acme.
    async fn paths(&self) -> Vec<String> {
        let of_acme = "(SELECT id FROM tenants WHERE slug = 'acme')";
        self.lines(&format!("SELECT path AS line FROM resources WHERE tenant_id = {of_acme} ORDER BY path")).await
    }

    /// Whether the key may write invoices there.
    async fn reaches(&self, key: &Key, resource: &str) -> bool {
        let ask = json!({ "key": key.secret, "permission": "invoices:write", "resource": resource });
        self.verify_with(&ask).await.is(200).json()["code"] == "VALID"
    }

    /// The version of the key's tokens.
    async fn token_version(&self, key: &Key) -> i64 {
        self.number(&format!("SELECT token_version FROM api_keys WHERE key_id = '{}'", key.key_id)).await
    }

    /// A role of Acme's own with permissions of the portal.
    async fn has_portal_role(&self, slug: &str, permissions: &[&str]) {
        self.has_role(slug, &[]).await;
        for permission in permissions {
            self.sql(&format!(
                "INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
                 SELECT tenant_id, id, 'portal', '{permission}' FROM roles WHERE slug = '{slug}'"
            ))
            .await;
        }
    }
}

/// The page shows one problem, above the form and beside its field, with the same words.
#[track_caller]
fn has_one_problem(page: &Page, field: &str, words: &str) {
    let text = page.text();
    assert!(text.contains("There is 1 problem"), "{text}");
    assert_eq!(text.matches(words).count(), 2, "{words:?} in the summary and beside the field:\n{text}");
    assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.has_element(&format!("{field}-error")));
    let tag = page.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&format!("id=\"{field}\"")));
    let tag = tag.expect("the field is there");
    assert!(tag.contains("aria-invalid=\"true\"") && tag.contains(&format!("{field}-error")), "{tag}");
    assert!(page.body.contains("<title>Error: "), "{}", page.body.lines().take(12).collect::<String>());
}
