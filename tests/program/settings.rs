//! Settings: where they come from, which source wins, and what is said about a wrong one.

use keystead::config::SETTINGS;

use crate::support::Place;

/// A setting and a value that makes no sense.
const WRONG: [(&str, &str); 13] = [
    ("listen", "8080"),
    ("database_url", "mysql://ada@db/keystead"),
    ("database_url_file", "nowhere/url"),
    ("public_url", "keys.acme.example"),
    ("environment", "Live"),
    ("trusted_proxies", "10.0.0.0/33"),
    ("gateway_addresses", "the gateway"),
    ("insecure_http", "maybe"),
    ("smtp_url", "mail.acme.example:587"),
    ("smtp_url_file", "nowhere/url"),
    ("smtp_from", "keystead"),
    ("log", "keystead=loud"),
    ("log_format", "xml"),
];

fn flag(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn variable(name: &str) -> &'static str {
    SETTINGS.iter().find(|setting| setting.name == name).expect("a setting").variable
}

#[test]
fn every_setting_is_tried_with_a_wrong_value() {
    // Two are paths: what is wrong with them is said of the file (files.rs, start.rs).
    let tried = WRONG.map(|(name, _)| name).into_iter().chain(["data_dir", "secret_file"]);
    let mut tried = tried.collect::<Vec<_>>();
    let mut all = SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>();
    tried.sort_unstable();
    all.sort_unstable();
    assert_eq!(tried, all);
}

#[test]
fn a_wrong_flag_is_named() {
    for (name, value) in WRONG {
        let place = Place::new();
        place.run(&[&flag(name), value]).refuses(&flag(name));
        place.run(&["serve", &flag(name), value]).refuses(&flag(name));
        assert!(!place.path("data").exists(), "nothing is made before the settings make sense");
    }
}

#[test]
fn a_wrong_variable_is_named() {
    for (name, value) in WRONG {
        Place::new().run_with(&[], &[(variable(name), value)]).refuses(variable(name));
    }
}

#[test]
fn a_wrong_line_of_the_file_is_named() {
    for (name, value) in WRONG {
        let place = Place::new();
        place.write("keystead.toml", &format!("{name} = \"{value}\"\n"));
        place.run(&[]).refuses(&format!("{name} in keystead.toml"));
    }
}

#[test]
fn a_wrong_value_stays_one_line_whatever_is_in_it() {
    let said = Place::new().run(&["--environment", "a\nkeystead: all is well\u{1b}[2J"]);
    said.refuses("--environment").says_nothing_of("\u{1b}");
}

#[test]
fn what_is_unknown_is_named() {
    let place = Place::new();
    place.run_with(&[], &[("KEYSTEAD_LISTN", "127.0.0.1:0")]).refuses("KEYSTEAD_LISTN");
    place.run(&["--listn", "127.0.0.1:0"]).refuses("--listn");
    place.run(&["sreve"]).refuses("sreve");
    place.run(&["serve", "now"]).refuses("now");
    place.run(&["--listen"]).refuses("--listen");
    place.write("keystead.toml", "listn = \"127.0.0.1:0\"\n");
    place.run(&[]).refuses("listn in keystead.toml");
    place.write("keystead.toml", "listen = \"127.0.0.1:0\"\n[proxy]\nlisten = \"x\"\n");
    place.run(&[]).refuses("proxy in keystead.toml");
    place.write("keystead.toml", "log = \"info\"\nlisten = \n");
    place.run(&[]).refuses("keystead.toml is not TOML, line 2");
    place.write("keystead.toml", "listen = \"127.0.0.1:0\"\nlisten = \"127.0.0.1:0\"\n");
    place.run(&[]).refuses("keystead.toml is not TOML, line 2");
}

#[test]
fn kubernetes_may_add_its_variables_for_a_service_named_keystead() {
    let of_kubernetes = [
        ("KEYSTEAD_SERVICE_HOST", "10.0.0.7"),
        ("KEYSTEAD_SERVICE_PORT", "8080"),
        ("KEYSTEAD_SERVICE_PORT_HTTP", "8080"),
        ("KEYSTEAD_PORT", "tcp://10.0.0.7:8080"),
        ("KEYSTEAD_PORT_8080_TCP", "tcp://10.0.0.7:8080"),
        ("KEYSTEAD_PORT_8080_TCP_PROTO", "tcp"),
        ("KEYSTEAD_PORT_8080_TCP_PORT", "8080"),
        ("KEYSTEAD_PORT_8080_TCP_ADDR", "10.0.0.7"),
        ("KEYSTEAD_ADMIN_SERVICE_HOST", "fd00::7"),
        ("KEYSTEAD_ADMIN_SERVICE_PORT", "443"),
        ("KEYSTEAD_ADMIN_PORT", "tcp://[fd00::7]:443"),
        ("KEYSTEAD_ADMIN_PORT_443_TCP", "tcp://[fd00::7]:443"),
        ("KEYSTEAD_ADMIN_PORT_443_TCP_ADDR", "fd00::7"),
    ];
    let place = Place::new();
    place.serve_with(&["--listen", "127.0.0.1:0"], &of_kubernetes).stops();
    for (name, value) in [
        ("KEYSTEAD_PORT", "8080"),
        ("KEYSTEAD_SERVICE_HOST", "keys.acme.example"),
        ("KEYSTEAD_HOST", "10.0.0.7"),
        ("KEYSTEAD_LISTEN_PORT", "8080"),
        ("KEYSTEAD_PORT_8080_TCP_NAME", "tcp"),
    ] {
        let mut variables = of_kubernetes.to_vec();
        variables.retain(|(other, _)| *other != name);
        variables.push((name, value));
        place.run_with(&[], &variables).refuses(&format!("{name} is unknown"));
    }
}

#[test]
fn a_log_filter_that_would_silence_keystead_by_mistake_is_refused() {
    let place = Place::new();
    for filter in
        ["verbose", "warning", "keystead", "keystad=debug", "actix_web=debug", "info,keystead=", "info,verbose", ","]
    {
        place.run(&["--log", filter]).refuses("--log");
        place.run_with(&[], &[("KEYSTEAD_LOG", filter)]).refuses("KEYSTEAD_LOG");
    }
    for filter in ["off", "WARN", "keystead=debug", "keystead::web=debug,actix_web=info", "info,mio=off"] {
        place.serve_with(&["--listen", "127.0.0.1:0", "--log", filter], &[]).stops();
    }
}

#[test]
fn values_and_files_from_other_systems_are_read_or_refused_and_never_taken_for_others() {
    let place = Place::new();
    for name in ["data_dir", "secret_file", "database_url", "smtp_url"] {
        let said = place.run_with(&[], &[(variable(name), "sqlite:data\r")]);
        said.refuses(variable(name)).refuses("control character");
    }
    place.write("url", "\u{feff}sqlite:other.db\r\n");
    place.write("keystead.toml", "\u{feff}listen = \"127.0.0.1:0\"\r\ndatabase_url_file = \"url\"\r\n");
    place.serve_with(&[], &[]).stops();
    let secret = place.read("data/keystead.secret");
    place.write("data/keystead.secret", &format!("\u{feff}{}\r\n", secret.trim()));
    place.serve_with(&[], &[]).stops();
    assert!(place.path("other.db").exists());
    place.write("url", "sqlite:other.db\nsqlite:third.db\n");
    place.run(&[]).refuses("more than one line");
}

#[test]
fn a_settings_file_that_is_named_has_to_be_there() {
    let place = Place::new();
    place.run(&["--config", "other.toml"]).refuses("other.toml");
    place.run_with(&[], &[("KEYSTEAD_CONFIG", "other.toml")]).refuses("other.toml");
    place.write("keystead.toml", "listen = \"nonsense\"\n");
    place.write("other.toml", "listen = \"127.0.0.1:0\"\n");
    place.serve_with(&["--config", "other.toml"], &[]).stops();
    place.serve_with(&[], &[("KEYSTEAD_CONFIG", "other.toml")]).stops();
}

#[test]
fn a_flag_beats_a_variable_a_variable_the_file_and_the_file_the_default() {
    let place = Place::new();
    let host = |arguments: &[&str], variables: &[(&str, &str)]| {
        let portal = place.serve_with(arguments, variables);
        portal.address().split(':').next().unwrap_or_default().to_owned()
    };
    place.write("keystead.toml", "listen = \"127.0.0.2:0\"\ndata_dir = \"elsewhere\"\n");
    let (flag, variable) = (["--listen", "127.0.0.4:0"], [("KEYSTEAD_LISTEN", "127.0.0.3:0")]);
    assert_eq!(host(&[], &[]), "127.0.0.2");
    assert_eq!(host(&[], &[("KEYSTEAD_LISTEN", "")]), "127.0.0.2", "an empty variable is one that is not set");
    assert_eq!(host(&[], &variable), "127.0.0.3");
    assert_eq!(host(&flag, &variable), "127.0.0.4");
    assert_eq!(host(&["serve", "--listen", "127.0.0.4:0"], &variable), "127.0.0.4");
    assert!(place.path("elsewhere/keystead.db").exists() && !place.path("data").exists());

    place.write("keystead.toml", "");
    assert_eq!(host(&["--listen", "127.0.0.1:0"], &[]), "127.0.0.1");
    assert!(place.path("data/keystead.db").exists());
}

#[test]
fn help_lists_every_setting() {
    let place = Place::new();
    for arguments in [&["--help"][..], &["-h"], &["serve", "--help"], &["help"], &["help", "serve"]] {
        let help = place.run(arguments);
        assert!(help.status.success() && help.err.is_empty(), "{arguments:?}: {help:?}");
        let text = help.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for setting in SETTINGS {
            let flag = flag(setting.name);
            assert!(help.out.contains(&format!("{flag} ")), "{arguments:?} does not list {flag}");
            assert!(text.contains(setting.help), "{arguments:?} does not explain {flag}");
            assert!(text.contains(&format!("[env: {}]", setting.variable)), "{arguments:?}: {}", setting.variable);
            assert!(text.contains(setting.default), "{arguments:?} does not say what {flag} is by default");
        }
        assert!(text.contains("KEYSTEAD_CONFIG"));
    }
    assert!(!place.path("data").exists());
}

#[test]
fn the_version_is_said() {
    let said = Place::new().run(&["--version"]);
    assert_eq!(said.out, format!("keystead {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_password_of_a_database_is_never_printed() {
    let place = Place::new();
    for url in [
        "mysql://ada:hunter2@127.0.0.1/keystead",
        "postgres://ada:hunter2@127.0.0.1:1/keystead",
        "postgres://127.0.0.1:1/keystead?user=ada&password=hunter2",
    ] {
        place.write("url", url);
        for said in [
            place.run(&["--database-url", url, "--log", "trace"]),
            place.run_with(&["--log", "trace"], &[("DATABASE_URL", url)]),
            place.run(&["--database-url-file", "url", "--log", "trace"]),
        ] {
            assert_eq!(said.status.code(), Some(1), "{said:?}");
            assert!(!said.err.is_empty());
            said.says_nothing_of("hunter2");
        }
    }
}

#[test]
fn a_password_that_should_have_been_percent_encoded_is_not_printed_either() {
    let place = Place::new();
    for password in ["hunter2#3", "hunter2?3", "hunter2/3", "hunter2@3", "hunter2%zz", "hunter2:3", "hun ter2"] {
        let url = format!("postgres://ada:{password}@127.0.0.1:1/keystead");
        place.run(&["--database-url", &url]).refuses("database").says_nothing_of("hunter2").says_nothing_of("ter2");
    }
}

#[test]
fn the_database_url_can_come_from_a_file() {
    let place = Place::new();
    std::fs::create_dir(place.path("data")).unwrap();
    place.write("url", "sqlite:data/other.db\n");
    let by_flag = ["--listen", "127.0.0.1:0", "--database-url-file", "url"];
    place.serve_with(&by_flag, &[]).stops();
    place.serve_with(&["--listen", "127.0.0.1:0"], &[("KEYSTEAD_DATABASE_URL_FILE", "url")]).stops();
    assert!(place.path("data/other.db").exists() && !place.path("data/keystead.db").exists());

    place.run_with(&by_flag, &[("DATABASE_URL", "sqlite:data/keystead.db")]).refuses("database_url_file");
    place.write("url", "\n");
    place.run(&by_flag).refuses("url");
    assert!(!place.path("data/keystead.db").exists(), "no other database is taken instead");
}

#[test]
fn the_password_of_a_mail_server_is_never_printed() {
    let place = Place::new();
    for url in [
        "http://ada:hunter2@127.0.0.1",
        "smtp://ada:hunter2",
        "smtps://ada:hunter2@127.0.0.1?tls=none",
        "smtp://ada:hunter2#3@127.0.0.1",
        "smtp://ada:hunter2?3@127.0.0.1",
        "smtp://ada:hunter2/3@127.0.0.1",
        "smtp://ada:hunter2@3@127.0.0.1",
        "smtp://ada:hunter2%zz@127.0.0.1",
        "smtp://ada:hun ter2@127.0.0.1",
    ] {
        place.write("url", url);
        for (said, named) in [
            (place.run(&["--smtp-url", url, "--log", "trace"]), "--smtp-url"),
            (place.run_with(&["--log", "trace"], &[("KEYSTEAD_SMTP_URL", url)]), "KEYSTEAD_SMTP_URL"),
            (place.run(&["--smtp-url-file", "url", "--log", "trace"]), "url"),
        ] {
            said.refuses(named).says_nothing_of("hunter2").says_nothing_of("ter2");
        }
    }
    place.write("url", "smtp://ada:hunter2@127.0.0.1:1\n");
    let portal = ["--listen", "127.0.0.1:0", "--log", "trace", "--smtp-url-file", "url"];
    place.serve_with(&portal, &[]).stops();
    assert!(!place.read("log").contains("hunter2"));
}

#[test]
fn the_url_of_a_mail_server_is_said_once() {
    let place = Place::new();
    place.write("url", "smtps://mail.acme.example\n");
    let by_file = ["--smtp-url-file", "url"];
    place.run_with(&by_file, &[("KEYSTEAD_SMTP_URL", "smtps://mail.acme.example")]).refuses("smtp_url_file");
    place.write("url", "\n");
    place.run(&by_file).refuses("url is neither smtp://");
    assert!(!place.path("data").exists(), "nothing is made before the settings make sense");
}

#[test]
fn the_scheme_alone_says_which_database() {
    let place = Place::new();
    place.run(&["--database-url", "postgres://ada@127.0.0.1:1/keystead"]).refuses("cannot be opened");
    assert!(!place.path("data/keystead.db").exists());
    place.run(&["--database-url", "data/keystead.db"]).refuses("sqlite:PATH");
}

#[test]
fn beyond_this_machine_somebody_has_to_say_how_keys_are_protected() {
    let place = Place::new();
    place.run(&["--listen", "0.0.0.0:0"]).refuses("public_url");
    place.run(&["--listen", "0.0.0.0:0", "--public-url", "https://keys.acme.example"]).refuses("trusted_proxies");
    place.run(&["--public-url", "http://keys.acme.example"]).refuses("insecure_http");
    place.run(&["--public-url", "https://keys.acme.example", "--insecure-http", "true"]).refuses("insecure_http");
}

/// README.md has a row for each setting: | `listen` | `KEYSTEAD_LISTEN` | default | meaning |
#[test]
fn the_readme_lists_the_settings_as_they_are() {
    let expected = SETTINGS
        .iter()
        .map(|s| format!("| `{}` | `{}` | {} | {} |", s.name, s.variable, s.default, s.help))
        .collect::<Vec<_>>();
    let table = format!("| setting | variable | default | meaning |\n|---|---|---|---|\n{}\n", expected.join("\n"));
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap_or_default();
    let rows = readme.lines().map(cells).filter(|cells| cells.len() == 4 && is_a_setting(&cells[0]));
    let rows = rows.map(|cells| cells.join(" | ")).collect::<Vec<_>>();
    let expected = expected.iter().map(|line| cells(line).join(" | ")).collect::<Vec<_>>();
    assert!(rows == expected, "the table of settings in README.md should be:\n\n{table}");
}

/// The texts between the bars of a row; nothing for other lines.
fn cells(line: &str) -> Vec<String> {
    let row = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|'));
    row.map_or_else(Vec::new, |row| row.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// A word in lower case and code quotes.
fn is_a_setting(cell: &str) -> bool {
    let word = cell.strip_prefix('`').and_then(|word| word.strip_suffix('`'));
    word.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}
