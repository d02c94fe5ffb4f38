//! WebSockets, and other protocols that a client asks for.

use super::behind_each;
use super::scene::{CLIENT, Scene};
use super::wire::{self, Message};

const WEBSOCKET: &str =
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
/// What is sent when the answer is there.
const NEXT: &str = "GET /invoices HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

async fn asks(scene: &Scene, upgrade: &str, headers: &str) -> Message {
    let head = "GET /invoices/live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n";
    wire::send_twice(CLIENT, scene.gateway.address, &format!("{head}{upgrade}{headers}\r\n"), NEXT).await
}

behind_each! {
    async fn a_websocket_opens_with_a_good_key_alone(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let headers = format!("X-API-Key: {}\r\nX-Keystead-Roles: mallory\r\n", key.secret);
        let opened = asks(scene, WEBSOCKET, &headers).await;
        assert_eq!((opened.status(), opened.header("x-api")), (101, "yes"), "{opened:?}");
        assert_eq!(opened.body, NEXT.as_bytes(), "the API sends it back");
        let seen = scene.api.saw();
        assert_eq!((seen.header("x-keystead-client-id"), seen.header("x-keystead-roles")), ("billing-sync", "reader"));
        assert!(seen.all("x-api-key").is_empty() && seen.header("upgrade").eq_ignore_ascii_case("websocket"), "{seen:?}");

        let other = scene.ada.makes_key("nothing").await;
        for (credential, status) in [(String::new(), 401), (format!("X-API-Key: {}\r\n", other.secret), 403)] {
            let refused = asks(scene, WEBSOCKET, &credential).await;
            scene.assert_refused(&refused, status);
        }
    }

    async fn no_other_protocol_leads_past_the_check(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        for upgrade in [
            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
            "Upgrade: websocket, h2c\r\n",
            "Upgrade: h2c, websocket\r\n",
            "Upgrade: h2c\r\nUpgrade: websocket\r\n",
            "Upgrade: TLS/1.0\r\n",
        ] {
            let answer = asks(scene, upgrade, &format!("X-API-Key: {}\r\n", key.secret)).await;
            // It may be answered as if no other protocol had been asked for.
            assert!(answer.status() == 200 || answer.status() >= 400, "{upgrade}: {answer:?}");
            for seen in scene.api.seen() {
                assert!(seen.all("upgrade").iter().all(|name| name.is_empty()), "{upgrade}: {seen:?}");
                assert_eq!(seen.header("x-keystead-client-id"), "billing-sync", "{upgrade}: {seen:?}");
            }
        }
    }
}
