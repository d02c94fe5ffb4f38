//! What is logged, at the most talkative level: never a secret, and one line for each event whatever people send.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, PASSWORD, Person, Place, on_both, token, verify};

const WRONG_PASSWORD: &str = "the southern gate creaks";
const IVYS_PASSWORD: &str = "the west gate is painted";
const IVYS_NEXT_PASSWORD: &str = "the east gate is shut";

on_both! {
    async fn no_secret_reaches_the_log_as_text(place: Place) {
        no_secret_reaches_the_log(&place, "trace", "text").await;
    }

    async fn no_secret_reaches_the_log_as_json(place: Place) {
        no_secret_reaches_the_log(&place, "trace", "json").await;
    }
}

#[tokio::test]
async fn no_secret_reaches_the_log_when_a_librarys_own_modules_are_named() {
    const MODULES: &str = "trace,actix_http::h1=trace,actix_http::h1::dispatcher=trace,actix_http::h1::decoder=trace,\
        actix_http::requests=trace,actix_session::middleware=trace,actix_web::middleware=trace,actix_server::worker=trace,\
        multer::multipart=trace,actix_http[x]=trace";
    no_secret_reaches_the_log(&Place::new(), MODULES, "text").await;
}

async fn no_secret_reaches_the_log(place: &Place, level: &str, format: &str) {
    let variables = [("KEYSTEAD_LOG", level), ("KEYSTEAD_LOG_FORMAT", format)];
    let portal = place.serve_with(&["--listen", "127.0.0.1:0"], &variables);
    let link = portal.setup_link.clone().expect("a link");
    let code = link.split_once("code=").expect("a code").1.to_owned();
    let mut secrets = vec![code.clone(), PASSWORD.to_owned(), WRONG_PASSWORD.to_owned()];
    secrets.extend([PASSWORD, WRONG_PASSWORD].map(|password| password.replace(' ', "+")));

    // Set-up, with a wrong code and a weak password first.
    let mut ada = Person::at(&portal.origin);
    ada.get(&format!("/setup?code={code}")).await.is(200);
    for (code, password, status) in [(&code[..30], PASSWORD, 422), (&code, "short secret", 422), (&code, PASSWORD, 303)]
    {
        let fields = [
            ("organization", "Acme Works"),
            ("slug", "acme"),
            ("name", "Ada Lovelace"),
            ("email", "ada@acme.example"),
            ("password", password),
            ("code", code),
        ];
        ada.post("/setup", &fields).await.is(status);
    }
    secrets.push("short secret".into());
    ada.get(&format!("/setup?code={code}")).await.is(404);
    ada.get("/api-keys").await.is(200);
    ada.post("/logout", &[]).await.is(303);
    ada.signs_in("ada@acme.example", WRONG_PASSWORD).await.is(422);
    // Somebody types the password where the address belongs.
    ada.signs_in(&format!("{WRONG_PASSWORD}@acme.example"), PASSWORD).await.is(422);
    ada.signs_in("ada@acme.example", PASSWORD).await.is(303);
    ada.get("/api-keys").await.is(200);

    // Somebody who is invited, from the page and from the shell, and passwords that are chosen, well and badly.
    const WEAK: &str = "just a few";
    let invited = [("email", "ivy@acme.example"), ("name", "Ivy"), ("role-member", "on")];
    let by_page = ada.post("/users/new", &invited).await.is(200).link_code();
    let again = place.run(&["user", "reset", "--tenant", "acme", "--email", "ivy@acme.example", "--log", "trace"]);
    assert!(again.status.success(), "{again:?}");
    let by_shell = again.out.split("/invitations/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(!again.err.contains(by_shell), "{}", again.err);
    let mut ivy = Person::at(&portal.origin);
    for (code, status) in [(by_page.as_str(), 404), (&by_shell[..30], 404), (by_shell, 200)] {
        ivy.get(&format!("/invitations/{code}")).await.is(status);
        ivy.get(&format!("/invitations/{code}?code={code}")).await.is(status);
    }
    for (code, password, status) in [
        (by_page.as_str(), IVYS_PASSWORD, 404),
        (by_shell, WEAK, 422),
        (by_shell, IVYS_PASSWORD, 303),
        (by_shell, IVYS_PASSWORD, 403),
    ] {
        ivy.post(&format!("/invitations/{code}"), &[("name", "Ivy"), ("password", password)]).await.is(status);
    }
    ivy.get("/account").await.is(200);
    for (current, password, status) in [
        (WRONG_PASSWORD, IVYS_NEXT_PASSWORD, 422),
        (IVYS_PASSWORD, WEAK, 422),
        (IVYS_PASSWORD, IVYS_PASSWORD, 422),
        (IVYS_PASSWORD, IVYS_NEXT_PASSWORD, 303),
    ] {
        ivy.post("/account/password", &[("current", current), ("password", password)]).await.is(status);
    }
    ivy.get("/account").await.is(200);
    secrets.extend([IVYS_PASSWORD, IVYS_NEXT_PASSWORD, WEAK].map(str::to_owned));
    secrets.extend([IVYS_PASSWORD, IVYS_NEXT_PASSWORD, WEAK].map(|password| password.replace(' ', "+")));
    for code in [by_page.as_str(), by_shell] {
        secrets.extend([code.to_owned(), code[4..24].to_owned(), code[27..].to_owned()]);
    }

    // A key, and all that may be done with it, well and badly.
    let key = ada.makes_key("billing-sync").await;
    let part = key.secret.rsplit('_').next().expect("a secret part").to_owned();
    secrets.extend([part.clone(), part[..20].to_owned(), part[20..].to_owned()]);
    secrets.push(STANDARD.encode(format!("{}:{}", key.client_id, key.secret)));
    let client = ada.client.clone();
    let origin = portal.origin.clone();
    let token_url = format!("{origin}/acme/oauth2/token");
    let by_basic = token(&client, &origin, &key).await.expect("an answer").json();
    let body = [("grant_type", "client_credentials"), ("client_id", "billing-sync"), ("client_secret", &key.secret)];
    let by_body = Answer::of(client.post(&token_url).form(&body)).await.expect("an answer").json();
    for given in [by_basic, by_body] {
        let token = given["access_token"].as_str().expect("a token").to_owned();
        secrets.push(token.rsplit('.').next().expect("a signature").to_owned());
        verify(&client, &origin, &token).await.expect("an answer");
        secrets.push(token);
    }
    let access_token = secrets.last().cloned().unwrap_or_default();
    let secret = &key.secret;
    for request in [
        client.post(format!("{token_url}?client_secret={secret}")).form(&body[..2]),
        client.post(format!("{token_url}?key={secret}")).form(&body[..2]),
        client.post(format!("{token_url}?client_secret={secret}&client_secret={secret}")).form(&body[..2]),
        client.post(&token_url).basic_auth(secret, Some(secret)).form(&body[..1]),
        client.post(&token_url).bearer_auth(secret).form(&body[..1]),
        client.post(&token_url).header("authorization", format!("Basic {secret}")).form(&body[..1]),
        client.post(&token_url).form(&[("grant_type", secret.as_str())]),
        client.post(&token_url).header("content-type", "text/plain").body(secret.clone()),
        client
            .post(&token_url)
            .header("content-type", format!("multipart/form-data; boundary={secret}"))
            .body(secret.clone()),
        client
            .post(format!("{origin}/{secret}/oauth2/token"))
            .basic_auth("billing-sync", Some(secret))
            .form(&body[..1]),
        client.get(format!("{token_url}?client_secret={secret}")),
        client.get(format!("{origin}/api/v1/verify?key={secret}")),
        client.post(format!("{origin}/api/v1/verify?key={secret}")).body("{}"),
        client
            .post(format!("{origin}/api/v1/verify"))
            .header("content-type", "application/json")
            .body(format!("{{\"key\":\"{secret}\",\"{secret}\":1}}")),
        client
            .post(format!("{origin}/api/v1/verify"))
            .header("content-type", "application/json")
            .body(format!("{{\"key\":\"{secret}\"")),
        client
            .post(format!("{origin}/api/v1/verify"))
            .header("content-type", "application/json")
            .body(format!("{{\"key\":\"{secret}\",\"permission\":\"{secret}\",\"ip\":\"{secret}\"}}")),
        client
            .post(format!("{origin}/api/v1/verify"))
            .header("content-type", "application/json")
            .body(format!("{{\"key\":\"{}x\"}}", secret)),
        client.get(format!("{origin}/{secret}")),
        client.get(format!("{origin}/?key={secret}")),
        client.get(format!("{origin}/api-keys/{secret}?key={secret}")),
        client.get(format!("{origin}/api/v1/nothing/{secret}")).bearer_auth(&access_token),
        client.get(format!("{origin}/acme/oauth2/jwks?access_token={access_token}")),
        client
            .get(format!("{origin}/healthz"))
            .header("x-api-key", secret)
            .header("user-agent", secret)
            .header("referer", secret),
        client.request(reqwest::Method::from_bytes(secret.as_bytes()).expect("a method"), format!("{origin}/login")),
        client.post(format!("{origin}/login")).header("origin", format!("http://{secret}")).body(secret.clone()),
    ] {
        let answer = Answer::of(request).await.expect("an answer");
        assert!(answer.status.as_u16() < 500, "{answer:?}");
        assert!(!answer.body.contains(&part), "an answer repeats the secret: {}", answer.body);
    }
    for path in [
        format!("/login?next=/{secret}"),
        format!("/api-keys?after={secret}"),
        format!("/api-keys?q={secret}"),
        format!("/api-keys/export?q={secret}"),
        format!("/audit?before={secret}"),
    ] {
        ada.get(&path).await;
    }
    // Somebody looks for the key by its secret.
    ada.get("/api-keys").await.is(200);
    let found = ada.post("/api-keys/search", &[("q", secret)]).await.is(303);
    assert!(!format!("{:?} {}", found.headers, found.body).contains(&part));
    assert_eq!(verify(&client, &origin, secret).await.expect("an answer").json()["code"], "VALID");
    assert!(ada.tries_to_delete(&key).await.is_ok());
    assert_eq!(verify(&client, &origin, secret).await.expect("an answer").json()["code"], "DELETED");
    ada.get("/api-keys").await.is(200);
    ada.get("/audit").await.is(200);
    ada.post("/logout", &[]).await.is(303);
    // Cookies as they were sent, and tokens of forms. "deleted" and such are no secrets.
    let given = ada.given.iter().chain(&ivy.given);
    secrets.extend(given.filter(|value| value.len() >= 20).cloned());
    let out = portal.out().replace(&link, "");
    let log = portal.log();
    portal.stops();

    assert!(log.lines().filter(|line| line.contains("request")).count() > 40, "the log is there:\n{log}");
    for (name, text) in [("the log", &log), ("standard output", &out)] {
        for secret in &secrets {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert!(line.is_none(), "{secret} is in {name}: {}", line.unwrap_or_default());
        }
    }
    assert_lines(&log, format);
}

/// A mail server that lets nobody in repeats the password that it was told, and one that is satisfied takes the letter.
#[cfg(feature = "test-smtp")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_of_a_letter_reaches_the_log() {
    use crate::support::{Behaviour, MailServer};

    const MAIL_PASSWORD: &str = "hunter2isnotit";
    for (format, right, without) in
        [("text", true, "LOGIN"), ("text", true, "PLAIN"), ("json", false, "LOGIN"), ("text", false, "PLAIN")]
    {
        let user = Some(("keystead", if right { MAIL_PASSWORD } else { "another" }));
        let without: &[&str] = if without == "LOGIN" { &["LOGIN"] } else { &["PLAIN"] };
        let mut server = MailServer::that(&Behaviour { user, without, ..Behaviour::default() });
        let url = format!("smtp://keystead:{MAIL_PASSWORD}@127.0.0.1:{}?tls=none", server.port);
        let place = Place::new();
        assert!(place.init().status.success());
        let variables =
            [("KEYSTEAD_LOG", "trace"), ("KEYSTEAD_LOG_FORMAT", format), ("KEYSTEAD_SMTP_URL", url.as_str())];
        let portal = place.serve_with(&["--listen", "127.0.0.1:0"], &variables);
        let mut ada = Person::at(&portal.origin);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/users/new").await.is(200);
        let page = ada.post("/users/new", &[("email", "ivy@acme.example"), ("role-member", "on")]).await;
        let code = if right {
            page.is(303);
            let text = server.letter().await.text;
            let code = text.split("/invitations/").nth(1).and_then(|rest| rest.split_whitespace().next());
            code.expect("a link").to_owned()
        } else {
            page.is(200).says("could not be sent").says_nothing_of(MAIL_PASSWORD).link_code()
        };
        let (log, out) = (portal.log(), portal.out());
        portal.stops();
        let plain = STANDARD.encode(format!("\0keystead\0{MAIL_PASSWORD}"));
        for secret in [MAIL_PASSWORD, &STANDARD.encode(MAIL_PASSWORD), &plain, &code, &code[4..24], &code[27..]] {
            let line = log.lines().chain(out.lines()).find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} is in the log: {}", line.unwrap_or_default());
        }
        assert_eq!(log.contains("could not be mailed"), !right, "{log}");
        assert_lines(&log, format);
    }
}

/// Every line is an event of its own.
#[track_caller]
fn assert_lines(log: &str, format: &str) {
    assert!(log.lines().count() > 0 && !log.contains('\u{1b}'));
    for line in log.lines() {
        if format == "json" {
            let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(event["timestamp"].is_string() && event["level"].is_string(), "{line}");
        } else {
            let mut words = line.split_whitespace();
            let (time, level) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            assert!(time.len() == 27 && time.ends_with('Z') && time.contains('T'), "not a log line: {line}");
            assert!(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level), "not a log line: {line}");
        }
    }
}

#[tokio::test]
async fn what_people_send_makes_no_log_lines_of_its_own() {
    for format in ["text", "json"] {
        let place = Place::new();
        assert!(place.init().status.success());
        let variables = [("KEYSTEAD_LOG", "trace"), ("KEYSTEAD_LOG_FORMAT", format)];
        let portal = place.serve_with(&["--listen", "127.0.0.1:0"], &variables);
        let injected = "x\r\n2026-11-23T14:32:00.000000Z  INFO FORGED\u{1b}[2J\u{2028}FORGED\u{85}FORGED";
        let encoded: String =
            form_urlencoded::byte_serialize(injected.as_bytes()).collect::<String>().replace('+', "%20");
        let mut eve = Person::at(&portal.origin);
        eve.get(&format!("/{encoded}?{encoded}={encoded}")).await.is(404);
        eve.get(&format!("/api-keys/{encoded}")).await;
        eve.signs_in(injected, injected).await.is(422);
        let url = format!("{}/acme/oauth2/token", portal.origin);
        let body = [("grant_type", "client_credentials"), ("client_id", injected), ("client_secret", injected)];
        Answer::of(eve.client.post(&url).form(&body)).await.unwrap();
        Answer::of(eve.client.post(&url).basic_auth(&encoded, Some(&encoded)).form(&body[..1])).await.unwrap();
        verify(&eve.client, &portal.origin, injected).await.unwrap();
        Answer::of(eve.client.get(format!("{}/{encoded}/oauth2/jwks", portal.origin))).await.unwrap();
        for bytes in [
            &b"GET /login HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x1b[2JFORGED\r\nConnection: close\r\n\r\n"[..],
            b"GET /login HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x0bFORGED\xff\xfe\xe2\x80\xa8FORGED\r\nConnection: close\r\n\r\n",
            b"GET /\x1b[2J\xe2\x80\xa8FORGED HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"FORGED\x1b[2J /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"GET /login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: FORGED\r\n folded\r\nConnection: close\r\n\r\n",
        ] {
            let mut stream = TcpStream::connect(portal.address()).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 "));
        }
        let log = portal.log();
        portal.stops();
        assert_lines(&log, format);
        assert!(!log.contains(['\u{2028}', '\u{85}']), "other line ends");
        assert!(!log.lines().any(|line| line.starts_with("2026-11-23T14:32:00")), "{log}");
    }
}

#[tokio::test]
async fn each_request_has_one_line_with_its_route_and_not_its_address() {
    let place = Place::new();
    let portal = place.serve_with(
        &["--listen", "127.0.0.1:0"],
        &[("KEYSTEAD_LOG_FORMAT", "json"), ("KEYSTEAD_LOG", "keystead=debug")],
    );
    let answer =
        Answer::of(reqwest::Client::new().get(format!("{}/acme/oauth2/jwks?x=1", portal.origin))).await.unwrap();
    let id = answer.header("x-request-id").to_owned();
    let log = portal.log();
    let lines = log.lines().filter(|line| line.contains(&id)).collect::<Vec<_>>();
    let [line] = lines[..] else { panic!("{lines:?}") };
    let event: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&event["route"], &event["status"]), (&"/{tenant}/oauth2/jwks".into(), &404.into()), "{line}");
    assert!(!line.contains("acme"));
}
