//! Roles, resources, grants and tags, which no page gives yet.

use keystead::access::Permission;

use super::{Key, PASSWORD, Portal, Visitor};

impl Portal {
    /// A role of Acme's own, with permissions of the portal and of applications.
    pub async fn has_role(&self, slug: &str, permissions: &[&str]) {
        self.sql(&format!(
            "INSERT INTO roles (tenant_id, slug, name, description, assignable_by_user_managers, created_at, version) \
             SELECT id, '{slug}', 'The {slug}', '', FALSE, 0, 1 FROM tenants WHERE slug = 'acme'"
        ))
        .await;
        for permission in permissions {
            let kind = if permission.parse::<Permission>().is_ok() { "portal" } else { "application" };
            self.sql(&format!(
                "INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
                 SELECT tenant_id, id, '{kind}', '{permission}' FROM roles WHERE slug = '{slug}'"
            ))
            .await;
        }
    }

    /// A resource of Acme; its parent is the root.
    pub async fn has_resource(&self, path: &str) {
        let (kind, name) = path.rsplit(':').next().and_then(|last| last.split_once('=')).expect("a path");
        self.sql(&format!(
            "INSERT INTO resources (tenant_id, parent_id, kind, name, path, created_at, version) \
             SELECT tenant_id, id, '{kind}', '{name}', '{path}', 0, 1 FROM resources WHERE path = 'organization=acme'"
        ))
        .await;
    }

    /// Gives a key of Acme a role on a resource.
    pub async fn gives(&self, key: &Key, role: &str, path: &str) {
        let given = self
            .sql(&format!(
                "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) \
                 SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' FROM api_keys k \
                 JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = '{role}' \
                 JOIN resources n ON n.tenant_id = k.tenant_id AND n.path = '{path}' WHERE k.key_id = '{}'",
                key.key_id
            ))
            .await;
        assert_eq!(given, 1, "{role} on {path}");
    }

    /// Somebody of Acme holds a role on a resource from now on.
    pub async fn holds(&self, email: &str, role: &str, path: &str) {
        let given = self
            .sql(&format!(
                "INSERT INTO grants (tenant_id, user_id, role_id, resource_id, granted_at, granted_by) \
                 SELECT u.tenant_id, u.id, r.id, n.id, 0, 'a test' FROM users u \
                 JOIN roles r ON r.tenant_id = u.tenant_id AND r.slug = '{role}' \
                 JOIN resources n ON n.tenant_id = u.tenant_id AND n.path = '{path}' WHERE u.email = '{email}'"
            ))
            .await;
        assert_eq!(given, 1, "{role} on {path}");
    }

    /// A user of Acme who holds this role on this resource and nothing else, signed in.
    pub async fn holder_of(&self, email: &str, role: &str, path: &str) -> Visitor<'_> {
        self.somebody("acme", email, &[]).await;
        self.holds(email, role, path).await;
        let mut user = self.visitor();
        user.signs_in(email, PASSWORD).await.redirects_to("/api-keys");
        user.get("/api-keys").await;
        user
    }

    /// Puts a tag on a key.
    pub async fn tags(&self, key: &Key, name: &str, value: &str) {
        self.sql(&format!(
            "INSERT INTO api_key_tags (tenant_id, api_key_id, key, value) \
             SELECT tenant_id, id, '{name}', '{value}' FROM api_keys WHERE key_id = '{}'",
            key.key_id
        ))
        .await;
    }

    /// So many keys of Acme that nobody made by hand: `key-0` and on. Every second has the tag `env:prod`, every third was
    /// never used; many names, ends and last uses are the same.
    pub async fn has_keys(&self, number: usize) {
        let end = self.inner.clock.now().plus_days(40).micros();
        let id = "(substr('000000000000', 1, 12 - length(CAST(i AS TEXT))) || CAST(i AS TEXT))";
        let (last, word) = (number - 1, "'key-' || CAST(i AS TEXT)");
        self.sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) \
             INSERT INTO api_keys (tenant_id, key_id, client_id, client_id_folded, name, name_folded, environment, hint, created_at, \
             created_by_kind, created_by, updated_at, expires_at, token_version, version) \
             SELECT t.id, {id}, {word}, {word}, 'Name ' || CAST(i % 7 AS TEXT), 'name ' || CAST(i % 7 AS TEXT), 'live', 'ks_live_0000…0000', i, \
             'system', 'a test', 0, {end} + i % 5, 1, 1 FROM n CROSS JOIN tenants t WHERE t.slug = 'acme' ORDER BY i"
        ))
        .await;
        for statement in [
            "INSERT INTO api_key_words (tenant_id, word, api_key_id) SELECT tenant_id, client_id_folded, id FROM api_keys WHERE created_by = 'a test'",
            "INSERT INTO api_key_uses (tenant_id, api_key_id, first_used_at, used_at) SELECT tenant_id, id, created_at % 3, created_at % 3 FROM api_keys WHERE created_by = 'a test'",
            "INSERT INTO api_key_tags (tenant_id, api_key_id, key, value) SELECT tenant_id, id, 'env', 'prod' FROM api_keys WHERE created_by = 'a test' AND created_at % 2 = 0",
        ] {
            self.sql(statement).await;
        }
    }

    /// Takes everything away from somebody.
    pub async fn takes_all_roles_from(&self, email: &str) {
        self.sql(&format!("DELETE FROM grants WHERE user_id = (SELECT id FROM users WHERE email = '{email}')")).await;
    }
}
