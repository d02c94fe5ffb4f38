//! What is open to everybody opens nothing else.

use super::behind_each;
use super::gateway::Program;
use super::scene::{CLIENT, Scene, bearer};

/// A request line for a path that is open, and that every server reads the same way.
fn is_open(first: &str) -> bool {
    let rest = first.strip_prefix("GET /public/").and_then(|rest| rest.strip_suffix(" HTTP/1.1"));
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    rest.is_some_and(|rest| rest.is_empty() || rest.split('/').all(is_plain))
}

behind_each! {
    async fn what_is_open_needs_no_credential(scene: Scene) {
        for path in ["/public", "/public/", "/public/logo.svg", "/public/a/b-c_d.css?x=/../y"] {
            scene.gets(path, &[]).await.is(200);
            assert_eq!(scene.api.saw().first, format!("GET {path} HTTP/1.1"));
        }
    }

    async fn no_path_leads_around_the_check(scene: Scene) {
        for path in [
            "/", "/invoices", "//invoices", "/./invoices", "/public/../invoices", "/public/%2e%2e/invoices", "/public/%2E%2E%2Finvoices",
            "/public/..%2finvoices", "/public/..;/invoices", "/public;/../invoices", "/public;x", "/public//../invoices", "/public/./../invoices",
            "/public//invoices", "/public/.", "/public/..", "/public/.;/../invoices", "/%70ublic/../invoices", "/%70ublic/x", "/PUBLIC/x",
            "/public/%252e%252e/invoices", "/public/..\\invoices", "/public\\..\\invoices", "/public/%5c..%5cinvoices", "/public%00/x",
            "/public/%00/../invoices", "/public%2f..%2finvoices", "/public/a%0d%0aX: y", "/publicinvoices", "/public.json", "/invoices/public/", "/invoices/..;/public/x",
            "/invoices?/public/", "/invoices#/public/", "/invoices%3f/public", "/invoices%23/../public/x", "http://api.example/invoices",
            "http://api.example/public/../invoices", "http://public/invoices", "public/x", "*", "/.keystead", "/.keystead/", "/@refused",
        ] {
            let answer = scene.gets(path, &[]).await;
            if answer.status() == 200 {
                // Envoy normalizes paths: then the API got one that is open as it is written.
                let seen = scene.api.saw();
                assert!(scene.program == Program::Envoy && is_open(&seen.first), "{path}: {seen:?}");
            } else {
                assert!([400, 401, 404, 405].contains(&answer.status()), "{path}: {answer:?}");
                scene.api.saw_nothing();
            }
        }
        for path in ["/invoices", "/public/../invoices", "/"] {
            let answer = scene.asks(CLIENT, "OPTIONS", path, &[("Origin", "https://evil.example")], "").await;
            scene.assert_refused(&answer, 401);
        }
    }

    async fn no_header_names_another_path_or_method(scene: Scene) {
        for (name, value) in [
            ("X-Original-URI", "/public/x"),
            ("X-Original-URL", "/public/x"),
            ("X-Rewrite-URL", "/public/x"),
            ("X-Forwarded-Uri", "/public/x"),
            ("X-Forwarded-Path", "/public/x"),
            ("X-Forwarded-Prefix", "/public"),
            ("X-Forwarded-Method", "OPTIONS"),
            ("X-HTTP-Method-Override", "OPTIONS"),
            ("X-Forwarded-Host", "public"),
            ("Referer", "http://api.example/public/x"),
        ] {
            let answer = scene.gets("/invoices", &[(name, value)]).await;
            scene.assert_refused(&answer, 401);
        }
    }

    async fn whatever_the_path_a_request_is_judged_by_the_same_question(scene: Scene) {
        let (reader, other) = (scene.reader("billing-sync").await, scene.ada.makes_key("nothing").await);
        let query = "/invoices?permission=none&uri=x&resource=organization=acme&status=200#&permission=x";
        for (key, passes) in [(&reader, true), (&other, false)] {
            let answer = scene.gets(query, &[("Authorization", &bearer(&key.secret))]).await;
            if passes && answer.status() != 400 {
                scene.assert_passed(&answer, key);
            } else if !passes {
                assert!([400, 403].contains(&answer.status()), "{answer:?}");
                scene.api.saw_nothing();
            }
        }
    }
}
