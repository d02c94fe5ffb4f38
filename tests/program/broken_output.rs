//! Standard output and standard error that cannot be written: a reader that has gone, a full disk.

use std::fs::OpenOptions;
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use crate::support::{PASSWORD, Person, Place, Running, client, eventually, verify};

/// Where nothing can be written: a full disk, and a pipe whose reader has gone.
fn broken() -> [Stdio; 2] {
    let full = OpenOptions::new().write(true).open("/dev/full").expect("a device that is always full");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    [full.into(), writer.into()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_log_it_answers_shows_keys_and_stops_as_ever() {
    for level in ["info", "trace"] {
        for errors in broken() {
            let place = Place::new();
            assert!(place.init().status.success());
            place.write("log", "");
            let mut command = place.keystead(&["--listen", "127.0.0.1:0", "--log", level]);
            command.stderr(errors);
            let portal = Running::start_as_it_is(command, &place.path("out"), &place.path("log"));
            let mut ada = Person::at(&portal.origin);
            ada.signs_in("ada@acme.example", "the south gate squeaks").await.is(422);
            ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
            ada.get("/api-keys").await.is(200);
            let key = ada.makes_key("billing-sync").await;
            assert_eq!(verify(&client(), &portal.origin, &key.secret).await.unwrap().json()["code"], "VALID");
            portal.stops();
        }
    }
}

#[test]
fn a_command_whose_output_is_lost_fails_in_one_line_that_says_what_was_done() {
    let place = Place::new();
    let init = place.init();
    assert!(init.status.success());
    let email = "ivy@acme.example";
    let list = ["user", "list", "--tenant", "acme"];
    let invite = ["user", "invite", "--tenant", "acme", "--email", email];
    let reset = ["user", "reset", "--tenant", "acme", "--email", email];
    let add = |slug| ["tenant", "add", "--slug", slug, "--organization", "Globex"];
    let (first, second) = (add("globex"), add("initech"));
    let rotate = ["tenant", "rotate-signing-key", "--tenant", "acme"];
    let again = format!("keystead user reset --tenant acme --email {email}");
    let unwritable = "keystead: standard output cannot be written: ";
    for (out, add) in broken().into_iter().zip([first, second]) {
        place.run_into(&add, out).refuses(unwritable).refuses("was added all the same");
    }
    assert_eq!(place.run(&["tenant", "list"]).objects().len(), 3);
    let [full, gone] = broken();
    place.run_into(&invite, full).refuses(unwritable).refuses(&again);
    place.run_into(&reset, gone).refuses(unwritable).refuses(&again);
    assert!(place.run(&reset).object()["url"].as_str().is_some_and(|url| url.contains("/invitations/")));
    place
        .run_into(&rotate, broken().into_iter().next().expect("one"))
        .refuses(unwritable)
        .refuses("was made all the same");
    for arguments in [&list[..], &["tenant", "list"], &["--help"], &["--version"]] {
        for out in broken() {
            place.run_into(arguments, out).refuses(unwritable);
        }
    }
}

#[test]
fn with_nowhere_to_say_it_the_exit_code_tells() {
    let place = Place::new();
    for (out, errors) in broken().into_iter().zip(broken()) {
        let mut command = place.keystead(&["tenant", "list"]);
        let mut process = command.stdout(out).stderr(errors).spawn().expect("keystead starts");
        let status = eventually("it ends", || process.try_wait().expect("a process of ours"));
        assert_eq!(status.code(), Some(1));
    }
}

#[test]
fn a_portal_that_cannot_say_that_it_is_ready_serves_all_the_same() {
    let place = Place::new();
    for out in broken() {
        // Without an administrator, the link is what it is started for.
        place.run_into(&["--listen", "127.0.0.1:0"], out).refuses("standard output cannot be written");
    }
    assert!(place.init().status.success());
    for out in broken() {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let mut command = place.keystead(&["--listen", &free.to_string()]);
        let mut process = command.stdout(out).stderr(Stdio::null()).spawn().expect("keystead starts");
        eventually("it serves", || TcpStream::connect(free).ok());
        let asked = std::process::Command::new("kill").arg(process.id().to_string()).status().expect("a kill command");
        assert!(asked.success());
        let status = eventually("it ends", || process.try_wait().expect("a process of ours"));
        assert_eq!(status.code(), Some(0));
    }
}
