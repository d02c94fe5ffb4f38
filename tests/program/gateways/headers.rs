//! Who a client says it is never reaches the API.

use super::api::Api;
use super::behind_each;
use super::gateway::{Gateway, Program};
use super::scene::{CLIENT, Scene, ask, bearer};

const NAMES: [&str; 10] = [
    "X-Keystead-Tenant",
    "x-keystead-client-id",
    "X-KEYSTEAD-KEY-ID",
    "X-Keystead-Roles",
    "X-Keystead-Permissions",
    "X-Keystead-Grants-Omitted",
    "X_Keystead_Client_Id",
    "X-Keystead_Client_Id",
    "x_keystead-roles",
    "X-keystead-Permissions",
];

behind_each! {
    async fn the_api_hears_of_a_key_from_keystead_alone(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let credential = bearer(&key.secret);
        for name in NAMES {
            for times in [1, 2] {
                let mut headers = vec![(name, "mallory"); times];
                headers.push(("Authorization", &credential));
                let seen = scene.assert_passed(&scene.gets("/invoices", &headers).await, &key);
                assert!(!format!("{seen:?}").contains("mallory"), "{name}: {seen:?}");
            }
        }
        let all = NAMES.map(|name| (name, "mallory"));
        let refused = scene.gets("/invoices", &all).await;
        scene.assert_refused(&refused, 401);
        scene.gets("/public/logo.svg", &all).await.is(200);
        let seen = scene.api.saw();
        assert!(!format!("{seen:?}").to_lowercase().contains("keystead"), "{seen:?}");
    }

    async fn a_key_that_holds_nothing_there_takes_over_nothing_of_the_clients(scene: Scene) {
        // The check answers with empty lists then, which some programs hand on and some leave out.
        let key = scene.reader("billing-sync").await;
        let gateway = Gateway::start(
            scene.program,
            scene.portal.address(),
            scene.api.address,
            &[("permission=invoices:read", "audience=https://api.example")],
        );
        scene.sql("DELETE FROM grants WHERE api_key_id IS NOT NULL");
        let credential = bearer(&key.secret);
        let mut headers = NAMES.map(|name| (name, "mallory")).to_vec();
        headers.push(("Authorization", &credential));
        ask(gateway.address, CLIENT, "GET", "/invoices", &headers, "").await.is(200);
        let seen = scene.api.saw();
        assert_eq!((seen.header("x-keystead-client-id"), seen.header("x-keystead-permissions")), ("billing-sync", ""));
        assert!(!format!("{seen:?}").contains("mallory"), "{seen:?}");
    }

    async fn the_longest_lists_that_there_are_reach_the_api(scene: Scene) {
        let many: Vec<String> = (0..100).map(|number| format!("invoices-of-the-year:read-number-{number:03}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).chain(["invoices:read"]).collect();
        scene.has_role("archivist", &many);
        let key = scene.key_with("archivist", "billing-sync").await;
        scene.gets("/invoices", &[("Authorization", &bearer(&key.secret))]).await.is(200);
        let seen = scene.api.saw();
        let permissions = seen.header("x-keystead-permissions");
        assert_eq!((permissions.split(',').count(), seen.header("x-keystead-grants-omitted")), (101, "false"), "{seen:?}");
        assert!(permissions.len() > 3_600);
    }

    async fn a_client_cannot_have_headers_taken_away_on_the_way(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let credential = bearer(&key.secret);
        for listed in ["X-Keystead-Client-Id", "x-keystead-tenant, x-keystead-roles, X-Keystead-Permissions", "X-Forwarded-For"] {
            let listed = format!("close, {listed}");
            let headers = [("Authorization", credential.as_str()), ("Connection", listed.as_str())];
            let answer = scene.gets("/invoices", &headers).await;
            if answer.status() == 400 {
                scene.assert_refused(&answer, 400);
            } else {
                let seen = scene.assert_passed(&answer, &key);
                assert_eq!(seen.header("x-forwarded-for"), CLIENT.to_string());
            }
        }
    }
    async fn the_check_is_asked_the_gateways_question_and_gets_no_body(scene: Scene) {
        let check = Api::start().await;
        let gateway = Gateway::start(scene.program, &check.address.to_string(), scene.api.address, &[]);
        for (method, path, body) in [("POST", "/invoices?permission=none", "a=b&permission=none"), ("GET", "/public/../x", "")] {
            let headers = [("X-API-Key", "ks_live_x"), ("X-Forwarded-For", "203.0.113.9"), ("Cookie", "a=b")];
            ask(gateway.address, CLIENT, method, path, &headers, body).await;
            let asked = check.saw();
            let question = match scene.program {
                // It asks with the client's method and address; Keystead reads neither.
                Program::Envoy => {
                    let normal = path.replace("/public/../", "/");
                    format!("{method} /acme/gateway/auth?status=200&permission=invoices:read&uri={normal} HTTP/1.1")
                }
                _ => "GET /acme/gateway/auth?permission=invoices:read HTTP/1.1".to_owned(),
            };
            assert_eq!(asked.first, question);
            assert_eq!(asked.header("x-forwarded-for"), CLIENT.to_string());
            assert_eq!((asked.header("x-api-key"), asked.body.len()), ("ks_live_x", 0), "{asked:?}");
            assert!(["", "0"].contains(&asked.header("content-length")), "{asked:?}");
            assert!(asked.all("transfer-encoding").is_empty(), "{asked:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_keeps_the_check_to_itself() {
    let mut scene = Scene::behind(Program::Nginx).await;
    let key = scene.reader("billing-sync").await;
    for path in ["/.keystead", "/./.keystead", "/%2ekeystead", "/public/../.keystead"] {
        let answer = scene.gets(path, &[("X-API-Key", &key.secret)]).await;
        scene.assert_refused(&answer, 404);
    }
}
