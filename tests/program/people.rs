//! `keystead tenant` and `keystead user`: organizations and people from the shell, beside a portal that runs or without.

use std::collections::BTreeSet;

use keystead::access::BuiltIn;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Place, on_both};

const IVY: &str = "ivy@acme.example";
const INVITE: [&str; 6] = ["user", "invite", "--tenant", "acme", "--email", IVY];
const NEW_PASSWORD: &str = "the south gate squeaks";

on_both! {
    async fn each_command_prints_what_it_made_once_as_json(place: Place) {
        assert!(place.init().status.success());
        let added = place.run(&["tenant", "add", "--slug", "globex", "--organization", "Globex & Sons"]).object();
        assert_eq!(added, json!({ "tenant": "globex", "organization": "Globex & Sons" }));
        let listed = place.run(&["tenant", "list"]).objects();
        assert_eq!(listed, [json!({ "tenant": "acme", "organization": "Acme Works" }), added]);

        let link = place.run(&INVITE).object();
        has_fields(&link, &["user_id", "email", "purpose", "url", "expires_at"]);
        assert_eq!((&link["email"], &link["purpose"]), (&json!(IVY), &json!("activation")));
        let code = link["url"].as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:8080/invitations/ksi_"));
        assert!(code.is_some_and(|code| code.len() == 43 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{link}");
        let again = place.run(&["user", "reset", "--tenant", "acme", "--email", IVY, "--public-url", "http://127.0.0.1:9999"]).object();
        has_fields(&again, &["user_id", "email", "purpose", "url", "expires_at"]);
        assert_eq!((&again["user_id"], &again["purpose"]), (&link["user_id"], &json!("activation")));
        assert!(again["url"].as_str().is_some_and(|url| url.starts_with("http://127.0.0.1:9999/invitations/ksi_")), "{again}");
        assert_ne!(again["url"], link["url"]);

        let users = place.run(&["user", "list", "--tenant", "acme"]).objects();
        let [ada, ivy] = &users[..] else { panic!("{users:?}") };
        for user in [ada, ivy] {
            has_fields(user, &["user_id", "email", "name", "status", "grants", "created_at", "last_signed_in_at"]);
        }
        assert_eq!((&ada["email"], &ada["status"]), (&json!("ada@acme.example"), &json!("active")));
        assert_eq!(ada["grants"], json!([{ "resource": "organization=acme", "role": "admin" }]));
        assert_eq!((&ivy["user_id"], &ivy["name"], &ivy["status"]), (&link["user_id"], &json!("ivy"), &json!("invited")));
        assert_eq!(ivy["grants"], json!([{ "resource": "organization=acme", "role": "member" }]));
        assert_eq!(ivy["last_signed_in_at"], Value::Null);
        assert_eq!(place.run(&["user", "list", "--tenant", "globex"]).objects(), [Value::Null; 0]);
    }

    async fn a_signing_key_follows_another_from_the_shell_while_the_portal_runs(place: Place) {
        let (portal, mut ada) = place.ada().await;
        let rotate = ["tenant", "rotate-signing-key", "--tenant", "acme"];
        let first = place.run(&rotate).object();
        has_fields(&first, &["tenant", "kid", "algorithm", "signs_from", "previous_kid", "previous_published_until"]);
        assert_eq!((&first["tenant"], &first["algorithm"]), (&json!("acme"), &json!("ES256")));
        let (kid, before) = (first["kid"].as_str().expect("a kid"), first["previous_kid"].as_str().expect("a kid"));
        let times = (first["signs_from"].as_str().expect("a time"), first["previous_published_until"].as_str().expect("a time"));
        assert!(times.0 < times.1, "{first}");
        ada.get("/settings").await.is(200).says(kid).says(before).says("A rotation is under way");
        place.run(&rotate).refuses("a rotation is under way: the new key begins to sign on");

        let at_once = place.run(&[&rotate[..], &["--at-once"]].concat()).object();
        assert_eq!((&at_once["previous_kid"], &at_once["previous_published_until"]), (&first["kid"], &Value::Null));
        let now = at_once["kid"].as_str().expect("a kid");
        ada.get("/settings").await.is(200).says(now).says_nothing_of(kid).says_nothing_of(before);
        ada.get("/audit").await.is(200).says("Shell").says("Replaced the signing keys at once");
        place.run(&["tenant", "rotate-signing-key", "--tenant", "nobody"]).refuses("there is no organization “nobody”");
        place.run(&["tenant", "rotate-signing-key"]).refuses("--tenant");
        portal.stops();
    }

    async fn a_link_from_the_shell_works_while_the_portal_runs(place: Place) {
        let (portal, mut ada) = place.ada().await;
        let invoices = "organization=acme:application=invoices";
        ada.get("/resources/new").await.is(200);
        let resource = [("parent", "organization=acme"), ("kind", "application"), ("name", "invoices")];
        ada.post("/resources/new", &resource).await.is(303);

        let on_invoices = format!("{invoices}=ops");
        let roles = ["--name", "Ivy League", "--role", "auditor", "--role", &on_invoices, "--public-url", &portal.origin];
        let link = place.run(&[&INVITE[..], &roles].concat()).object();
        ada.get("/users").await.is(200).row(&format!("data-email=\"{IVY}\"")).says("Invited").says("Ivy League");
        let mut ivy = Person::at(&portal.origin);
        let path = path_of(&link, &portal.origin);
        accepts(&mut ivy, &path, "Ivy League", NEW_PASSWORD).await;
        ivy.get("/audit").await.is(200).says("Shell").says(IVY);
        ivy.get("/account").await.is(200).says("Auditor").says("Ops on application=invoices");
        Person::at(&portal.origin).get(&path).await.is(404).says("This link cannot be used");

        let users = place.run(&["user", "list", "--tenant", "acme"]).objects();
        let found = users.iter().find(|user| user["email"] == IVY).expect("she is there");
        assert_eq!(found["status"], "active");
        assert!(found["last_signed_in_at"].is_string(), "{found}");
        let grants = [("organization=acme", "auditor"), (invoices, "ops")];
        assert_eq!(found["grants"], json!(grants.map(|(resource, role)| json!({ "resource": resource, "role": role }))));

        // A further organization, and somebody to run it.
        place.run(&["tenant", "add", "--slug", "globex", "--organization", "Globex"]).object();
        let hank = ["user", "invite", "--tenant", "globex", "--email", "hank@globex.example", "--role", "admin"];
        let link = place.run(&[&hank[..], &["--public-url", &portal.origin]].concat()).object();
        let mut hank = Person::at(&portal.origin);
        accepts(&mut hank, &path_of(&link, &portal.origin), "Hank", NEW_PASSWORD).await;
        hank.get("/users").await.is(200).says("hank@globex.example").says_nothing_of("acme.example");
        hank.makes_key("billing-sync").await;
        ada.get("/api-keys").await.is(200).says("No API keys yet");
        portal.stops();

        let by_shell = "SELECT action AS line FROM audit_events WHERE actor_kind = 'shell' ORDER BY at, seq";
        let mut done = place.database().lines(by_shell);
        done.sort();
        done.dedup();
        for action in ["tenant.created", "user.created", "grant.created", "invitation.created"] {
            assert!(done.iter().any(|found| found == action), "{action} is not in {done:?}");
        }
    }

    async fn an_administrator_who_is_locked_out_gets_back_in(place: Place) {
        let (portal, mut ada) = place.ada().await;
        ada.post("/logout", &[]).await.is(303);
        assert_eq!(place.database().number("SELECT COUNT(*) FROM sessions"), 0, "nobody is left who could help");

        // The address is enough, in whatever letters: it belongs to one user.
        let link = place.run(&["user", "reset", "--email", "ADA@acme.example", "--public-url", &portal.origin]).object();
        assert_eq!((&link["email"], &link["purpose"]), (&json!("ada@acme.example"), &json!("password_reset")));
        let path = path_of(&link, &portal.origin);
        let mut ada = Person::at(&portal.origin);
        ada.get(&path).await.is(200).says("Choose a new password");
        ada.post(&path, &[("password", NEW_PASSWORD)]).await.redirects_to("/");
        ada.get("/users").await.is(200).says("ada@acme.example");
        ada.get("/audit").await.is(200).says("Shell");
        let mut elsewhere = Person::at(&portal.origin);
        elsewhere.signs_in("ada@acme.example", PASSWORD).await.is(422);
        elsewhere.signs_in("ada@acme.example", NEW_PASSWORD).await.redirects_to("/api-keys");
        elsewhere.get(&path).await.is(404);
        let by_shell = "SELECT action AS line FROM audit_events WHERE actor_kind = 'shell' AND action LIKE 'password%'";
        assert_eq!(place.database().lines(by_shell), ["password_reset.created"]);
    }

    async fn what_is_wrong_is_named_and_nothing_is_changed(place: Place) {
        assert!(place.init().status.success());
        place.run(&["tenant", "add", "--slug", "globex", "--organization", "Globex"]).object();
        place.run(&INVITE).object();
        let before = state(&place);
        let role = |role| [&INVITE[..4], &["--email", "new@acme.example", "--role", role]].concat();
        let wrong: [(&[&str], &str); 24] = [
            (&["tenant", "add", "--slug", "acme", "--organization", "Acme"], "--slug acme: an organization has this slug"),
            (&["tenant", "add", "--slug", "Acme!", "--organization", "Acme"], "--slug: “Acme!”"),
            (&["tenant", "add", "--slug", "", "--organization", "Acme"], "--slug: “”"),
            (&["tenant", "add", "--slug", "initech", "--organization", ""], "--organization"),
            (&["tenant", "add", "--slug", "initech", "--organization", "Ini\ntech"], "--organization"),
            (&["tenant", "add", "--slug", "initech"], "--organization"),
            (&["tenant", "remove"], "remove"),
            (&["tenant"], "add, list"),
            (&["user"], "invite, list, reset"),
            (&["user", "list"], "--tenant"),
            (&["user", "list", "--tenant", "initech"], "no organization “initech”"),
            (&["user", "invite", "--tenant", "initech", "--email", "new@acme.example"], "no organization “initech”"),
            (&["user", "invite", "--tenant", "acme", "--email", "new"], "--email: “new”"),
            (&["user", "invite", "--tenant", "acme", "--email", "new@acme.example\nbob@acme.example"], "--email"),
            (&["user", "invite", "--tenant", "acme", "--email", "Ada@acme.example"], "ada@acme.example is a user of this organization already"),
            (&["user", "invite", "--tenant", "acme", "--email", IVY], "ivy@acme.example is a user of this organization already"),
            (&["user", "invite", "--tenant", "acme", "--email", "new@acme.example", "--name", "New\tOne"], "--name"),
            (&role("clerk"), "no role “clerk”"),
            (&role(""), "no role “”"),
            (&role("organization=acme:application=nothing=ops"), "no resource “organization=acme:application=nothing”"),
            (&role("organization=globex=ops"), "no resource “organization=globex”"),
            (&role("not a path=ops"), "--role: “not a path”"),
            (&["user", "reset", "--tenant", "globex", "--email", "ada@acme.example"], "--email ada@acme.example: There is no such user."),
            (&["user", "reset", "--email", "nobody@acme.example"], "nobody signs in as “nobody@acme.example”"),
        ];
        for (arguments, named) in wrong {
            place.run(arguments).refuses(named);
            assert_eq!(state(&place), before, "{arguments:?}");
        }
        // An invited user signs in nowhere yet, so their organization has to be named.
        place.run(&["user", "reset", "--email", IVY]).refuses("give --tenant too");
        // Every word that an address begins with.
        let routes = keystead::app::all_routes();
        let first: BTreeSet<&str> = routes.iter().filter_map(|route| route.path.split('/').nth(1)).collect();
        let first = first.into_iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        let first = first.filter(|word| word.len() > 1).collect::<Vec<_>>();
        assert!(first.len() >= 10 && first.contains(&"invitations"), "{first:?}");
        for word in first {
            place.run(&["tenant", "add", "--slug", word, "--organization", "Acme"]).refuses(&format!("“{word}” is reserved"));
        }
        assert_eq!(state(&place), before);
    }

    async fn what_is_not_set_up_yet_says_so(place: Place) {
        let commands: [&[&str]; 5] = [
            &["tenant", "add", "--slug", "globex", "--organization", "Globex"],
            &["tenant", "list"],
            &["user", "list", "--tenant", "acme"],
            &INVITE,
            &["user", "reset", "--email", "ada@acme.example"],
        ];
        for command in commands {
            place.run(command).refuses("is not set up yet: make the first organization with keystead init");
        }
        // The portal runs, and nobody has opened its link yet.
        let portal = place.serve();
        for command in commands {
            place.run(command).refuses("is not set up yet");
        }
        assert_eq!(place.database().number("SELECT COUNT(*) FROM tenants"), 0);
        portal.stops();
        assert!(place.init().status.success());
        assert_eq!(place.run(&["tenant", "list"]).objects().len(), 1);
    }
}

/// A typing error in a flag, or another directory, does not become an empty installation.
#[test]
fn a_command_where_nothing_is_makes_nothing() {
    let place = Place::new();
    place.run(&["user", "list", "--tenant", "acme"]).refuses("the database sqlite:data/keystead.db is not set up yet");
    place.run(&["tenant", "list", "--data-dir", "elsewhere"]).refuses("sqlite:elsewhere/keystead.db");
    assert!(!place.path("data").exists() && !place.path("elsewhere").exists());
}

#[test]
fn settings_stand_before_and_behind_every_part_of_a_command() {
    let place = Place::new();
    let init =
        ["init", "--tenant", "acme", "--organization", "Acme", "--email", "ada@acme.example", "--password-stdin"];
    let there = ["--data-dir", "there"];
    assert!(place.run_told(&[&init[..], &there].concat(), PASSWORD).status.success());
    for parts in [["tenant", "list", "", ""], ["user", "list", "--tenant", "acme"]] {
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        for at in 0..=2 {
            let arguments = [&parts[..at], &there, &parts[at..]].concat();
            assert_eq!(place.run(&arguments).objects().len(), 1, "{arguments:?}");
        }
        let arguments = [&parts[..], &there].concat();
        assert_eq!(place.run(&arguments).objects().len(), 1, "{arguments:?}");
        // Wherever it stands, a wrong one is named.
        for at in 0..=2 {
            place.run(&[&parts[..at], &["--listen", "nowhere"], &parts[at..]].concat()).refuses("--listen");
        }
    }
    // The deepest one counts, and a flag more than the environment.
    let arguments = ["--data-dir", "nowhere", "tenant", "list", "--data-dir", "there"];
    assert_eq!(place.run(&arguments).objects().len(), 1);
    let elsewhere = [("KEYSTEAD_DATA_DIR", "nowhere")];
    assert_eq!(place.run_with(&["tenant", "--data-dir", "there", "list"], &elsewhere).objects().len(), 1);
    let there = [("KEYSTEAD_DATA_DIR", "there")];
    assert_eq!(place.run_with(&["tenant", "list"], &there).objects().len(), 1);
    assert!(!place.path("nowhere").exists() && !place.path("data").exists());
}

/// README.md has a row for each built-in role: what it contains, and whether user managers give it without holding that.
#[test]
fn the_readme_lists_the_built_in_roles() {
    let row = |role: BuiltIn| {
        let permissions = role.permissions();
        let words = permissions.words().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let contains = match (role, words.as_str()) {
            (BuiltIn::Admin, _) => "everything",
            (_, "") => "nothing: the own account",
            (_, words) => words,
        };
        format!("| {role} | {contains} |{}|", if role.assignable_by_user_managers() { " yes " } else { " " })
    };
    let table = BuiltIn::ALL.map(row).join("\n");
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the README");
    assert!(readme.contains(&table), "the table of roles in README.md should be:\n\n{table}");
}

#[track_caller]
fn has_fields(object: &Value, fields: &[&str]) {
    let found: BTreeSet<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(found, fields.iter().copied().collect());
}

fn path_of(link: &Value, origin: &str) -> String {
    let url = link["url"].as_str().expect("an address");
    url.strip_prefix(origin).unwrap_or_else(|| panic!("{url} is not at {origin}")).to_owned()
}

async fn accepts(person: &mut Person, path: &str, name: &str, password: &str) {
    person.get(path).await.is(200).says("Choose a password");
    person.post(path, &[("name", name), ("password", password)]).await.redirects_to("/");
}

/// All that the commands could have changed, in numbers.
fn state(place: &Place) -> Vec<i64> {
    let database = place.database();
    ["tenants", "users", "grants", "invitations", "audit_events", "resources", "roles"]
        .iter()
        .map(|table| database.number(&format!("SELECT COUNT(*) FROM {table}")))
        .collect()
}
