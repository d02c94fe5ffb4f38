//! Gateways that ask for one permission here and for another there, as their pages add it to the recipe.

use super::gateway::{Gateway, Program};
use super::recipe::{addition, with};
use super::scene::{CLIENT, Scene, ask};
use crate::support::Key;

/// The scene, and the two keys.
type Acme = (Scene, Key, Key);

/// Acme behind a gateway that asks for other permissions at `/orders`; a key that may read invoices, and one that may read orders.
async fn scene(program: Program, add: impl FnOnce(&str) -> Vec<(String, String)>) -> Acme {
    let mut scene = Scene::behind(program).await;
    let added = add(scene.portal.address());
    let added: Vec<_> = added.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    scene.gateway = Gateway::start(program, scene.portal.address(), scene.api.address, &added);
    scene.has_role("picker", &["orders:read"]);
    let (invoices, orders) = (scene.reader("invoices").await, scene.key_with("picker", "orders").await);
    (scene, invoices, orders)
}

/// With this key and a made-up identity; the status, after the API was asked what it saw.
async fn status(scene: &Scene, method: &str, path: &str, key: &Key) -> u16 {
    let headers = [("X-API-Key", key.secret.as_str()), ("X-Keystead-Roles", "mallory")];
    let answer = ask(scene.gateway.address, CLIENT, method, path, &headers, "").await;
    if answer.status() == 200 {
        let seen = scene.api.saw();
        assert_eq!(seen.header("x-keystead-client-id"), key.client_id);
        assert!(!format!("{seen:?}").contains("mallory"), "{seen:?}");
    } else {
        scene.api.saw_nothing();
    }
    answer.status()
}

/// Each request has the first status with the key for invoices, and the second with that for orders.
async fn assert_answers((scene, invoices, orders): &Acme, table: &[(&str, &str, u16, u16)]) {
    for (method, path, of_invoices, of_orders) in table {
        let statuses = (status(scene, method, path, invoices).await, status(scene, method, path, orders).await);
        assert_eq!(statuses, (*of_invoices, *of_orders), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_asks_for_what_path_and_method_need() {
    let acme = scene(Program::Nginx, |_| {
        let text = addition("nginx.md", "nginx");
        let (map, locations) = text.split_once("server {\n").expect("two parts");
        let locations = locations.strip_suffix("}\n").expect("its end");
        let (first, check) = ("upstream keystead {", "    location = /.keystead {");
        vec![(first.into(), format!("{map}{first}")), (check.into(), format!("{locations}{check}"))]
    })
    .await;
    assert_answers(
        &acme,
        &[
            ("GET", "/orders", 403, 200),
            ("HEAD", "/orders/7", 403, 200),
            ("DELETE", "/orders/7", 403, 403),
            ("PROPFIND", "/orders/7", 403, 403),
            ("GET", "/invoices", 200, 403),
            ("GET", "/orders/..;/invoices", 404, 404),
            ("GET", "/orders/%2e%2e/invoices", 200, 403),
            ("GET", "/orders%2f..%2finvoices", 200, 403),
            ("GET", "/.keystead-orders", 404, 404),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy_asks_for_what_the_path_needs() {
    let acme = scene(Program::Caddy, |keystead| {
        let text = with(addition("caddy.md", "caddyfile"), &[("127.0.0.1:8080", keystead)]);
        let check = format!("forward_auth {keystead} {{");
        vec![(check.clone(), format!("{text}\n{}", check.replace("forward_auth", "forward_auth @others")))]
    })
    .await;
    assert_answers(
        &acme,
        &[
            ("GET", "/orders", 403, 200),
            ("DELETE", "/orders/7", 403, 200),
            ("GET", "/invoices", 200, 403),
            ("GET", "/orders/..;/invoices", 200, 403),
            ("GET", "/orders/%2e%2e/invoices", 200, 403),
            ("GET", "/ordersinvoices", 200, 403),
        ],
    )
    .await;
}
