//! What is in the way on this machine: files that cannot be written, a port that is taken.

use std::fs;

use crate::support::Place;

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
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    place.serve().stops();
    let file = place.path("data/keystead.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
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
