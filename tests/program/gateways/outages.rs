//! Where the truth is not known nobody passes, and nobody is told that the key is wrong.

use tokio::net::TcpListener;

use super::behind_each;
use super::gateway::{Gateway, Program};
use super::scene::{CLIENT, Scene, ask, bearer};

behind_each! {
    async fn while_keystead_has_no_database_it_is_503(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let credential = bearer(&key.secret);
        scene.sql("ALTER TABLE api_keys RENAME TO api_keys_gone");
        let answer = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        assert!(answer.status() >= 500, "{answer:?}");
        scene.api.saw_nothing();
        scene.sql("ALTER TABLE api_keys_gone RENAME TO api_keys");
        let answer = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        scene.assert_passed(&answer, &key);
    }

    async fn while_keystead_is_not_there_it_is_5xx(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let credential = bearer(&key.secret);
        let answer = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        scene.assert_passed(&answer, &key);
        scene.portal.is_killed();
        for headers in [vec![("Authorization", credential.as_str())], vec![]] {
            let answer = scene.gets("/invoices", &headers).await;
            assert!(answer.status() >= 500, "{answer:?}");
            scene.api.saw_nothing();
        }
        scene.gets("/public/logo.svg", &[]).await.is(200);
    }

    async fn a_check_that_never_answers_is_5xx(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = silent.local_addr().expect("an address").to_string();
        let gateway = Gateway::start(scene.program, &address, scene.api.address, &[]);
        let credential = bearer(&key.secret);
        let answer = ask(gateway.address, CLIENT, "GET", "/invoices", &[("Authorization", &credential)], "").await;
        assert!(answer.status() >= 500, "{answer:?}");
        scene.api.saw_nothing();
    }

    async fn a_gateway_that_asks_what_makes_no_sense_lets_nobody_pass(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let mistyped = [("permission=invoices:read", "permisson=invoices:read")];
        let gateway = Gateway::start(scene.program, scene.portal.address(), scene.api.address, &mistyped);
        let credential = bearer(&key.secret);
        let answer = ask(gateway.address, CLIENT, "GET", "/invoices", &[("Authorization", &credential)], "").await;
        assert!(answer.status() >= 500, "{answer:?}");
        scene.api.saw_nothing();
        assert!(scene.portal.log().contains("a gateway asks what makes no sense"), "{}", scene.portal.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn haproxy_lets_nobody_pass_when_the_script_fails() {
    let mut scene = Scene::behind(Program::Haproxy).await;
    let key = scene.reader("billing-sync").await;
    // HAProxy writes to its log that the script ended in the middle, and goes on with the next rule.
    let broken = [("timeout = 3000", "timeout = 3000 .. nil")];
    let gateway = Gateway::start(Program::Haproxy, scene.portal.address(), scene.api.address, &broken);
    let credential = bearer(&key.secret);
    let answer = ask(gateway.address, CLIENT, "GET", "/invoices", &[("Authorization", &credential)], "").await;
    scene.assert_refused(&answer, 503);
}

#[cfg(feature = "test-postgres")]
mod while_the_database_server_is_away_it_is_503_and_afterwards_all_goes_on {
    use super::*;
    use crate::support::Place;
    use crate::support::proxy::Proxy;

    async fn test(program: Program) {
        let mut line = Proxy::start().await;
        let mut scene = Scene::at(program, Place::with_url(&line.url)).await;
        let key = scene.reader("billing-sync").await;
        let credential = bearer(&key.secret);
        line.is_cut().await;
        let answer = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        scene.assert_refused(&answer, 503);
        assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{answer:?}");
        assert!(answer.all("www-authenticate").is_empty(), "{answer:?}");
        line.is_back().await;
        let mut answer = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        // It tries again after a moment.
        while answer.status() == 503 {
            scene.api.saw_nothing();
            answer = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        }
        scene.assert_passed(&answer, &key);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nginx() {
        test(Program::Nginx).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn caddy() {
        test(Program::Caddy).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn haproxy() {
        test(Program::Haproxy).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn envoy() {
        test(Program::Envoy).await;
    }
}
