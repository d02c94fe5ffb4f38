//! A mail server of one's own: a real one, aiosmtpd, on a free port. Needs Debian's python3-aiosmtpd.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Longer than a letter takes on a busy machine: only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a mail server behaves.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// `none`, `starttls`, or `wrapped`: TLS from the first byte.
    pub tls: &'static str,
    /// The folder with `certificate.pem` and `key.pem`, for TLS.
    pub folder: PathBuf,
    /// Who has to sign in, and with which password.
    pub user: Option<(&'static str, &'static str)>,
    /// Ways to sign in that are not offered.
    pub without: &'static [&'static str],
    /// Whether addresses may hold any letters.
    pub utf8: bool,
    /// A recipient that is not known, or `everybody`.
    pub refuses: &'static str,
    /// Refuses each letter, and says why by repeating it.
    pub takes_it_for_spam: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            tls: "none",
            folder: PathBuf::new(),
            user: None,
            without: &[],
            utf8: true,
            refuses: "nobody",
            takes_it_for_spam: false,
        }
    }
}

/// A mail server that runs. Ends with the test.
pub struct MailServer {
    process: Child,
    letters: UnboundedReceiver<Received>,
    pub port: u16,
}

/// A letter as it arrived, decoded by somebody else's library.
#[derive(Debug, Clone, Deserialize)]
pub struct Received {
    /// Whom the server was told it is from.
    pub sender: String,
    /// Whom the server was told it is for.
    pub recipients: Vec<String>,
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    pub text: String,
    /// The letter as it travelled.
    pub raw: String,
    /// The name that the sender gave itself.
    pub hello: String,
    pub signed_in: bool,
    pub encrypted: bool,
}

impl MailServer {
    /// One that takes every letter from everybody, in plain text.
    pub fn start() -> Self {
        Self::that(&Behaviour::default())
    }

    /// One that behaves like this.
    pub fn that(behaviour: &Behaviour) -> Self {
        let Behaviour { tls, folder, user, without, utf8, refuses, takes_it_for_spam } = behaviour;
        let told = json!({
            "tls": tls, "user": user, "without": without, "utf8": utf8, "refuses": refuses,
            "takes_it_for_spam": takes_it_for_spam,
            "certificate": folder.join("certificate.pem"), "key": folder.join("key.pem"),
        });
        // Debian's own Python, which has the package, whatever else is on the PATH.
        let mut process = Command::new("/usr/bin/python3")
            .args(["-I", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal/support/smtp.py"), &told.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts: run scripts/install-test-packages");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let port = lines.next().and_then(|line| line.parse().ok());
        let port = port.expect("the mail server listens: run scripts/install-test-packages");
        let (sender, letters) = unbounded_channel();
        std::thread::spawn(move || {
            for line in lines {
                let letter = serde_json::from_str(&line).expect("a letter");
                if sender.send(letter).is_err() {
                    break;
                }
            }
        });
        Self { process, letters, port }
    }

    /// Its address for the settings: `smtp://127.0.0.1:PORT?tls=none`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// The next letter that it took, or takes.
    pub async fn letter(&mut self) -> Received {
        let letter = tokio::time::timeout(PATIENCE, self.letters.recv()).await;
        letter.expect("a letter arrives").expect("the mail server runs")
    }

    /// Whether it has a letter that nobody looked at. One that was sent to its end is there at once.
    pub fn has_letters(&self) -> bool {
        !self.letters.is_empty()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes `certificate.pem`, which certifies itself for these names, and `key.pem` in this folder.
pub fn certify(folder: &Path, names: &[&str]) {
    let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).expect("it is written");
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("it is written");
}
