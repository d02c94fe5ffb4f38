//! Acme with Keystead, a gateway, an API behind it, and keys that may read invoices.

use std::net::{Ipv4Addr, SocketAddr};

use keystead::db::{self, Conn};

use super::api::Api;
use super::gateway::{Gateway, Program};
use super::wire::{self, Message};
use crate::support::{Key, PASSWORD, Person, Place, Running};

/// A client that comes from the machine's own address.
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

pub struct Scene {
    pub program: Program,
    pub gateway: Gateway,
    pub api: Api,
    pub ada: Person,
    pub portal: Running,
    /// Given up last: the others' logs are in it.
    pub place: Place,
}

impl Scene {
    pub async fn behind(program: Program) -> Self {
        Self::at(program, Place::new()).await
    }

    /// With the database of this place.
    pub async fn at(program: Program, place: Place) -> Self {
        assert!(place.init().status.success());
        let portal = place.serve_with(&["--listen", "127.0.0.1:0"], &[("KEYSTEAD_TRUSTED_PROXIES", "127.0.0.1")]);
        let mut ada = Person::at(&portal.origin);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.is(200);
        let api = Api::start().await;
        let gateway = Gateway::start(program, portal.address(), api.address, &[]);
        let scene = Self { program, gateway, api, ada, portal, place };
        scene.has_role("reader", &["invoices:read"]);
        scene
    }

    /// Acme has a role.
    pub fn has_role(&self, slug: &str, permissions: &[&str]) {
        self.sql(&format!(
            "INSERT INTO roles (tenant_id, slug, name, description, assignable_by_user_managers, created_at, version) \
             SELECT id, '{slug}', 'The {slug}', '', FALSE, 0, 1 FROM tenants WHERE slug = 'acme'"
        ));
        for permission in permissions {
            self.sql(&format!(
                "INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
                 SELECT tenant_id, id, 'application', '{permission}' FROM roles WHERE slug = '{slug}'"
            ));
        }
    }

    /// A key that may read invoices.
    pub async fn reader(&mut self, client_id: &str) -> Key {
        self.key_with("reader", client_id).await
    }

    /// A key with a role on the whole organization.
    pub async fn key_with(&mut self, role: &str, client_id: &str) -> Key {
        let key = self.ada.makes_key(client_id).await;
        let given = self.sql(&format!(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) \
             SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' FROM api_keys k \
             JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = '{role}' \
             JOIN resources n ON n.tenant_id = k.tenant_id AND n.path = 'organization=acme' WHERE k.key_id = '{}'",
            key.key_id
        ));
        assert_eq!(given, 1);
        key
    }

    /// Runs SQL beside the portal.
    pub fn sql(&self, statement: &str) -> usize {
        use diesel::RunQueryDsl;

        let run = |tx: &mut db::Tx<'_>| match &mut **tx {
            Conn::Postgres(c) => diesel::sql_query(statement).execute(c).map_err(db::Error::from),
            Conn::Sqlite(c) => diesel::sql_query(statement).execute(c).map_err(db::Error::from),
        };
        self.place.database().0.write_here(run).expect("the statement runs")
    }

    /// Asks the gateway for a path, with these headers.
    pub async fn gets(&self, path: &str, headers: &[(&str, &str)]) -> Message {
        self.asks(CLIENT, "GET", path, headers, "").await
    }

    /// Any request, from any address of this machine.
    pub async fn asks(
        &self,
        from: Ipv4Addr,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Message {
        ask(self.gateway.address, from, method, path, headers, body).await
    }

    /// Passes with this key, and the API is told whose it is.
    #[track_caller]
    pub fn assert_passed(&self, answer: &Message, key: &Key) -> Message {
        assert_eq!(answer.status(), 200, "{answer:?}");
        let seen = self.api.saw();
        let told = ["tenant", "client-id", "key-id", "roles", "permissions", "grants-omitted"];
        let told = told.map(|name| seen.header(&format!("x-keystead-{name}")));
        assert_eq!(told, ["acme", &key.client_id, &key.key_id, "reader", "invoices:read", "false"], "{seen:?}");
        let whole = format!("{seen:?}");
        assert!(!whole.contains(&key.secret[8..]), "the API gets the secret: {whole}");
        seen
    }

    /// Does not pass: this status, and nothing reached the API.
    #[track_caller]
    pub fn assert_refused(&self, answer: &Message, status: u16) {
        assert_eq!(answer.status(), status, "{answer:?}");
        self.api.saw_nothing();
        let names = answer.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        assert!(names.into_iter().all(|name| !name.starts_with("x-keystead")), "{answer:?}");
    }
}

/// One request on a connection of its own.
pub async fn ask(
    to: SocketAddr,
    from: Ipv4Addr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Message {
    let own = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("connection"));
    let close = if own { "" } else { "Connection: close\r\n" };
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: api.example\r\n{close}{length}{headers}\r\n");
    wire::send(from, to, &format!("{head}{body}")).await
}

/// The header that a client sends with its key.
pub fn bearer(text: &str) -> String {
    format!("Bearer {text}")
}
