//! No page needs what its content security policy forbids, asks for a file that is not there, or has a script that fails.

use crate::support::{Person, Portal, tour};

#[tokio::test]
async fn no_page_gives_cause_for_complaint() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    tour::visits_every_screen(&olga, &["billing-sync"], async |screen| {
        olga.saw_no_complaint().await;
        olga.pictures(screen).await;
    })
    .await;
}
