//! People, tenants and keys that are there before a test begins. What people do themselves goes over HTTP.

use std::sync::Arc;

use keystead::access::{Act, Actor, Origin};
use keystead::base::base62;
use keystead::base::random;
use keystead::base::secret::Secret;
use keystead::db;
use keystead::grants::{self, Holder};
use keystead::sign_in::{self, Proof, SetUp};
use keystead::tenants::{self, Slug};
use keystead::users::email::Email;
use keystead::users::{self, NewUser};

use super::{Page, Portal, Visitor};

/// Everybody's password.
pub const PASSWORD: &str = "the north gate squeaks";

/// A key as the person who made it has it.
#[derive(Debug, Clone)]
pub struct Key {
    pub key_id: String,
    pub client_id: String,
    pub secret: String,
}

impl Key {
    /// The address of a page of this key.
    pub fn path(&self, page: &str) -> String {
        format!("/api-keys/{}/{page}", self.key_id).trim_end_matches('/').to_owned()
    }

    /// A secret of the right form with the id of this key, which was never given.
    pub fn wrong_secret(&self) -> String {
        let body = format!("ks_live_{}_{}", self.key_id, "0".repeat(43));
        let checksum = base62::encode_u32(crc32fast::hash(body.as_bytes()));
        format!("{body}{}", String::from_utf8_lossy(&checksum))
    }
}

impl Portal {
    /// The organization Acme with its administrator Ada, who is signed in.
    pub async fn ada(&self) -> Visitor<'_> {
        self.set_up_acme().await;
        let mut ada = self.visitor();
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.is(200);
        ada
    }

    /// The organization Acme with its administrator Ada, as `keystead init` makes them.
    pub async fn set_up_acme(&self) {
        let secret = Secret::new(PASSWORD.into());
        let password_hash = self.inner.hasher.hash(&secret, &*self.inner.entropy).await.expect("a hash");
        let new = SetUp {
            slug: Slug::parse("acme").expect("a slug"),
            organization: "Acme Works".into(),
            name: "Ada Lovelace".into(),
            email: Email::parse("ada@acme.example").expect("an address"),
            password_hash,
        };
        let act = self.act();
        self.inner.db.write(move |tx| sign_in::set_up(tx, &act, &new, &Proof::Shell)).await.expect("Acme is set up");
    }

    /// A second organization, Globex, with its administrator Gwen, who is signed in.
    pub async fn globex(&self) -> Visitor<'_> {
        let (act, slug) = (self.act(), Slug::parse("globex").expect("a slug"));
        let make = move |tx: &mut db::Tx<'_>| sign_in::add_tenant(tx, &act, &slug, "Globex");
        self.inner.db.write(make).await.expect("Globex is made");
        self.somebody("globex", "gwen@globex.example", &["admin"]).await
    }

    /// Somebody who holds these roles on all of an organization, and is signed in.
    pub async fn somebody(&self, tenant: &str, email: &str, held: &[&str]) -> Visitor<'_> {
        let of_tenant = format!("tenant_id = (SELECT id FROM tenants WHERE slug = '{tenant}')");
        let mut role_ids = Vec::new();
        for role in held {
            role_ids.push(self.number(&format!("SELECT id FROM roles WHERE {of_tenant} AND slug = '{role}'")).await);
        }
        let root = self.number(&format!("SELECT id FROM resources WHERE {of_tenant} AND parent_id IS NULL")).await;
        let secret = Secret::new(PASSWORD.into());
        let password_hash = self.inner.hasher.hash(&secret, &*self.inner.entropy).await.expect("a hash");
        let public_id = random::base62(&*self.inner.entropy, 12);
        let (address, slug, act) = (Email::parse(email).expect("an address"), tenant.to_owned(), self.act());
        let make = move |tx: &mut db::Tx<'_>| {
            let tenant = tenants::by_slug(tx, &slug)?.expect("the tenant is there");
            let actor = Actor { tenant: tenant.scope, root: tenant.root(), ..act.actor.clone() };
            let act = Act { actor, ..act.clone() };
            let password_hash = Some(password_hash.as_str());
            let new = NewUser { public_id: &public_id, email: &address, name: address.as_str(), password_hash };
            let user = users::insert(tx, &act, &new)?;
            for role in &role_ids {
                grants::insert(tx, tenant.scope, Holder::User(user), *role, root, "a test", act.now)?;
            }
            Ok(())
        };
        self.inner.db.write::<_, db::Error>(make).await.expect("somebody is added");
        let mut somebody = self.visitor();
        somebody.signs_in(email, PASSWORD).await.redirects_to("/api-keys");
        // A page with a form, for its token: everybody may open the one that says what they may not.
        somebody.get("/api-keys").await;
        somebody
    }

    /// An act of nobody in particular, now.
    pub fn act(&self) -> Act {
        Act {
            actor: Actor::installation("a test"),
            now: self.inner.clock.now(),
            origin: Origin::default(),
            entropy: Arc::clone(&self.inner.entropy),
            keyring: Arc::clone(&self.inner.keyring),
        }
    }

    /// Runs SQL that no verb of the product offers yet. The same words work on both databases.
    pub async fn sql(&self, statement: &str) -> usize {
        use diesel::RunQueryDsl;

        let statement = statement.to_owned();
        let run = move |tx: &mut db::Tx<'_>| match &mut **tx {
            db::Conn::Postgres(c) => diesel::sql_query(&statement).execute(c).map_err(db::Error::from),
            db::Conn::Sqlite(c) => diesel::sql_query(&statement).execute(c).map_err(db::Error::from),
        };
        self.inner.db.write(run).await.expect("the statement runs")
    }

    /// One number that SQL computes.
    pub async fn number(&self, query: &str) -> i64 {
        use diesel::RunQueryDsl;

        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let query = format!("SELECT CAST(({query}) AS BIGINT) AS n");
        let run = move |conn: &mut db::Conn| {
            let row: Result<Row, _> = match conn {
                db::Conn::Postgres(c) => diesel::sql_query(&query).get_result(c),
                db::Conn::Sqlite(c) => diesel::sql_query(&query).get_result(c),
            };
            row.map_err(db::Error::from)
        };
        self.inner.db.read(run).await.expect("the query runs").n
    }
}

impl Visitor<'_> {
    /// Sends the form that makes a key. Forms are told apart by their `intent`.
    pub async fn posts_key(&mut self, intent: &str, client_id: &str) -> Page {
        let fields = [("intent", intent), ("client_id", client_id), ("name", ""), ("expiry", "90")];
        self.post("/api-keys/new", &fields).await
    }

    /// A fresh id of a form.
    pub fn intent(&self) -> String {
        random::base62(&*self.portal.inner.entropy, 22)
    }

    /// Makes a key in the two steps of the wizard, and closes it.
    pub async fn makes_key(&mut self, client_id: &str) -> Key {
        self.makes_named_key(client_id, "").await
    }

    /// [`Visitor::makes_key`] with a name of its own.
    pub async fn makes_named_key(&mut self, client_id: &str, name: &str) -> Key {
        let form = self.get("/api-keys/new").await.is(200);
        let intent = form.field("intent");
        let fields = [("intent", intent.as_str()), ("client_id", client_id), ("name", name), ("expiry", "90")];
        let shown = self.post("/api-keys/new", &fields).await.is(200);
        let secret = shown.element("secret");
        let key_id = secret.split('_').nth(2).expect("a key has an id").to_owned();
        let key = Key { key_id, client_id: client_id.to_owned(), secret };
        self.post(&key.path("credential"), &[("saved", "on")]).await.redirects_to("/api-keys");
        key
    }
}
