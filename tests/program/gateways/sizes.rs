//! Requests with long headers and long addresses.

use super::behind_each;
use super::scene::{Scene, bearer};

behind_each! {
    async fn a_long_request_passes_or_is_told_that_it_is_too_long(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let credential = bearer(&key.secret);
        for length in [1_000, 6_000, 30_000, 300_000] {
            let long = "a".repeat(length);
            for (path, cookie) in [("/invoices".to_owned(), format!("session={long}")), (format!("/{long}"), "a=b".into())] {
                let answer = scene.gets(&path, &[("Authorization", &credential), ("Cookie", &cookie)]).await;
                if answer.status() == 200 {
                    scene.assert_passed(&answer, &key);
                } else {
                    // The key is good, and nothing says that it is not.
                    let is_told = answer.status() >= 400 && ![401, 403].contains(&answer.status());
                    assert!(length > 6_000 && is_told, "{length}: {} {:?}", answer.first, answer.headers);
                    scene.api.saw_nothing();
                }
                let stranger = scene.gets(&path, &[("Cookie", &cookie), ("X-Keystead-Client-Id", "mallory")]).await;
                assert!(stranger.status() >= 400, "{length}: {stranger:?}");
                scene.api.saw_nothing();
            }
        }
    }
}
