//! Gateways that ask for one permission for reading and for another for changing, as their pages add it to the recipe; and what
//! somebody adds who thinks of nothing.

use super::gateway::{Gateway, Program};
use super::recipe::{addition, recipe, with};
use super::scene::{CLIENT, Scene, ask};
use crate::support::Key;

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

/// One key may read and one may also change; the gateway asks by method.
async fn reads_and_changes(program: Program, changed: impl FnOnce(&str) -> Vec<(String, String)>) {
    let mut scene = Scene::behind(program).await;
    let changed = changed(scene.portal.address());
    let changed: Vec<_> = changed.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    scene.gateway = Gateway::start(program, scene.portal.address(), scene.api.address, &changed);
    scene.has_role("clerk", &["invoices:read", "invoices:write"]);
    let (reader, clerk) = (scene.reader("reader").await, scene.key_with("clerk", "clerk").await);
    for (method, of_reader) in
        [("GET", 200), ("HEAD", 200), ("POST", 403), ("PUT", 403), ("DELETE", 403), ("OPTIONS", 403), ("PROPFIND", 403)]
    {
        let statuses =
            (status(&scene, method, "/invoices/7", &reader).await, status(&scene, method, "/invoices/7", &clerk).await);
        assert_eq!(statuses, (of_reader, 200), "{method}");
    }
    let headers = [("X-HTTP-Method-Override", "GET"), ("X-API-Key", reader.secret.as_str())];
    ask(scene.gateway.address, CLIENT, "DELETE", "/invoices/7", &headers, "").await.is(403);
    scene.api.saw_nothing();
    // Each of the two questions fails closed.
    scene.portal.is_killed();
    for method in ["GET", "DELETE"] {
        assert!(status(&scene, method, "/invoices/7", &clerk).await >= 500, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_asks_for_what_the_method_needs() {
    reads_and_changes(Program::Nginx, |_| {
        let first = "upstream keystead {".to_owned();
        let map = format!("{}{first}", addition("nginx.md", "nginx"));
        vec![(first, map), ("permission=invoices:read;".into(), "permission=$invoices_permission;".into())]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy_asks_for_what_the_method_needs() {
    reads_and_changes(Program::Caddy, |keystead| {
        let here = [("127.0.0.1:8080", keystead)];
        let whole = with(recipe("caddy.md", "caddyfile"), &here);
        let check = &whole[whole.find("\t\tforward_auth").expect("a check")..];
        let check = &check[..check.find("\n\t\t}\n").expect("its end") + 5];
        vec![(check.to_owned(), with(addition("caddy.md", "caddyfile"), &here))]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn envoy_asks_for_what_the_method_needs() {
    reads_and_changes(Program::Envoy, |keystead| {
        let indent = " ".repeat(24);
        let last = format!("{indent}- match: {{ prefix: \"/\" }}\n");
        let route = with(addition("envoy.md", "yaml"), &[("127.0.0.1:8080", keystead)]);
        let route = route.lines().map(|line| format!("{indent}{line}\n")).collect::<String>();
        vec![(last.clone(), route + &last)]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_checks_whatever_location_somebody_adds() {
    let mut scene = Scene::behind(Program::Nginx).await;
    let (before, api) = ("    location /public {", scene.api.address);
    let bare = format!("    location /bare {{\n        proxy_pass http://{api};\n    }}\n\n{before}");
    scene.gateway = Gateway::start(Program::Nginx, scene.portal.address(), api, &[(before, &bare)]);
    let (reader, other) = (scene.reader("reader").await, scene.ada.makes_key("other").await);
    assert_eq!(
        (status(&scene, "GET", "/bare/x", &reader).await, status(&scene, "GET", "/bare/x", &other).await),
        (200, 403)
    );
    ask(scene.gateway.address, CLIENT, "GET", "/bare/x", &[("X-Keystead-Client-Id", "reader")], "").await.is(401);
    scene.api.saw_nothing();
}
