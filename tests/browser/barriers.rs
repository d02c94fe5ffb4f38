//! No page has a barrier that axe-core finds, in either colour scheme, at a desk or on a phone.

use crate::support::{Person, Portal, tour};

#[tokio::test]
async fn no_page_has_one() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    let met = std::cell::RefCell::new(Vec::new());
    tour::visits_every_screen(&olga, &["billing-sync", "erp-orders-sync"], async |screen| {
        for width in [1440, 390] {
            olga.has_a_window(Some(width)).await;
            for scheme in ["light", "dark"] {
                olga.prefers(scheme).await;
                let found = olga.meets_barriers().await;
                met.borrow_mut()
                    .extend(found.into_iter().map(|barrier| format!("{screen} ({scheme}, {width}): {barrier}")));
            }
        }
        olga.has_a_window(None).await;
    })
    .await;
    let met = met.into_inner();
    assert!(met.is_empty(), "{} barriers:\n{}", met.len(), met.join("\n"));
}

/// Whoever looks for barriers finds them.
#[tokio::test]
async fn one_that_is_put_there_is_found() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    olga.opens("/login").await;
    assert_eq!(olga.meets_barriers().await, [""; 0]);
    olga.evaluates("document.querySelector('main').append(document.createElement('input'))").await;
    let found = olga.meets_barriers().await;
    assert!(found.len() == 1 && found[0].starts_with("label "), "{found:?}");
}
