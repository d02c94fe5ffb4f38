//! A key that may be used from some addresses alone is judged by the client's own.

use std::net::Ipv4Addr;

use super::behind_each;
use super::scene::{CLIENT, Scene, bearer};

const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 10);

behind_each! {
    async fn no_header_of_a_client_is_its_address(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        scene.sql(&format!("UPDATE api_keys SET allowed_addresses = '{CLIENT}/32'"));
        let (credential, good) = (bearer(&key.secret), CLIENT.to_string());
        let spoofed = format!("{good}, 127.0.0.1");
        for (name, value) in [
            ("X-Forwarded-For", good.as_str()),
            ("x-forwarded-for", spoofed.as_str()),
            ("X-Real-IP", good.as_str()),
            ("Forwarded", "for=127.0.0.9"),
            ("X_Forwarded_For", good.as_str()),
        ] {
            let headers = [("Authorization", credential.as_str()), (name, value), (name, value)];
            let answer = scene.asks(ELSEWHERE, "GET", "/invoices", &headers, "").await;
            scene.assert_refused(&answer, 403);
            let headers = [("Authorization", credential.as_str()), (name, "203.0.113.9")];
            let answer = scene.asks(CLIENT, "GET", "/invoices", &headers, "").await;
            let seen = scene.assert_passed(&answer, &key);
            assert_eq!(seen.header("x-forwarded-for"), good, "{name}");
        }
    }
}
