//! The forms of users and roles: what their small buttons do, in place with a script and by the server without, and that
//! nothing typed is lost by it.

use serde_json::json;

use crate::support::{Person, Portal};

const PAUL: &str = "paul@acme.example";
const RITA: &str = "rita@acme.example";
const INVOICES: &str = "organization=acme:application=invoices";

#[tokio::test]
async fn add_all_and_remove_all_tick_what_one_may_give_with_javascript() {
    add_all_and_remove_all_tick_what_one_may_give(true).await;
}

#[tokio::test]
async fn add_all_and_remove_all_tick_what_one_may_give_without_javascript() {
    add_all_and_remove_all_tick_what_one_may_give(false).await;
}

async fn add_all_and_remove_all_tick_what_one_may_give(javascript: bool) {
    let (_portal, _olga, rita) = olga_and_rita(javascript).await;

    // On the page of a user.
    rita.opens_the_page_of(PAUL).await;
    assert_eq!(ticked(&rita).await, ["role-member", "active"]);
    let disabled = disabled(&rita).await;
    assert_eq!(disabled, ["role-admin", "role-ops", "role-ci", "role-auditor"]);
    rita.types("name", "Paula Anders").await;
    presses_beside_what_was_typed(&rita, javascript, "Add all", Some("5 boxes ticked")).await;
    let all = ["role-developer", "role-manage-api-credentials", "role-manage-users", "role-member"];
    assert_eq!(ticked(&rita).await, [&all[..], &["role-role-smith", "active"]].concat());
    presses_beside_what_was_typed(&rita, javascript, "Remove all", Some("5 boxes cleared")).await;
    assert_eq!(ticked(&rita).await, ["active"]);
    assert_eq!(self::disabled(&rita).await, disabled);
    assert_eq!(value(&rita, "name").await, "Paula Anders");
    // Nothing of it is saved.
    rita.opens_the_page_of(PAUL).await;
    assert_eq!((ticked(&rita).await, value(&rita, "name").await), (texts(&["role-member", "active"]), "Paul".into()));

    // On the page of a role, for one group at a time.
    rita.goes_to("Roles").await;
    rita.presses("Add").await;
    rita.types("name", "Reader").await;
    rita.types("application", "invoices:read").await;
    presses_beside_what_was_typed(&rita, javascript, "Add all API keys", Some("1 box ticked")).await;
    assert_eq!(ticked(&rita).await, ["permission-api_keys:read"]);
    presses_beside_what_was_typed(&rita, javascript, "Add all Users and roles", None).await;
    let users = ["permission-users:read", "permission-users:manage", "permission-roles:manage"];
    assert_eq!(ticked(&rita).await, [&["permission-api_keys:read"], &users[..]].concat());
    presses_beside_what_was_typed(&rita, javascript, "Remove all API keys", None).await;
    assert_eq!(ticked(&rita).await, users);
    // What she does not hold herself has no such buttons, and is nobody's to tick.
    rita.does_not_see("Add all Resources").await;
    assert!(self::disabled(&rita).await.contains(&"permission-api_keys:manage".to_owned()));
    assert_eq!(
        (value(&rita, "name").await, value(&rita, "application").await),
        ("Reader".into(), "invoices:read".into())
    );
    rita.saw_no_complaint().await;
}

#[tokio::test]
async fn enter_saves_with_javascript() {
    enter_saves(true).await;
}

#[tokio::test]
async fn enter_saves_without_javascript() {
    enter_saves(false).await;
}

/// In a field, Enter presses the first button of the form. That one saves.
async fn enter_saves(javascript: bool) {
    let (_portal, olga) = olga_at_work(javascript).await;
    olga.goes_to("Users").await;
    olga.presses("Add").await;
    olga.types("email", PAUL).await;
    olga.types("name", "Paul").await;
    presses_enter(&olga, "name").await;
    olga.sees(&format!("{PAUL} is invited")).await;
    olga.presses("Close").await;

    olga.types("name", "Paula Anders").await;
    presses_enter(&olga, "name").await;
    olga.sees(&format!("{PAUL} is updated.")).await;
    assert!(olga.reads(&format!("tr[data-email=\"{PAUL}\"]")).await.contains("Paula Anders"));
    olga.opens_the_page_of(PAUL).await;
    assert_eq!(ticked(&olga).await, ["role-member", "active"]);

    olga.goes_to("Roles").await;
    olga.presses("Add").await;
    olga.types("name", "Invoice clerk").await;
    presses_enter(&olga, "name").await;
    olga.sees("Invoice clerk is created.").await;
    olga.clicks("tr[data-role=\"invoice-clerk\"] a.name").await;
    olga.types("description", "Writes them").await;
    presses_enter(&olga, "description").await;
    olga.sees("Invoice clerk is updated.").await;
    olga.clicks("tr[data-role=\"invoice-clerk\"] a.name").await;
    assert_eq!((ticked(&olga).await, value(&olga, "description").await), (texts(&[]), "Writes them".into()));
}

#[tokio::test]
async fn rows_come_and_go_with_javascript() {
    rows_come_and_go(true).await;
}

#[tokio::test]
async fn rows_come_and_go_without_javascript() {
    rows_come_and_go(false).await;
}

/// Roles on a resource.
async fn rows_come_and_go(javascript: bool) {
    let (_portal, olga) = olga_at_work(javascript).await;
    olga.invites(PAUL, "Paul", &[]).await;
    olga.presses("Close").await;
    olga.sees("There are no resources beneath the organization yet.").await;
    for name in ["invoices", "orders"] {
        adds_a_resource(&olga, name).await;
    }

    olga.opens_the_page_of(PAUL).await;
    olga.types("name", "Paula Anders").await;
    presses_beside_what_was_typed(&olga, javascript, "Add a role on a resource", None).await;
    has_the_focus(&olga, "grant-role-0").await;
    chooses(&olga, "grant-role-0", "ops").await;
    chooses(&olga, "grant-resource-0", INVOICES).await;
    presses_beside_what_was_typed(&olga, javascript, "Add a role on a resource", None).await;
    has_the_focus(&olga, "grant-role-1").await;
    chooses(&olga, "grant-role-1", "auditor").await;
    olga.pictures(if javascript { "user-rows" } else { "user-rows-no-javascript" }).await;
    assert_eq!(rows(&olga).await, json!([["ops", INVOICES], ["auditor", ""]]));

    // The first one away: the other one stays as it was chosen.
    olga.clicks(".row-item:first-child [data-remove-row]").await;
    olga.waits_until("the row is gone", async || Ok(rows(&olga).await == json!([["auditor", ""]]))).await;
    if javascript {
        is_told(&olga, "Row removed").await;
        has_the_focus(&olga, "grant-role-1").await;
    } else {
        has_the_focus(&olga, "add-grant").await;
    }
    olga.clicks("[data-remove-row]").await;
    olga.waits_until("there is no row", async || Ok(rows(&olga).await == json!([]))).await;
    has_the_focus(&olga, "add-grant").await;
    assert_eq!(value(&olga, "name").await, "Paula Anders");

    // A row that says only half: the page says what is missing, there and above, and keeps everything.
    olga.presses("Add a role on a resource").await;
    let role = olga.finds(".row-item select").await.prop("id").await.unwrap().expect("an id");
    chooses(&olga, &role, "ops").await;
    olga.ticks("role-developer").await;
    olga.presses_in_the_save_bar("Save").await;
    olga.sees("There is 1 problem").await;
    assert_eq!(olga.was_answered().await, 422);
    let words = olga.reads("[role=alert] a[href=\"#grant-resource-0\"]").await;
    assert!(words.contains("names a role but no resource"), "{words}");
    assert_eq!(olga.reads("#grant-0-error").await, words);
    let described = "const field = document.getElementById('grant-resource-0');
        return [field.getAttribute('aria-invalid'), field.getAttribute('aria-describedby')]";
    assert_eq!(olga.evaluates(described).await, json!(["true", "grant-0-error"]));
    assert_eq!(rows(&olga).await, json!([["ops", ""]]));
    assert_eq!(ticked(&olga).await, ["role-developer", "role-member", "active"]);
    assert_eq!(value(&olga, "name").await, "Paula Anders");
    olga.clicks("[role=alert] a[href=\"#grant-resource-0\"]").await;
    has_the_focus(&olga, "grant-resource-0").await;
    olga.pictures(if javascript { "user-row-error" } else { "user-row-error-no-javascript" }).await;

    chooses(&olga, "grant-resource-0", INVOICES).await;
    olga.presses_in_the_save_bar("Save").await;
    olga.sees(&format!("{PAUL} is updated.")).await;
    olga.opens_the_page_of(PAUL).await;
    assert_eq!(rows(&olga).await, json!([["ops", INVOICES]]));
    assert_eq!(value(&olga, "name").await, "Paula Anders");

    // And away for good.
    olga.clicks("[data-remove-row]").await;
    olga.waits_until("there is no row", async || Ok(rows(&olga).await == json!([]))).await;
    olga.presses_in_the_save_bar("Save").await;
    olga.sees(&format!("{PAUL} is updated.")).await;
    olga.opens_the_page_of(PAUL).await;
    assert_eq!(rows(&olga).await, json!([]));
    olga.saw_no_complaint().await;
}

#[tokio::test]
async fn what_was_typed_stays_when_something_is_wrong() {
    for javascript in [true, false] {
        let (_portal, olga) = olga_at_work(javascript).await;
        olga.invites(PAUL, "Paul", &[]).await;
        olga.presses("Close").await;

        // Whoever is there already is not invited again.
        olga.goes_to("Users").await;
        olga.presses("Add").await;
        olga.types("email", "PAUL@acme.example").await;
        olga.types("name", "Paul the Second").await;
        olga.ticks("role-ops").await;
        olga.ticks("role-member").await;
        olga.presses_in_the_save_bar("Invite").await;
        olga.sees("is a user of this organization already").await;
        assert_eq!(olga.was_answered().await, 409);
        has_the_focus_on_the_summary(&olga).await;
        assert_eq!(value(&olga, "email").await, "PAUL@acme.example");
        assert_eq!(value(&olga, "name").await, "Paul the Second");
        assert_eq!(ticked(&olga).await, ["role-ops"]);

        // A name of blanks alone, which the browser lets pass.
        olga.opens_the_page_of(PAUL).await;
        olga.types("name", "   ").await;
        olga.ticks("role-ci").await;
        olga.ticks("active").await;
        olga.presses_in_the_save_bar("Save").await;
        olga.sees("Name is empty.").await;
        assert_eq!(olga.was_answered().await, 422);
        has_the_focus_on_the_summary(&olga).await;
        assert_eq!(ticked(&olga).await, ["role-ci", "role-member"]);

        // A role with a permission that is none, and a slug that is taken.
        olga.goes_to("Roles").await;
        olga.presses("Add").await;
        olga.types("name", "Clerk").await;
        olga.types("description", "Writes invoices").await;
        olga.types("slug", "ops").await;
        olga.types("application", "invoices:read users:read").await;
        olga.ticks("permission-audit:read").await;
        olga.ticks("assignable").await;
        olga.presses_in_the_save_bar("Create").await;
        olga.sees("There are 2 problems").await;
        has_the_focus_on_the_summary(&olga).await;
        for (field, typed) in [
            ("name", "Clerk"),
            ("description", "Writes invoices"),
            ("slug", "ops"),
            ("application", "invoices:read users:read"),
        ] {
            assert_eq!(value(&olga, field).await, typed, "{field}");
        }
        assert_eq!(ticked(&olga).await, ["permission-audit:read", "assignable"]);
    }
}

async fn olga_at_work(javascript: bool) -> (Portal, Person) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    (portal, olga)
}

/// Rita may give some roles, and shape roles of what she holds; Paul is invited.
async fn olga_and_rita(javascript: bool) -> (Portal, Person, Person) {
    let (portal, olga) = olga_at_work(javascript).await;
    olga.goes_to("Roles").await;
    olga.presses("Add").await;
    olga.types("name", "Role smith").await;
    olga.ticks("permission-api_keys:read").await;
    olga.ticks("permission-roles:manage").await;
    olga.presses_in_the_save_bar("Create").await;
    olga.sees("Role smith is created.").await;
    olga.invites(PAUL, "Paul", &[]).await;
    olga.presses("Close").await;
    let link = olga.invites(RITA, "Rita", &["manage-users", "role-smith"]).await;
    let rita = Person::with_or_without_javascript(javascript, &portal).await;
    rita.opens_the_link(&link).await;
    rita.chooses("the south gate squeaks").await;
    (portal, olga, rita)
}

async fn adds_a_resource(olga: &Person, name: &str) {
    olga.goes_to("Resources").await;
    olga.presses("Add").await;
    olga.types("kind", "application").await;
    olga.types("name", name).await;
    olga.presses("Add").await;
    olga.sees(&format!("{name} is added.")).await;
}

/// Presses a button of the form that only changes the form: in place with a script, by a new page without, and with the
/// focus where it was in both cases.
async fn presses_beside_what_was_typed(person: &Person, javascript: bool, words: &str, told: Option<&str>) {
    person.evaluates("window.is_the_same_page = true").await;
    person.presses(words).await;
    person
        .waits_until("the form is changed in place, or by a new page", async || {
            Ok(person.evaluates("return window.is_the_same_page === true").await == javascript)
        })
        .await;
    if let Some(told) = told.filter(|_| javascript) {
        is_told(person, told).await;
    }
    if !words.contains("resource") {
        person
            .waits_until(&format!("{words:?} has the focus"), async || {
                let said = person.evaluates("return document.activeElement.textContent.trim()").await;
                Ok(said == words)
            })
            .await;
    }
}

/// What screen readers say although nobody moved.
async fn is_told(person: &Person, words: &str) {
    person
        .waits_until(&format!("{words:?} is announced"), async || {
            let said = person
                .evaluates("return [...document.querySelectorAll('p.vh[role=status]')].map(e => e.textContent).join()")
                .await;
            Ok(said == words)
        })
        .await;
}

async fn has_the_focus(person: &Person, id: &str) {
    person
        .waits_until(&format!("{id:?} has the focus"), async || {
            Ok(person.evaluates("return document.activeElement.id").await == id)
        })
        .await;
}

async fn has_the_focus_on_the_summary(person: &Person) {
    assert_eq!(person.evaluates("return document.activeElement.getAttribute('role')").await, "alert");
}

/// The names of the boxes that are ticked, from top to bottom.
async fn ticked(person: &Person) -> Vec<String> {
    names_of(person, "main input[type=checkbox]:checked").await
}

async fn disabled(person: &Person) -> Vec<String> {
    names_of(person, "main input[type=checkbox]:disabled").await
}

async fn names_of(person: &Person, selector: &str) -> Vec<String> {
    let script = format!("return [...document.querySelectorAll('{selector}')].map(box => box.name)");
    serde_json::from_value(person.evaluates(&script).await).expect("names")
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

async fn value(person: &Person, field: &str) -> String {
    let script = format!("return document.getElementById('{field}').value");
    person.evaluates(&script).await.as_str().expect("a value").to_owned()
}

/// What is chosen in the rows: role and resource.
async fn rows(person: &Person) -> serde_json::Value {
    let script = "return [...document.querySelectorAll('.rows > .row-item')]
        .map(row => [...row.querySelectorAll('select')].map(select => select.value))";
    person.evaluates(script).await
}

async fn chooses(person: &Person, field: &str, value: &str) {
    person.clicks(&format!("#{field} option[value=\"{value}\"]")).await;
}

async fn presses_enter(person: &Person, field: &str) {
    let field = person.finds(&format!("#{field}")).await;
    field.send_keys(thirtyfour::Key::Enter + "").await.expect("Enter is pressed");
}
