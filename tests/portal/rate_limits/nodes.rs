//! Several nodes on one database: each counts by itself.

use super::limited;
use crate::support::{Key, Portal, on_both};

async fn accepted(node: &Portal, key: &Key) -> usize {
    let mut accepted = 0;
    for _ in 0..20 {
        accepted += usize::from(node.verify(&key.secret).await == "VALID");
    }
    accepted
}

on_both! {
    async fn two_nodes_accept_at_most_twice_as_much(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "60/minute/5").await;
        let other = portal.restarted(&[]);
        assert_eq!((accepted(&portal, &key).await, accepted(&other, &key).await), (5, 5));
        assert_eq!((accepted(&portal, &key).await, accepted(&other, &key).await), (0, 0));
        portal.clock.forward(2);
        assert_eq!((accepted(&portal, &key).await, accepted(&other, &key).await), (2, 2));
    }
}
