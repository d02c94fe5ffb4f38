//! People, tenants and keys that are there before a test begins. What people do themselves goes over HTTP.

use std::sync::Arc;

use keystead::access::{Act, Actor, Origin};
use keystead::base::secret::Secret;
use keystead::db;
use keystead::sign_in::{self, Proof, SetUp};
use keystead::tenants::Slug;
use keystead::users::email::Email;

use super::{Portal, Visitor};

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
    /// Makes a key in the two steps of the wizard, and closes it.
    pub async fn makes_key(&mut self, client_id: &str) -> Key {
        let form = self.get("/api-keys/new").await.is(200);
        let intent = form.field("intent");
        let fields = [("intent", intent.as_str()), ("client_id", client_id), ("name", ""), ("expiry", "90")];
        let shown = self.post("/api-keys/new", &fields).await.is(200);
        let secret = shown.element("secret");
        let key_id = secret.split('_').nth(2).expect("a key has an id").to_owned();
        let key = Key { key_id, client_id: client_id.to_owned(), secret };
        self.post(&key.path("credential"), &[("saved", "on")]).await.redirects_to("/api-keys");
        key
    }
}
