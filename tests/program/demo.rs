//! `keystead demo`: full of sample data, open for every kind of user, and gone without a trace.

use std::fs;

use crate::support::{Database, Person, Place, Running};

/// Starts it, with a directory of its own for what is temporary.
fn demo(place: &Place) -> Running {
    fs::create_dir_all(place.path("temporary")).unwrap();
    let temporary = place.path("temporary");
    place.serve_with(&["demo", "--listen", "127.0.0.1:0"], &[("TMPDIR", temporary.to_str().unwrap())])
}

/// Role, e-mail address and password, as they are printed.
fn sign_ins(portal: &Running) -> Vec<[String; 3]> {
    let out = portal.out();
    let lines = out.lines().filter(|line| line.contains("@acme.example"));
    let columns = |line: &str| {
        let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
        [(); 3].map(|()| cells.next().expect("three columns"))
    };
    lines.map(columns).collect()
}

/// The one directory that it made.
fn directory(place: &Place) -> Option<String> {
    let mut entries = fs::read_dir(place.path("temporary")).unwrap();
    let name = entries.next().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(entries.next().is_none(), "one directory, and no more");
    name
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_user_signs_in_and_sees_what_it_may() {
    let place = Place::new();
    let portal = demo(&place);
    let sees = [
        ("Admin", [200, 200, 200, 200, 200, 200]),
        ("Ops", [200, 403, 403, 200, 200, 403]),
        ("Developer", [200, 403, 403, 403, 403, 403]),
        ("CI", [200, 403, 403, 403, 403, 403]),
        ("Auditor", [200, 200, 403, 403, 200, 403]),
        ("Manage API credentials", [200, 403, 403, 403, 403, 403]),
        ("Manage users", [403, 200, 403, 403, 403, 403]),
        ("Member", [403, 403, 403, 403, 403, 403]),
    ];
    let sign_ins = sign_ins(&portal);
    let roles: Vec<&str> = sign_ins.iter().map(|[role, ..]| role.as_str()).collect();
    assert_eq!(roles, sees.map(|(role, _)| role));
    for ([role, email, password], (_, statuses)) in sign_ins.iter().zip(sees) {
        assert!(password.chars().count() >= 15);
        let mut person = Person::at(&portal.origin);
        person.signs_in(email, password).await.redirects_to("/api-keys");
        let pages = ["/api-keys", "/users", "/roles", "/resources", "/audit", "/settings"];
        for (path, status) in pages.into_iter().zip(statuses) {
            assert_eq!(person.get(path).await.status.as_u16(), status, "{role} at {path}");
        }
        person.get("/account").await.is(200);
    }
    portal.stops();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_keys_in_all_states_with_weeks_of_use() {
    let place = Place::new();
    let portal = demo(&place);
    let [_, email, password] = sign_ins(&portal).remove(0);
    let mut ada = Person::at(&portal.origin);
    ada.signs_in(&email, &password).await.redirects_to("/api-keys");
    let overview = ada.get("/api-keys").await.is(200).text();
    for tab in ["All 40", "Active 24", "Expiring soon 4", "Never used 5", "Expired 4", "Disabled 3"] {
        assert!(overview.contains(tab), "{tab} is not in: {overview}");
    }
    ada.get("/api-keys?status=expiring").await.is(200).says("line-telemetry-north").says("ci-smoke-tests");
    assert!(overview.contains("old-erp-bridge Deleted, called"), "what is deleted is called still: {overview}");

    let file = place.path("temporary").join(directory(&place).unwrap()).join("keystead.db");
    let database = Database::open(&format!("sqlite:{}", file.display()));
    let count = |query: &str| database.number(query);
    assert!(count("SELECT COUNT(DISTINCT day) FROM usage_days") >= 28, "weeks of use");
    assert!(count("SELECT COUNT(DISTINCT api_key_id) FROM usage_hours") > 25);
    assert!(count("SELECT COUNT(*) FROM dead_key_calls") >= 6, "some go on calling");
    assert!(
        count("SELECT SUM(calls) FROM usage_days WHERE code = 'IP_NOT_ALLOWED'") > 1_000,
        "a burst that was refused"
    );
    let now = "(SELECT MAX(used_at) FROM api_key_uses)";
    let rotating = format!(
        "SELECT COUNT(*) FROM api_key_secret_uses u JOIN api_key_secrets s ON s.id = u.secret_id
         WHERE s.ends_at > {now} AND s.ends_at < 9223372036854775807 AND u.used_at > {now} - 86400000000"
    );
    assert_eq!(count(&rotating), 1, "an old secret that is used while it still works");
    assert_eq!(
        count(&format!("SELECT COUNT(*) FROM usage_days WHERE day > {now} / 86400000000")),
        0,
        "nothing is of tomorrow"
    );
    let backwards = "SELECT COUNT(*) FROM audit_events e JOIN audit_events n ON n.seq = e.seq + 1
                     AND n.chain_id = e.chain_id WHERE n.at < e.at - 600000000";
    assert_eq!(count(backwards), 0, "the audit log tells it in its order");
    portal.stops();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_run_at_once_and_nothing_of_them_stays() {
    use std::os::unix::fs::PermissionsExt;

    let (place, other) = (Place::new(), Place::new());
    let (portal, mut second) = (demo(&place), demo(&other));
    let name = directory(&place).expect("a directory");
    let folder = place.path("temporary").join(&name);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(!place.path("data").exists(), "nothing is made where an installation would be");
    portal.stops();
    assert_eq!(directory(&place), None);

    assert!(directory(&other).is_some());
    second.is_sent("-INT");
    assert_eq!(second.end().code(), Some(0), "{}", second.log());
    assert_eq!(directory(&other), None);
}

#[test]
fn it_touches_no_installation() {
    let place = Place::new();
    for (flag, value) in [
        ("--data-dir", "data"),
        ("--database-url", "sqlite:data/keystead.db"),
        ("--database-url-file", "url"),
        ("--secret-file", "secret"),
    ] {
        place.write("url", "sqlite:data/keystead.db\n");
        place.run(&["demo", flag, value]).refuses(flag);
        place.run(&[flag, value, "demo"]).refuses(flag);
    }
    assert!(!place.path("data").exists());
}

#[test]
fn what_an_installation_here_has_set_is_left_alone() {
    let place = Place::new();
    fs::create_dir(place.path("temporary")).unwrap();
    place.write("keystead.toml", "data_dir = \"mine\"\nlisten = \"127.0.0.1:0\"\n");
    let temporary = place.path("temporary");
    let variables = [("TMPDIR", temporary.to_str().unwrap()), ("DATABASE_URL", "postgres://127.0.0.1:1/mine")];
    place.serve_with(&["demo"], &variables).stops();
    assert!(!place.path("mine").exists());
}
