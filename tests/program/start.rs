//! The first start, and the ones after it.

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use keystead::db::{Conn, Error, dialect};

use crate::support::{PASSWORD, Person, Place, client, verify};

#[tokio::test]
async fn with_nothing_configured_it_makes_what_it_needs_and_says_where_to_go() {
    let place = Place::new();
    let portal = place.serve();
    assert_eq!(place.mode("data"), 0o700);
    assert_eq!(place.mode("data/keystead.db"), 0o600);
    assert_eq!(place.mode("data/keystead.secret"), 0o600);
    let secret = place.read("data/keystead.secret");
    assert!(secret.len() == 65 && secret.trim_end().bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", secret.len());

    let link = portal.setup_link.clone().expect("a link for the first administrator");
    let code = link.strip_prefix(&format!("{}/setup?code=ksi_", portal.origin)).expect("a link to this portal");
    assert!(code.len() == 43 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let two_lines = format!("Keystead is ready at {}\nCreate the first administrator at {link}\n", portal.origin);
    let mut stranger = Person::at(&portal.origin);
    stranger.get("/nowhere").await.is(503);
    assert_eq!(portal.out(), two_lines);
    portal.stops();
    assert_eq!(place.read("out"), two_lines, "nothing else is printed there, up to the end");
}

#[tokio::test]
async fn files_that_hold_the_database_are_readable_by_its_account_alone() {
    let place = Place::new();
    let (_portal, mut ada) = place.ada().await;
    ada.makes_key("billing-sync").await;
    let files = std::fs::read_dir(place.path("data")).unwrap().map(|entry| entry.unwrap().file_name());
    for name in files.map(|name| name.into_string().unwrap()) {
        assert_eq!(place.mode(&format!("data/{name}")), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_second_start_goes_on_with_the_same_installation() {
    let place = Place::new();
    let (portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let secret = place.read("data/keystead.secret");
    portal.stops();

    let portal = place.serve();
    assert_eq!(place.read("data/keystead.secret"), secret);
    assert_eq!(portal.setup_link, None);
    assert_eq!(portal.out(), format!("Keystead is ready at {}\n", portal.origin));
    assert_eq!(verify(&client(), &portal.origin, &key.secret).await.unwrap().json()["code"], "VALID");
    ada.origin = portal.origin.clone();
    ada.get("/api-keys").await.is(200).says("billing-sync");
}

#[tokio::test]
async fn each_start_without_an_administrator_prints_a_fresh_code_and_ends_the_old_one() {
    let place = Place::new();
    let portal = place.serve();
    let first = portal.setup_link.clone().unwrap();
    portal.stops();
    let portal = place.serve();
    let second = portal.setup_link.clone().unwrap();
    let code = |link: &str| link.split_once("code=").unwrap().1.to_owned();
    assert_ne!(code(&first), code(&second));

    let mut ada = Person::at(&portal.origin);
    ada.get("/setup").await.is(200);
    let with = |code: &str| {
        let fields = [
            ("organization", "Acme Works"),
            ("slug", "acme"),
            ("name", "Ada Lovelace"),
            ("email", "ada@acme.example"),
            ("password", PASSWORD),
            ("code", code),
        ];
        fields.map(|(name, value)| (name, value.to_owned()))
    };
    for (link, status) in [(&first, 422), (&second, 303)] {
        let fields = with(&code(link));
        let fields = fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        ada.post("/setup", &fields).await.is(status);
    }
}

#[test]
fn sqlite_is_new_enough_and_keeps_what_it_said() {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    fn number(conn: &mut Conn, sql: &str) -> Result<i64, Error> {
        let Conn::Sqlite(c) = conn else { panic!("not SQLite") };
        Ok(diesel::sql_query(sql).get_result::<Row>(c)?.n)
    }
    fn settings(conn: &mut Conn) -> Result<[i64; 3], Error> {
        Ok([
            number(conn, "SELECT journal_mode = 'wal' AS n FROM pragma_journal_mode")?,
            number(conn, "SELECT synchronous AS n FROM pragma_synchronous")?,
            number(conn, "SELECT foreign_keys AS n FROM pragma_foreign_keys")?,
        ])
    }

    let place = Place::new();
    place.serve().stops();
    // Bytes 18 and 19 of the file: written and read through a write-ahead log.
    assert_eq!(std::fs::read(place.path("data/keystead.db")).unwrap()[18..20], [2, 2]);
    let db = place.database().0;
    // WAL, FULL, on.
    assert_eq!(db.read_here(settings).unwrap(), [1, 2, 1]);
    assert_eq!(db.write_here(|tx| settings(tx)).unwrap(), [1, 2, 1]);
    let version = db.read_here(dialect::sqlite_version).unwrap().expect("SQLite");
    assert!(dialect::is_safe_sqlite(&version), "{version}");
    assert_eq!(dialect::SQLITE_FLOOR, (3, 51, 3));
}

#[test]
fn a_reader_of_sqlite_cannot_write() {
    let place = Place::new();
    place.serve().stops();
    let db = place.database().0;
    let written = db.read_here(|conn| {
        let Conn::Sqlite(c) = conn else { panic!("not SQLite") };
        diesel::sql_query("UPDATE installation SET created_at = 0").execute(c).map_err(Error::from)
    });
    assert!(written.unwrap_err().to_string().contains("readonly"));
}

#[test]
fn without_its_installation_secret_a_database_is_not_opened() {
    let place = Place::new();
    place.serve().stops();
    let secret = place.read("data/keystead.secret");

    place.write("data/keystead.secret", &"5eed".repeat(16));
    place
        .run(&[])
        .refuses("is not the installation secret that this database was made with")
        .says_nothing_of("5eed5eed");
    std::fs::remove_file(place.path("data/keystead.secret")).unwrap();
    place.run(&[]).refuses("data/keystead.secret is missing");
    assert!(!place.path("data/keystead.secret").exists(), "a fresh one would only hide the loss");

    place.write("data/keystead.secret", &secret);
    place.serve_with(&["--listen", "127.0.0.1:0"], &[]).stops();
}

#[test]
fn a_secret_that_is_none_stops_the_start() {
    for (text, said) in [
        ("0".repeat(64), "is a sample, not a secret"),
        ("f".repeat(64), "is a sample, not a secret"),
        ("5eed".repeat(15), "64 hexadecimal digits"),
        ("5eeg".repeat(16), "64 hexadecimal digits"),
        (String::new(), "64 hexadecimal digits"),
    ] {
        let place = Place::new();
        std::fs::create_dir(place.path("data")).unwrap();
        std::fs::set_permissions(place.path("data"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        place.write("data/keystead.secret", &text);
        place.run(&[]).refuses(said).refuses("data/keystead.secret").says_nothing_of("5eed");
        assert_eq!(place.read("data/keystead.secret"), text);
    }
}

#[test]
fn the_secret_can_live_somewhere_else() {
    let place = Place::new();
    std::fs::create_dir(place.path("safe")).unwrap();
    place.serve_with(&["--listen", "127.0.0.1:0", "--secret-file", "safe/secret"], &[]).stops();
    assert_eq!(place.mode("safe/secret"), 0o600);
    assert!(!place.path("data/keystead.secret").exists());
    place.run(&[]).refuses("data/keystead.secret is missing");
}
