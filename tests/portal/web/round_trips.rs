//! A page asks the database as often for somebody who holds much as for somebody who holds little.

use keystead::access::Permission;
use keystead::app::all_routes;

use crate::support::{Maker, Portal, Targets, Visitor, on_both};

const ROOT: &str = "organization=acme";
/// Grants of those who hold much.
const MANY: usize = 50;

/// A tree of five levels, the organization included; the paths of its lowest nodes, of which there are [`MANY`] and more.
async fn tree(portal: &Portal) -> Vec<String> {
    let mut level = vec![ROOT.to_owned()];
    for (kind, names) in [("account", 3), ("namespace", 3), ("application", 3), ("scope", 2)] {
        let mut next = Vec::new();
        for parent in &level {
            for name in 0..names {
                let path = format!("{parent}:{kind}=n{name}");
                let made = portal
                    .sql(&format!(
                        "INSERT INTO resources (tenant_id, parent_id, kind, name, path, created_at, version) \
                         SELECT tenant_id, id, '{kind}', 'n{name}', '{path}', 0, 1 FROM resources WHERE path = '{parent}'"
                    ))
                    .await;
                assert_eq!(made, 1);
                next.push(path);
            }
        }
        level = next;
    }
    assert!(level.len() >= MANY && level[0].matches(':').count() == 4);
    level
}

/// Somebody who holds this role there, and is signed in.
async fn holder<'a>(portal: &'a Portal, email: &str, role: &str, path: &str) -> Visitor<'a> {
    let somebody = portal.somebody("acme", email, &[]).await;
    portal.holds(email, role, path).await;
    somebody
}

/// Gives them so many grants that they hold [`MANY`], on nodes of their own: of ten roles of Acme's own, and built-in ones.
async fn holds_many(portal: &Portal, email: &str, lowest: &[String]) {
    for (number, path) in lowest.iter().take(MANY).enumerate().skip(1) {
        let role = if number % 2 == 0 { "ops".to_owned() } else { format!("own-{}", number % 20 / 2) };
        portal.holds(email, &role, path).await;
    }
    assert_eq!(portal.held_by(email).await.len(), MANY);
}

/// The pages of people who are signed in: what each of them asks the database.
async fn pages<'a>(
    visitor: &mut Visitor<'a>,
    targets: &Targets,
) -> Vec<(&'static str, reqwest::StatusCode, Vec<String>)> {
    let portal = visitor.portal;
    let mut pages = Vec::new();
    for route in all_routes().iter().filter(|route| route.is_for_browsers() && route.method.as_str() == "GET") {
        let address = targets.address(route.path);
        // Once for everything that is done at the first time alone.
        visitor.get(&address).await;
        let (page, asked) = portal.asks(visitor.get(&address)).await;
        pages.push((route.path, page.status, asked));
    }
    assert!(pages.len() >= 18, "{}", pages.len());
    pages
}

/// Both open every page; whoever holds much asks no more of the database.
async fn compare(little: (&mut Visitor<'_>, &Targets), much: (&mut Visitor<'_>, &Targets)) {
    let (few, many) = (pages(little.0, little.1).await, pages(much.0, much.1).await);
    let mut wrong = Vec::new();
    for ((path, status, few), (_, other, many)) in few.iter().zip(&many) {
        assert_eq!(status, other, "{path}");
        // Session, person and grants, at least.
        assert!(few.len() >= 3, "{path}: {few:#?}");
        if many.len() > few.len() {
            wrong.push(format!("{path}: {} statements instead of {}: {many:#?}", many.len(), few.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

on_both! {
    async fn fifty_grants_ask_as_little_of_the_database_as_one(portal: Portal) {
        let ada = portal.ada().await;
        let lowest = tree(&portal).await;
        portal.has_role("everything", &Permission::ALL.map(|permission| permission.as_str())).await;
        for number in 0..10 {
            portal.has_role(&format!("own-{number}"), &["resources:manage", "api_keys:read", "api_keys:manage", "invoices:read"]).await;
        }
        let mut little = holder(&portal, "little@acme.example", "everything", ROOT).await;
        let mut much = holder(&portal, "much@acme.example", "everything", ROOT).await;
        holds_many(&portal, "much@acme.example", &lowest).await;
        let mut shown = Maker::new(&portal, ada).all("little@acme.example").await;
        shown.path.clone_from(&lowest[0]);
        let user = async |email: &str| portal.user_path(email, "").await.trim_start_matches("/users/").to_owned();
        let shows_little = Targets { user_id: user("little@acme.example").await, ..shown.clone() };
        let shows_much = Targets { user_id: user("much@acme.example").await, ..shown };
        compare((&mut little, &shows_little), (&mut much, &shows_much)).await;
        // Each on the page of the other, which has a form.
        compare((&mut much.clone(), &shows_little), (&mut little.clone(), &shows_much)).await;

        // Whoever holds nothing on the whole holds each thing by itself.
        let mut part = holder(&portal, "part@acme.example", "own-0", &lowest[0]).await;
        let mut parts = holder(&portal, "parts@acme.example", "own-0", &lowest[0]).await;
        holds_many(&portal, "parts@acme.example", &lowest).await;
        compare((&mut part, &shows_little), (&mut parts, &shows_much)).await;
    }

    async fn a_statement_more_is_counted(portal: Portal) {
        let mut ada = portal.ada().await;
        let (_, page) = portal.asks(ada.get("/users")).await;
        let (_, question) = portal.asks(portal.number("SELECT 1")).await;
        let (_, both) = portal.asks(async { (ada.get("/users").await, portal.number("SELECT 1").await) }).await;
        assert!(question.iter().any(|statement| statement.contains("CAST((SELECT 1) AS BIGINT)")), "{question:#?}");
        assert_eq!(both.len(), page.len() + question.len(), "{both:#?}");
        assert!(page.iter().any(|statement| statement.contains("users")), "{page:#?}");
    }
}
