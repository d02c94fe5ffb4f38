//! What a page says to whoever may not open it. Who may open what is in [`super::matrix`].

use keystead::access::BuiltIn;
use keystead::app::all_routes;
use keystead::web::routes::{Access, Route};
use reqwest::Method;

use crate::support::{Key, Maker, PASSWORD, Page, Portal, Visitor, address_of, on_both};

/// Opens the page, or sends a form with a good token and nothing else in it.
async fn opens(visitor: &mut Visitor<'_>, route: &Route, key: &Key) -> Page {
    let address = address_of(route, &key.key_id);
    match route.method.as_str() {
        "GET" => visitor.get(&address).await,
        _ => visitor.post(&address, &[]).await,
    }
}

fn browser_routes() -> impl Iterator<Item = Route> {
    all_routes().into_iter().filter(Route::is_for_browsers)
}

/// Somebody of Acme with this role, signed in.
async fn with_role<'a>(portal: &'a Portal, email: &str, role: BuiltIn) -> Visitor<'a> {
    portal.has_user(email, "Mel", role).await;
    let mut mel = portal.visitor();
    mel.signs_in(email, PASSWORD).await.redirects_to("/api-keys");
    // Every page has a form: that of signing out, at least.
    mel.get("/nowhere").await.is(404);
    mel
}

on_both! {
    async fn a_member_is_told_which_permission_is_missing_and_who_can_give_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_user("uma@acme.example", "Uma", BuiltIn::ManageUsers).await;
        let mut mel = with_role(&portal, "mel@acme.example", BuiltIn::Member).await;
        let mut needing = 0;
        for route in browser_routes() {
            let Access::Needs(permission) = route.access else { continue };
            let page = opens(&mut mel, &route, &key).await;
            assert_eq!(page.status.as_u16(), 403, "{} {}", route.method, route.path);
            let page = page.says(&format!("You need a role that can {}", permission.in_words())).says(permission.as_str());
            let page = page.says("mel@acme.example").says("Who can give it").says("ada@acme.example").says("Nothing was changed.");
            for role in BuiltIn::holding(permission) {
                assert!(page.text().contains(role.name()), "{} is not named on {}", role.name(), route.path);
            }
            // Whoever manages users may give "Manage API credentials" and what they hold, and nothing that reads the audit log.
            let uma = permission.as_str().starts_with("api_keys:") || permission.as_str().starts_with("users:");
            assert_eq!(page.text().contains("uma@acme.example"), uma, "{}", route.path);
            page.says_nothing_of("billing-sync").says_nothing_of("href=\"/audit\"").says_nothing_of("href=\"/api-keys\"");
            needing += 1;
        }
        assert!(needing >= 8, "{needing}");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert_eq!(portal.number("SELECT count(*) FROM api_keys").await, 1);
    }

    async fn a_role_that_is_taken_away_is_gone_with_the_next_click(portal: Portal) {
        let mut mel = { portal.ada().await; with_role(&portal, "mel@acme.example", BuiltIn::Ops).await };
        let key = mel.makes_key("billing-sync").await;
        mel.get(&key.path("delete")).await.is(200);
        portal.takes_all_roles_from("mel@acme.example").await;
        mel.clone().post(&key.path("delete"), &[]).await.is(403).says("You need a role that can manage API keys");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        mel.send(mel.request(Method::GET, "/api-keys")).await.is(403);
    }

    async fn a_form_that_was_open_when_its_role_was_taken_away_is_refused(portal: Portal) {
        let ada = portal.ada().await;
        let mut adam = with_role(&portal, "adam@acme.example", BuiltIn::Admin).await;
        let targets = Maker::new(&portal, ada).all("adam@acme.example").await;
        let mut filled = Vec::new();
        for route in browser_routes().filter(|route| route.method.as_str() == "POST") {
            let Access::Needs(permission) = route.access else { continue };
            let address = targets.address(route.path);
            // Every form is on a page of its address, or on the one that it hangs on.
            let mut place = address.as_str();
            let mut page = adam.get(place).await;
            while page.status != 200 {
                place = place.rsplit_once('/').expect("a path").0;
                page = adam.get(place).await;
            }
            let fields: Vec<(String, String)> = FIELDS
                .iter()
                .map(|(name, value)| ((*name).to_owned(), page.try_field(name).unwrap_or_else(|| (*value).to_owned())))
                .collect();
            filled.push((address, permission, page.is(200).field("csrf"), fields));
        }
        assert!(filled.len() >= 15, "{}", filled.len());
        portal.takes_all_roles_from("adam@acme.example").await;
        let before = portal.dump().await;
        for (address, permission, csrf, fields) in &filled {
            let mut all = vec![("csrf", csrf.as_str())];
            all.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let page = adam.post_exactly(address, &all).await;
            assert_eq!(page.status.as_u16(), 403, "{address}: {}", page.text());
            page.says(&format!("You need a role that can {}", permission.in_words())).says("Nothing was changed.");
        }
        assert_eq!(portal.dump().await, before);
    }
}

/// What forms are filled in with where their page proposes nothing. Each form takes the fields that it knows.
const FIELDS: [(&str, &str); 13] = [
    ("intent", "0123456789012345678901"),
    ("client_id", "new-sync"),
    ("name", "New"),
    ("expiry", "90"),
    ("overlap", "0"),
    ("email", "new@acme.example"),
    ("active", "on"),
    ("role-member", "on"),
    ("slug", "new"),
    ("version", "1"),
    ("seen", "0.1"),
    ("parent", "organization=acme"),
    ("kind", "application"),
];
