//! People beside Ada.

use keystead::access::{BuiltIn, TenantScope};
use keystead::base::random;
use keystead::base::secret::Secret;
use keystead::db::Error;
use keystead::grants::{self, Holder};
use keystead::users::email::Email;
use keystead::users::{self, NewUser};

use super::{PASSWORD, Portal};

impl Portal {
    /// Somebody of Acme who holds this role on all of it. The password is everybody's.
    pub async fn has_user(&self, email: &str, name: &str, role: BuiltIn) {
        let tenant = TenantScope::from_row(self.number("SELECT id FROM tenants WHERE slug = 'acme'").await);
        let role = self.number(&format!("SELECT id FROM roles WHERE slug = '{}'", role.slug())).await;
        let root = self.number("SELECT id FROM resources WHERE parent_id IS NULL").await;
        let secret = Secret::new(PASSWORD.into());
        let password_hash = self.inner.hasher.hash(&secret, &*self.inner.entropy).await.expect("a hash");
        let public_id = random::base62(&*self.inner.entropy, 12);
        let (email, name, now) = (Email::parse(email).expect("an address"), name.to_owned(), self.inner.clock.now());
        let add = move |tx: &mut keystead::db::Tx<'_>| {
            let new =
                NewUser { public_id: public_id.clone(), email: &email, name: &name, password_hash: &password_hash };
            let user = users::insert(tx, tenant, &new, "a test", now)?;
            grants::insert(tx, tenant, Holder::User(user), role, root, "a test", now)
        };
        self.inner.db.write::<(), Error>(add).await.expect("a user is added");
    }

    /// Switches an account off, as an administrator does.
    pub async fn disables(&self, email: &str) {
        let now = self.inner.clock.now().micros();
        self.sql(&format!("UPDATE users SET disabled_at = {now} WHERE email = '{email}'")).await;
    }
}
