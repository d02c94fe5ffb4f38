//! What is in the way on this machine: files that cannot be written, a port that is taken.

use std::fs;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Answer, Place, verify};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_database_that_cannot_be_a_file_stops_the_start() {
    let place = Place::new();
    fs::create_dir(place.path("a-folder")).unwrap();
    place.run(&["--database-url", "sqlite:a-folder"]).refuses("the database file a-folder cannot be written");
    place.run(&["--database-url", "sqlite:missing/keystead.db"]).refuses("missing/keystead.db cannot be written");
    assert!(!place.path("missing").exists());
    // Nobody can make files there, not even root.
    place.run(&["--database-url", "sqlite:/proc/keystead.db"]).refuses("/proc/keystead.db cannot be written");
}

#[test]
fn a_read_only_database_stops_the_start() {
    let place = Place::new();
    place.serve().stops();
    let file = place.path("data/keystead.db");
    set_mode(&file, 0o400);
    // To root every file is writable.
    if fs::OpenOptions::new().append(true).open(&file).is_err() {
        place.run(&[]).refuses("data/keystead.db cannot be written");
    }
}

#[test]
fn a_file_that_is_no_database_stops_the_start_and_stays_as_it_is() {
    let place = Place::new();
    let letter = "Dear Ada, this is a letter and not a database. ".repeat(100);
    place.write("letter", &letter);
    place.run(&["--database-url", "sqlite:letter"]).refuses("letter");
    assert_eq!(place.read("letter"), letter);
}

#[test]
fn a_data_directory_that_cannot_be_made_stops_the_start() {
    let place = Place::new();
    place.write("a-file", "");
    place.run(&["--data-dir", "a-file"]).refuses("the data directory a-file cannot be made");
    place.run(&["--data-dir", "/proc/data"]).refuses("the data directory /proc/data cannot be made");
}

#[test]
fn a_secret_that_cannot_be_read_or_made_stops_the_start() {
    let place = Place::new();
    fs::create_dir(place.path("a-folder")).unwrap();
    set_mode(&place.path("a-folder"), 0o700);
    place.run(&["--secret-file", "a-folder"]).refuses("the installation secret a-folder cannot be read");
    place.run(&["--secret-file", "missing/secret"]).refuses("the installation secret missing/secret cannot be made");
    place.serve().stops();
}

#[test]
fn a_port_that_is_taken_stops_the_start() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place.run(&["--listen", &address]).refuses(&format!("cannot listen on {address}"));
}

#[test]
fn two_programs_share_neither_port_nor_confusion() {
    let place = Place::new();
    let first = place.serve();
    place.run(&["--listen", first.address()]).refuses(&format!("cannot listen on {}", first.address()));
}

#[test]
fn files_that_other_accounts_may_change_stop_the_start_and_those_they_may_read_are_named() {
    let place = Place::new();
    place.serve().stops();
    for (name, open, readable, private) in [
        ("data/keystead.secret", 0o620, 0o644, 0o600),
        ("data/keystead.db", 0o602, 0o640, 0o600),
        ("data", 0o777, 0o755, 0o700),
    ] {
        set_mode(&place.path(name), open);
        place.run(&[]).refuses(&format!("{name} has mode {open:04o}")).refuses(&format!("run chmod go= {name}"));
        set_mode(&place.path(name), readable);
        let portal = place.serve();
        assert!(portal.log().contains(&format!("{name} has mode {readable:04o}")), "{}", portal.log());
        portal.stops();
        set_mode(&place.path(name), private);
    }
    let portal = place.serve();
    assert!(!portal.log().contains("has mode"), "{}", portal.log());
    portal.stops();
}

#[test]
fn an_emptied_database_is_not_taken_for_a_new_installation() {
    let place = Place::new();
    place.serve().stops();
    place.write("data/keystead.db", "");
    for name in ["data/keystead.db-wal", "data/keystead.db-shm"] {
        let _ = fs::remove_file(place.path(name));
    }
    place.run(&[]).refuses("data/keystead.db is empty").refuses("put the database back from the backup");
    assert_eq!(place.read("data/keystead.db"), "");
    fs::remove_file(place.path("data/keystead.db")).unwrap();
    place.serve().stops();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_moved_away_or_replaced_takes_no_changes_any_more() {
    let place = Place::new();
    let (portal, mut ada) = place.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let (file, elsewhere) = (place.path("data/keystead.db"), place.path("data/elsewhere.db"));
    let ready = async || {
        let answer = Answer::of(reqwest::Client::new().get(format!("{}/readyz", portal.origin))).await;
        answer.expect("an answer").status.as_u16()
    };
    assert_eq!(ready().await, 200);
    fs::rename(&file, &elsewhere).unwrap();
    assert_eq!(ready().await, 503);
    assert_eq!(ada.tries_to_delete(&key).await.expect("an answer").status.as_u16(), 503);
    fs::copy(&elsewhere, &file).unwrap();
    assert_eq!(ready().await, 503);
    assert_eq!(ada.tries_to_delete(&key).await.expect("an answer").status.as_u16(), 503);
    fs::rename(&elsewhere, &file).unwrap();
    assert_eq!(ready().await, 200);
    ada.tries_to_delete(&key).await.expect("an answer").redirects_to("/api-keys");
    let verdict = verify(&ada.client, &portal.origin, &key.secret).await.expect("an answer");
    assert_eq!(verdict.json()["code"], "DELETED");
    portal.stops();
}
