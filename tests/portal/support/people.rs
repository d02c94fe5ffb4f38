//! People beside Ada.

use keystead::access::{BuiltIn, TenantScope};
use keystead::base::random;
use keystead::base::secret::Secret;
use keystead::db::Error;
use keystead::grants::{self, Holder};
use keystead::users::email::Email;
use keystead::users::{self, NewUser};

use super::{BOB, PASSWORD, Portal};

impl Portal {
    /// Somebody of Acme who holds this role on all of it. The password is everybody's.
    pub async fn has_user(&self, email: &str, name: &str, role: BuiltIn) {
        self.has_user_at(&random::base62(&*self.inner.entropy, 12), email, name, role).await;
    }

    /// Bob of Acme, a member, at the address that generated tests ask for.
    pub async fn has_bob(&self) {
        self.has_user_at(BOB, "bob@acme.example", "Bob", BuiltIn::Member).await;
    }

    /// [`Portal::has_user`] with this id in addresses.
    pub async fn has_user_at(&self, public_id: &str, email: &str, name: &str, role: BuiltIn) {
        let tenant = self.number("SELECT id FROM tenants WHERE slug = 'acme'").await;
        let of_acme = format!("tenant_id = {tenant}");
        let role = self.number(&format!("SELECT id FROM roles WHERE {of_acme} AND slug = '{}'", role.slug())).await;
        let root = self.number(&format!("SELECT id FROM resources WHERE {of_acme} AND parent_id IS NULL")).await;
        let tenant = TenantScope::from_row(tenant);
        let secret = Secret::new(PASSWORD.into());
        let password_hash = self.inner.hasher.hash(&secret, &*self.inner.entropy).await.expect("a hash");
        let public_id = public_id.to_owned();
        let (email, name, mut act) = (Email::parse(email).expect("an address"), name.to_owned(), self.act());
        act.actor.tenant = tenant;
        let add = move |tx: &mut keystead::db::Tx<'_>| {
            let new =
                NewUser { public_id: &public_id, email: &email, name: &name, password_hash: Some(&password_hash) };
            let user = users::insert(tx, &act, &new)?;
            grants::insert(tx, tenant, Holder::User(user), role, root, "a test", act.now)
        };
        self.inner.db.write::<(), Error>(add).await.expect("a user is added");
    }

    /// The path of somebody's page.
    pub async fn user_path(&self, email: &str, page: &str) -> String {
        let query = format!("SELECT public_id AS line FROM users WHERE email = '{email}' AND deleted_at IS NULL");
        let ids = self.lines(&query).await;
        assert_eq!(ids.len(), 1, "{email}");
        format!("/users/{}/{page}", ids[0]).trim_end_matches('/').to_owned()
    }

    /// What somebody holds: `role on path`, sorted.
    pub async fn held_by(&self, email: &str) -> Vec<String> {
        self.lines(&format!(
            "SELECT r.slug || ' on ' || n.path AS line FROM grants g JOIN roles r ON r.id = g.role_id \
             JOIN resources n ON n.id = g.resource_id JOIN users u ON u.id = g.user_id WHERE u.email = '{email}' ORDER BY 1"
        ))
        .await
    }

    /// Ada invites somebody; the code of the link.
    pub async fn invites(&self, email: &str) -> String {
        let mut ada = self.visitor();
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/users/new").await.is(200);
        let page = ada.post("/users/new", &[("email", email), ("role-member", "on")]).await.is(200);
        page.link_code()
    }

    /// Switches an account off, as an administrator does.
    pub async fn disables(&self, email: &str) {
        let now = self.inner.clock.now().micros();
        self.sql(&format!("UPDATE users SET disabled_at = {now} WHERE email = '{email}'")).await;
    }
}
