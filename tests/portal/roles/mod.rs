//! The pages of roles.

mod copy;
mod create;
mod delete;
mod edit;
mod overview;
mod permissions;

use crate::support::{Page, Portal, Visitor};

/// The form of a role as somebody fills it in.
#[derive(Debug, Clone, Default)]
struct Filled(Vec<(String, String)>);

impl Filled {
    fn named(name: &str) -> Self {
        Self::default().with("name", name)
    }

    fn with(mut self, field: &str, value: &str) -> Self {
        self.0.retain(|(name, _)| name != field);
        self.0.push((field.to_owned(), value.to_owned()));
        self
    }

    fn ticking(self, permissions: &[&str]) -> Self {
        permissions.iter().fold(self, |form, permission| form.with(&format!("permission-{permission}"), "on"))
    }

    /// Sends it to this address.
    async fn to(&self, path: &str, somebody: &mut Visitor<'_>) -> Page {
        let fields: Vec<(&str, &str)> = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        somebody.post(path, &fields).await
    }

    /// Sends it to the page that makes roles.
    async fn adds(&self, somebody: &mut Visitor<'_>) -> Page {
        self.to("/roles/new", somebody).await
    }

    /// Opens the role, and sends this to it.
    async fn changes(&self, slug: &str, somebody: &mut Visitor<'_>) -> Page {
        let path = format!("/roles/{slug}");
        let version = somebody.get(&path).await.is(200).field("version");
        self.clone().with("version", &version).to(&path, somebody).await
    }
}

/// What stands in the area for application permissions.
fn application(page: &Page) -> String {
    page.element("application").replace("\r\n", "\n")
}

/// The permissions that are ticked, in the order of the page.
fn ticked(page: &Page) -> Vec<String> {
    boxes(page, " checked")
}

/// The permissions that cannot be ticked.
fn disabled(page: &Page) -> Vec<String> {
    boxes(page, " disabled")
}

fn boxes(page: &Page, word: &str) -> Vec<String> {
    let tags = page.body.split('<').filter(|tag| tag.starts_with("input") && tag.contains(word));
    let name = |tag: &str| Some(tag.split_once(" name=\"permission-")?.1.split('"').next()?.to_owned());
    tags.filter_map(name).collect()
}

/// The permissions of a role as they are stored.
async fn stored(portal: &Portal, slug: &str) -> Vec<String> {
    let of_role = format!("role_id IN (SELECT id FROM roles WHERE slug = '{slug}')");
    portal
        .lines(&format!("SELECT kind || ' ' || permission AS line FROM role_permissions WHERE {of_role} ORDER BY 1"))
        .await
}

/// Gives somebody of Acme a role on a resource.
async fn gives(portal: &Portal, email: &str, role: &str, path: &str) {
    let given = portal
        .sql(&format!(
            "INSERT INTO grants (tenant_id, user_id, role_id, resource_id, granted_at, granted_by) \
             SELECT u.tenant_id, u.id, r.id, n.id, 0, 'a test' FROM users u \
             JOIN roles r ON r.tenant_id = u.tenant_id AND r.slug = '{role}' \
             JOIN resources n ON n.tenant_id = u.tenant_id AND n.path = '{path}' WHERE u.email = '{email}'"
        ))
        .await;
    assert_eq!(given, 1, "{role} on {path}");
}

/// The details of the one event of this kind: before and after.
async fn event(portal: &Portal, action: &str) -> (serde_json::Value, serde_json::Value) {
    let mut details = Vec::new();
    for column in ["before", "after"] {
        let query = format!("SELECT COALESCE({column}, 'null') AS line FROM audit_events WHERE action = '{action}'");
        let lines = portal.lines(&query).await;
        assert_eq!(lines.len(), 1, "{action}: {lines:?}");
        details.push(serde_json::from_str(&lines[0]).expect("an object"));
    }
    (details.remove(0), details.remove(0))
}

#[track_caller]
fn has_one_problem(page: &Page, field: &str, words: &str) {
    let text = page.text();
    assert!(text.contains("There is 1 problem"), "{text}");
    assert_eq!(text.matches(words).count(), 2, "{words:?} in the summary and beside the field:\n{text}");
    assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.has_element(&format!("{field}-error")));
    let tag = page.body.split('<').find(|tag| tag.contains(&format!(" id=\"{field}\"")));
    let tag = tag.expect("the field is there");
    assert!(tag.contains("aria-invalid=\"true\"") && tag.contains(&format!("{field}-error")), "{tag}");
    assert!(page.body.contains("<title>Error: "), "{}", page.body.lines().take(12).collect::<String>());
}
