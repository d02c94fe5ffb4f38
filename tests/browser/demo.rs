//! The demo, whose pages are full: nothing is in the way on them, nothing sticks out, and the README's pictures show them.

use crate::support::{Person, Portal};

/// In each colour scheme, at a desk, on a tablet and on a phone.
async fn looks_at(ada: &Person, screen: &str, found: &mut Vec<String>) {
    for scheme in ["light", "dark"] {
        ada.prefers(scheme).await;
        for (width, height) in [(1440, 900), (1024, 768), (390, 844)] {
            ada.has_a_window_of(width, height).await;
            let (needed, place) = (ada.evaluates(NEEDED).await, format!("{screen} ({scheme}, {width})"));
            if needed.as_u64() > Some(width.into()) {
                found.push(format!("{place} needs {needed}"));
            }
            found.extend(ada.meets_barriers().await.into_iter().map(|barrier| format!("{place}: {barrier}")));
            ada.pictures(&format!("demo-{screen}-{scheme}-{width}")).await;
        }
    }
    ada.prefers("light").await;
    ada.has_a_window_of(1280, 800).await;
    ada.pictures(&format!("demo-{screen}")).await;
}

/// How wide the page is.
const NEEDED: &str = "return document.documentElement.scrollWidth";

#[tokio::test]
async fn its_pages_are_full_and_everything_on_them_has_its_place() {
    let (portal, found) = (Portal::demo(), &mut Vec::new());
    let ada = Person::at(&portal).await;
    ada.opens("/login").await;
    ada.tries_to_sign_in_as("ada@acme.example", &portal.password).await;
    ada.is_at("/api-keys").await;
    ada.opens("/api-keys?sort=-last-used").await;
    ada.sees("Show the keys that expire soon").await;
    looks_at(&ada, "overview", found).await;

    ada.opens("/api-keys?q=erp-orders-sync").await;
    ada.clicks("tr[data-client-id=\"erp-orders-sync\"] th a").await;
    ada.sees("203.0.113.17").await;
    looks_at(&ada, "detail", found).await;
    ada.presses("Edit").await;
    ada.finds("#name").await;
    looks_at(&ada, "edit", found).await;
    ada.presses("Close").await;
    ada.presses("Rotate").await;
    ada.finds("input[name=overlap]").await;
    looks_at(&ada, "rotate", found).await;
    ada.presses("Close").await;
    ada.opens("/api-keys?q=erp-orders-sync").await;
    ada.asks_to_delete("erp-orders-sync").await;
    looks_at(&ada, "delete-in-use", found).await;

    ada.opens("/api-keys?q=line-telemetry-south").await;
    ada.clicks("tr[data-client-id=\"line-telemetry-south\"] th a").await;
    ada.sees("Finish now").await;
    looks_at(&ada, "detail-rotating", found).await;
    ada.opens("/api-keys?q=tariff-import").await;
    ada.clicks("tr[data-client-id=\"tariff-import\"] th a").await;
    ada.sees("last year").await;
    looks_at(&ada, "detail-disabled", found).await;

    ada.opens("/api-keys/new").await;
    ada.finds("#client-id").await;
    looks_at(&ada, "wizard", found).await;
    for (path, screen) in [
        ("/settings", "settings"),
        ("/users", "users"),
        ("/roles", "roles"),
        ("/resources", "resources"),
        ("/audit", "audit"),
        ("/api-keys?status=expired", "expired"),
    ] {
        ada.opens(path).await;
        looks_at(&ada, screen, found).await;
    }
    ada.saw_no_complaint().await;
    assert!(found.is_empty(), "{} things:\n{}", found.len(), found.join("\n"));
}
