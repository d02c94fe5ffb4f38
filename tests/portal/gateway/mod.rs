//! `/{tenant}/gateway/auth`: what proxies ask before they let a request pass.

mod addresses;
mod configuration;
mod credentials;
mod leaks;
mod permissions;
mod replays;
mod scanners;
mod tokens;
mod traefik;

use crate::support::{Answer, Key};

const INVOICES: &str = "organization=acme:application=invoices";

/// The header that a client sends with its key.
fn bearer(text: &str) -> String {
    format!("Bearer {text}")
}

/// May pass, and is said to be this key.
#[track_caller]
fn passes_as(answer: &Answer, key: &Key) {
    assert_eq!(answer.status.as_u16(), 204, "{}", answer.body);
    let told = ["x-keystead-tenant", "x-keystead-client-id", "x-keystead-key-id"].map(|name| answer.header(name));
    assert_eq!(told, ["acme", key.client_id.as_str(), key.key_id.as_str()]);
    assert_eq!((answer.header("cache-control"), answer.body.as_str()), ("no-store", ""));
}

/// May not pass: the status, the error of the challenge (RFC 6750, section 3.1), and nothing of anybody.
#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer realm=\"acme\""), "{challenge}");
    let named = challenge.split("error=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    assert_eq!(named, error, "{challenge}");
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("x-keystead")), "{:?}", answer.headers);
    assert_eq!(answer.header("cache-control"), "no-store");
}
