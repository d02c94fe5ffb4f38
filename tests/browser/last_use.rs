//! The list says which keys are in use. It is also the picture in the README (`make pictures`).

use crate::support::{Machine, Person, Portal};

#[tokio::test]
async fn a_key_that_is_used_becomes_active_in_the_list() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    let machine = Machine::beside(&portal);
    olga.sets_keystead_up().await;
    let keys = [
        ("load-test-runner", 30, false),
        ("carrier-tracking-hook", 365, true),
        ("quality-lab-upload", 90, false),
        ("warehouse-scanner-gw", 180, true),
        ("erp-orders-sync", 90, true),
    ];
    for (client_id, days, used) in keys {
        olga.adds().await;
        olga.types("client-id", client_id).await;
        olga.clicks(&format!("label:has(#expiry-{days})")).await;
        olga.presses("Create").await;
        let secret = olga.reads("#secret").await;
        olga.says_the_key_is_saved().await;
        if used {
            assert_eq!(machine.verifies(&secret).await, "VALID");
        }
    }
    // Uses are written in batches, so the list is looked at until they are there.
    olga.waits_until("the used keys are active", async || {
        olga.opens("/api-keys").await;
        Ok(olga.evaluates("return document.querySelectorAll('td .badge.ok').length").await == 3)
    })
    .await;
    for unused in ["quality-lab-upload", "load-test-runner"] {
        assert!(olga.reads(&format!("tr[data-client-id={unused}]")).await.contains("Never used"));
    }
    olga.pictures("overview-in-use").await;
}
