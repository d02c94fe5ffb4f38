//! A gateway that asks what makes no sense lets nobody pass, and whoever runs it finds out why.

use super::{INVOICES, passes_as};
use crate::support::on_both;

on_both! {
    async fn a_question_that_makes_no_sense_is_500_and_in_the_log(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for query in [
            "?permission=invoices", "?permission=", "?permission=invoices:*", "?permission=invoices:read&permission=invoices:read",
            "?permission=invoices:read&resource=acme", "?permisson=invoices:read", "?audience=",
            "?permission=%ff", "?PERMISSION=invoices:read", "?status=", "?status=201", "?status=302", "?status=200&status=200",
        ] {
            let answer = portal.passes(query, &[("x-api-key", &key.secret)]).await.is(500);
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("x-keystead")), "{query}");
            let request = answer.header("x-request-id");
            let told = portal.log_about(request);
            assert!(told.iter().any(|line| line.contains("a gateway asks what makes no sense")), "{query}: {told:?}");
            assert!(told.iter().all(|line| !line.contains(&key.secret[8..])));
        }
    }

    async fn a_gateway_may_choose_which_status_lets_pass_and_no_other(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (query, status) in [("?status=200", 200), ("?status=204", 204), ("?status=200&uri=/x&status=204", 200)] {
            let answer = portal.passes(query, &[("x-api-key", &key.secret)]).await.is(status);
            assert_eq!((answer.header("x-keystead-client-id"), answer.body.as_str()), ("billing-sync", ""));
            portal.passes(query, &[("x-api-key", &key.wrong_secret())]).await.is(401);
        }
        portal.passes("?status=200&permission=invoices:read", &[("x-api-key", &key.secret)]).await.is(403);
    }

    async fn the_address_without_a_tenant_works_while_there_is_one(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let asks = async || portal.passes_at("/gateway/auth", &[("x-api-key", &key.secret)]).await;
        passes_as(&asks().await, &key);
        portal.globex().await;
        let answer = asks().await.is(500);
        assert!(answer.body.contains("/{slug}/gateway/auth"), "{}", answer.body);
        assert!(!portal.log_about(answer.header("x-request-id")).is_empty());
    }

    async fn what_follows_uri_is_the_clients_and_asks_nothing(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.has_resource(INVOICES).await;
        portal.gives(&key, "sender", INVOICES).await;
        let asks = async |query: &str| portal.passes(query, &[("x-api-key", &key.secret)]).await.status.as_u16();
        // The client cannot choose the resource on which the gateway's permission is asked for.
        let escape = format!("&resource={INVOICES}&permission=invoices:read");
        assert_eq!(asks(&format!("?permission=invoices:write&uri=/pay?a=b{escape}")).await, 403);
        assert_eq!(asks(&format!("?permission=invoices:write&resource={INVOICES}&uri=/pay?uri=%ff&a=b{escape}")).await, 204);
        // In front of the question it would leave nothing of it.
        assert_eq!(asks("?uri=/pay&permission=invoices:write").await, 500);
    }

    async fn the_forwarded_address_and_method_of_a_request_decide_nothing(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        for portal in [&portal, &behind] {
            let forwarded = [
                ("x-forwarded-method", "DELETE"), ("x-forwarded-uri", "/x?permission=api_keys:manage"), ("x-original-uri", "/../x"),
                ("x-original-url", "/x"), ("x-forwarded-host", "globex.example"), ("x-forwarded-proto", "gopher"),
            ];
            passes_as(&portal.passes("", &[&forwarded[..], &[("x-api-key", key.secret.as_str())]].concat()).await, &key);
        }
    }
}
