//! Pictures of every screen on a desk, for the documentation; only when `KEYSTEAD_SCREENSHOTS` says where to.

use crate::support::{Person, Portal, person::pictures_directory, tour};

#[tokio::test]
async fn every_screen_on_a_desk() {
    if pictures_directory().is_none() {
        return;
    }
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    let keys = [
        "quality-lab-upload",
        "carrier-tracking-hook",
        "warehouse-scanner-gw",
        "line-telemetry-north",
        "erp-orders-sync",
        "billing-sync",
    ];
    tour::visits_every_screen(&olga, &keys, async |screen| {
        olga.prefers("light").await;
        olga.pictures(screen).await;
        olga.prefers("dark").await;
        olga.pictures(&format!("{screen}-dark")).await;
    })
    .await;
}
