//! A phone shows every page without sideways scrolling, in both colour schemes.

use crate::support::{Person, Portal, tour};

/// As long as an API Client ID may be: 64 characters.
const LONGEST: &str = "warehouse-scanner-gateway-of-the-northern-distribution-centre-01";

#[tokio::test]
async fn no_page_scrolls_sideways() {
    assert_eq!(LONGEST.len(), 64);
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    tour::visits_every_screen(&olga, &[LONGEST, "short"], async |screen| {
        for scheme in ["light", "dark"] {
            olga.prefers(scheme).await;
            // A phone, and the narrowest there is (or a desktop at 400 %).
            for width in [390, 320] {
                olga.has_a_window(Some(width)).await;
                let needed = olga.evaluates("return document.documentElement.scrollWidth").await;
                if needed.as_u64() > Some(width.into()) {
                    let what = olga.evaluates(TOO_WIDE).await;
                    panic!("{screen} ({scheme}) is {needed} wide in a window of {width}: {what}");
                }
                olga.pictures(&format!("{screen}-{scheme}-{width}")).await;
            }
        }
        // To press what is in the drawer of a small screen is not what this is about.
        olga.has_a_window(None).await;
    })
    .await;
}

/// What sticks out.
const TOO_WIDE: &str = "return [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth)
    .map(element => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 40)}`)";
