//! A role that is given or taken away counts on the next click, in a browser that is open meanwhile. Two people at once, and
//! nobody is there whom the pages did not let in.

use crate::support::{Person, Portal};

const MIA: &str = "mia@acme.example";
const PAUL: &str = "paul@acme.example";
const ROLE: &str = "manage-api-credentials";

#[tokio::test]
async fn with_javascript() {
    a_role_counts_on_the_next_click(true).await;
}

#[tokio::test]
async fn without_javascript() {
    a_role_counts_on_the_next_click(false).await;
}

async fn a_role_counts_on_the_next_click(javascript: bool) {
    let portal = Portal::start();
    let (mia, paul) = mia_and_paul(&portal, javascript).await;

    // Paul may do nothing yet, and is told so.
    assert_eq!(paul.is_offered().await, ["My account"]);
    paul.opens("/api-keys").await;
    is_refused(&paul, "see API keys", "api_keys:read").await;
    paul.goes_to("My account").await;

    // Given: the next click has it.
    mia.gives_or_takes(ROLE, PAUL).await;
    paul.goes_to("My account").await;
    assert_eq!(paul.is_offered().await, ["API Keys", "My account"]);
    paul.goes_to("API Keys").await;
    paul.sees("No API keys yet").await;
    paul.adds().await;
    paul.types("client-id", "billing-sync").await;

    // Taken away while the form is open: it is not carried out any more.
    mia.gives_or_takes(ROLE, PAUL).await;
    paul.presses("Create").await;
    is_refused(&paul, "manage API keys", "api_keys:manage").await;
    paul.pictures(if javascript { "role-taken-away" } else { "role-taken-away-no-javascript" }).await;
    assert_eq!(paul.is_offered().await, ["My account"]);

    // Given again: nothing was made by that.
    mia.gives_or_takes(ROLE, PAUL).await;
    paul.goes_to("My account").await;
    paul.goes_to("API Keys").await;
    paul.sees("No API keys yet").await;

    // Taken away again: the entry that is still on the screen leads nowhere.
    mia.gives_or_takes(ROLE, PAUL).await;
    paul.presses_in("//nav[@id=\"nav\"]", "API Keys").await;
    is_refused(&paul, "see API keys", "api_keys:read").await;
    paul.goes_to("My account").await;
    paul.sees("Your roles: Member.").await;

    mia.saw_no_complaint().await;
    paul.saw_no_complaint().await;
}

/// The page that says what is missing, which roles have it, and who can give one of them.
async fn is_refused(paul: &Person, action: &str, permission: &str) {
    paul.sees(&format!("You need a role that can {action}")).await;
    assert_eq!(paul.was_answered().await, 403);
    let page = paul.reads("main").await;
    for words in [permission, "Manage API credentials", "Nothing was changed", "Who can give it"] {
        assert!(page.contains(words), "{words:?} is not on the page: {page}");
    }
    for (giver, may) in [(MIA, true), (crate::support::person::EMAIL, true), (PAUL, false)] {
        let link = format!("a[href=\"mailto:{giver}\"]");
        let script = format!("return document.querySelector('main {link}') !== null");
        assert_eq!(paul.evaluates(&script).await, may, "{giver} is named as somebody who can give it");
    }
}

/// The first administrator invites a user manager and a member; each of them opens the link in a browser of their own.
async fn mia_and_paul(portal: &Portal, javascript: bool) -> (Person, Person) {
    let olga = Person::with_or_without_javascript(javascript, portal).await;
    olga.sets_keystead_up().await;
    let mia = joins(&olga, portal, javascript, MIA, "Mia Castell", &["manage-users"]).await;
    let paul = joins(&olga, portal, javascript, PAUL, "Paul Anders", &[]).await;
    (mia, paul)
}

async fn joins(olga: &Person, portal: &Portal, javascript: bool, email: &str, name: &str, roles: &[&str]) -> Person {
    let link = olga.invites(email, name, roles).await;
    olga.presses("Close").await;
    let somebody = Person::with_or_without_javascript(javascript, portal).await;
    somebody.opens_the_link(&link).await;
    somebody.sees("Welcome to Acme").await;
    somebody.chooses("the south gate squeaks").await;
    somebody
}
