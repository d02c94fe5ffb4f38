//! What a key has to hold to pass, and what the API behind the gateway is told that it holds.

use super::{INVOICES, passes_as, refused};
use crate::support::{Answer, Key, Portal, on_both};

async fn with_sender(portal: &Portal, path: &str) -> Key {
    let key = portal.ada().await.makes_key("billing-sync").await;
    portal.has_role("sender", &["invoices:write", "orders:*"]).await;
    portal.has_resource(INVOICES).await;
    portal.gives(&key, "sender", path).await;
    key
}

fn holds(answer: &Answer) -> (&str, &str) {
    (answer.header("x-keystead-roles"), answer.header("x-keystead-permissions"))
}

on_both! {
    async fn rfc_6750_3_1_a_key_passes_where_it_holds_the_permission_and_nowhere_else(portal: Portal) {
        let key = with_sender(&portal, INVOICES).await;
        for (query, status) in [
            (format!("?permission=invoices:write&resource={INVOICES}"), 204),
            (format!("?permission=invoices%3Awrite&resource={}", INVOICES.replace(':', "%3A").replace('=', "%3D")), 204),
            (format!("?permission=orders:anything&resource={INVOICES}:order=7"), 204),
            (format!("?permission=invoices:read&resource={INVOICES}"), 403),
            ("?permission=invoices:write".into(), 403),
            (format!("?permission=api_keys:read&resource={INVOICES}"), 403),
            ("?permission=invoices:write&resource=organization=globex".into(), 403),
            (String::new(), 204),
        ] {
            let answer = portal.passes(&query, &[("x-api-key", &key.secret)]).await;
            if status == 204 {
                passes_as(&answer, &key);
                continue;
            }
            refused(&answer, status, "insufficient_scope");
            let asked = query[1..].split('&').next().and_then(|pair| pair.split('=').nth(1)).expect("a permission");
            assert!(answer.header("www-authenticate").ends_with(&format!("scope=\"{asked}\"")), "{:?}", answer.headers);
        }
    }

    async fn the_api_is_told_what_the_key_holds_there(portal: Portal) {
        let key = with_sender(&portal, INVOICES).await;
        portal.has_role("reader", &["invoices:read"]).await;
        portal.gives(&key, "reader", "organization=acme").await;
        let ask = async |query: &str| portal.passes(query, &[("x-api-key", &key.secret)]).await.is(204);
        let everything = ("reader,sender", "invoices:read,invoices:write,orders:*");
        assert_eq!(holds(&ask(&format!("?resource={INVOICES}")).await), everything);
        assert_eq!(holds(&ask("").await), ("reader", "invoices:read"), "what is held somewhere is not held everywhere");
        assert_eq!(holds(&ask(&format!("?permission=invoices:read&resource={INVOICES}")).await), everything);
        assert_eq!(holds(&ask("?permission=invoices:read").await), ("reader", "invoices:read"));
    }

    async fn a_key_without_anything_has_empty_headers_in_the_place_of_what_a_client_made_up(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let spoofed = [("x-keystead-roles", "admin"), ("x-keystead-client-id", "ceo"), ("x-api-key", key.secret.as_str())];
        let answer = portal.passes("", &spoofed).await;
        passes_as(&answer, &key);
        assert_eq!(holds(&answer), ("", ""));
        assert!(answer.headers.contains_key("x-keystead-roles") && answer.headers.contains_key("x-keystead-permissions"));
    }

    async fn headers_stay_short_however_much_a_key_holds(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let many: Vec<String> = (0..90).map(|number| format!("invoices-of-the-year:read-number-{number:03}-of-all")).collect();
        portal.has_role("reader", &many.iter().map(String::as_str).collect::<Vec<_>>()).await;
        portal.gives(&key, "reader", "organization=acme").await;
        let answer = portal.passes("", &[("x-api-key", &key.secret)]).await;
        passes_as(&answer, &key);
        assert_eq!(holds(&answer), ("reader", ""));
        assert_eq!(answer.header("x-keystead-grants-omitted"), "true");
        let own = answer.headers.iter().filter(|(name, _)| name.as_str().starts_with("x-keystead"));
        assert!(own.map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>() < 4_096);
        // The permission itself is still decided by all that it holds.
        let last = format!("?permission={}", many[89]);
        passes_as(&portal.passes(&last, &[("x-api-key", &key.secret)]).await, &key);
    }
}
