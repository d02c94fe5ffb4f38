//! Clients from npm and PyPI, as `scripts/install-clients` brings them.

use std::fs::File;
use std::process::{Command, Stdio};

use super::{RESOURCE, billing_sync, is_as_it_should_be};
use crate::support::{Place, eventually, on_both};

/// Lets one of them ask.
async fn is_served(place: Place, program: &str, script: &str) {
    let (portal, mut ada) = place.ada().await;
    let key = billing_sync(&mut ada).await;
    let issuer = format!("{}/acme", portal.origin);
    let (root, file) = (env!("CARGO_MANIFEST_DIR"), |name| File::create(place.path(name)).expect("a file"));
    let packages = format!("{root}/target/clients");
    let program = program.replace("CLIENTS", &packages);
    let mut command = Command::new(&program);
    command.arg(format!("{root}/tests/clients/{script}")).stdin(Stdio::null());
    command.stdout(file("client-out")).stderr(file("client-err"));
    let told = [("ISSUER", issuer.as_str()), ("CLIENT_ID", &key.client_id), ("CLIENT_SECRET", &key.secret)];
    command.envs(told).envs([("RESOURCE", RESOURCE), ("PACKAGES", &packages)]);
    // The portal of the test has no TLS; and nothing is asked for by way of a proxy.
    command.env("OAUTHLIB_INSECURE_TRANSPORT", "1").env("AUTHLIB_INSECURE_TRANSPORT", "1").env("NO_PROXY", "127.0.0.1");
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}; run scripts/install-clients"));
    let ended = eventually("the client ends", || child.try_wait().expect("a process of ours"));
    assert!(ended.success(), "{script}: {}", place.read("client-err"));
    is_as_it_should_be(&serde_json::from_str(&place.read("client-out")).expect("JSON"), &issuer);
    portal.stops();
}

on_both! {
    async fn openid_client_gets_and_uses_a_token(place: Place) {
        is_served(place, "node", "openid_client.mjs").await;
    }

    async fn authlib_gets_and_uses_a_token(place: Place) {
        is_served(place, "CLIENTS/python/bin/python", "authlib_client.py").await;
    }

    async fn requests_oauthlib_gets_and_uses_a_token(place: Place) {
        is_served(place, "CLIENTS/python/bin/python", "requests_oauthlib_client.py").await;
    }
}
