//! What operators and load balancers ask.

use crate::support::{Answer, on_both};

on_both! {
    async fn a_portal_lives_and_is_ready_from_the_start(portal: Portal) {
        for (path, words) in [("/healthz", "ok"), ("/readyz", "ready")] {
            let answer = Answer::of(portal.client.get(portal.url(path))).await.is(200);
            assert_eq!((answer.body.as_str(), answer.header("content-type")), (words, "text/plain; charset=utf-8"));
        }
    }

    async fn rfc_9110_10_2_3_without_its_database_it_lives_but_is_not_ready_and_says_when_to_come_back(portal: Portal) {
        portal.sql("ALTER TABLE installation RENAME TO elsewhere").await;
        Answer::of(portal.client.get(portal.url("/healthz"))).await.is(200);
        let answer = Answer::of(portal.client.get(portal.url("/readyz"))).await.is(503);
        assert_eq!(answer.header("content-type"), "application/problem+json; charset=utf-8");
        assert_eq!(answer.header("retry-after"), "2");
        assert!(!answer.body.contains("installation") && !answer.body.contains("elsewhere"), "{}", answer.body);
        portal.sql("ALTER TABLE elsewhere RENAME TO installation").await;
        Answer::of(portal.client.get(portal.url("/readyz"))).await.is(200);
    }
}
