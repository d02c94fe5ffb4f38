//! A program that runs, and how it is ended.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use super::eventually;

/// A running portal. Killed with the test.
pub struct Running {
    process: Child,
    /// `http://127.0.0.1:PORT`
    pub origin: String,
    /// The link for the first administrator, while there is none.
    pub setup_link: Option<String>,
    out: PathBuf,
    log: PathBuf,
}

impl Running {
    /// Waits until it says that it is ready.
    pub fn start(mut command: Command, out: &Path, log: &Path) -> Self {
        let errors = File::create(log).expect("a file");
        command.stderr(errors);
        Self::start_as_it_is(command, out, log)
    }

    /// As [`Running::start`], with standard error where the command has it. `log` is a file that it may or may not write.
    pub fn start_as_it_is(mut command: Command, out: &Path, log: &Path) -> Self {
        command.stdout(File::create(out).expect("a file"));
        let process = command.spawn().expect("keystead starts");
        let (out, log) = (out.to_owned(), log.to_owned());
        let mut portal = Self { process, origin: String::new(), setup_link: None, out, log };
        eventually("Keystead is ready", || {
            assert!(portal.is_alive(), "it ended: {}", portal.log());
            // It answers only after both lines are out.
            let line = portal.out().lines().next()?.strip_prefix("Keystead is ready at ")?.to_owned();
            portal.origin = line;
            std::net::TcpStream::connect(portal.address()).ok()
        });
        eventually("it answers", || portal.answers_health().then_some(()));
        let out = portal.out();
        let link = out.lines().nth(1).and_then(|line| line.strip_prefix("Create the first administrator at "));
        portal.setup_link = link.map(str::to_owned);
        portal
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        self.origin.strip_prefix("http://").expect("an address")
    }

    /// All it printed on standard output.
    pub fn out(&self) -> String {
        fs::read_to_string(&self.out).expect("its output")
    }

    /// All it wrote to standard error.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).expect("its log")).into_owned()
    }

    pub fn is_alive(&mut self) -> bool {
        self.process.try_wait().expect("a process of ours").is_none()
    }

    fn answers_health(&self) -> bool {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(self.address()) else { return false };
        let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
    }

    /// `kill -9`: it has no time for anything.
    pub fn is_killed(&mut self) {
        self.process.kill().expect("it is killed");
        self.process.wait().expect("it ends");
    }

    /// Asks it to stop, as service managers do.
    pub fn is_asked_to_stop(&self) {
        self.is_sent("-TERM");
    }

    /// Gets a signal.
    pub fn is_sent(&self, signal: &str) {
        let pid = self.process.id().to_string();
        let asked = Command::new("kill").args([signal, &pid]).status().expect("a kill command");
        assert!(asked.success());
    }

    /// How it ended.
    pub fn end(&mut self) -> ExitStatus {
        eventually("the program ends", || self.process.try_wait().expect("a process of ours"))
    }

    /// Asked to stop, and ended well.
    pub fn stops(mut self) {
        self.is_asked_to_stop();
        assert_eq!(self.end().code(), Some(0), "{}", self.log());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines = log.lines().collect::<Vec<_>>();
            eprintln!("--- the end of the log\n{}\n---", lines[lines.len().saturating_sub(20)..].join("\n"));
        }
    }
}
