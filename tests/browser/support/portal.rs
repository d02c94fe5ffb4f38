use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

use tempfile::TempDir;

use super::patience::PATIENCE;

/// A running Keystead with an empty database, as it is on the first day. Ends with the test.
pub struct Portal {
    process: Child,
    /// `http://127.0.0.1:PORT`
    pub address: String,
    /// The set-up link it printed.
    pub setup_link: String,
    /// The password of the people of the demo.
    pub password: String,
    directory: TempDir,
}

impl Portal {
    pub fn start() -> Portal {
        Portal::of(&["serve", "--data-dir", "data"], |portal| !portal.setup_link.is_empty())
    }

    /// The demo, with everything that happened in it.
    pub fn demo() -> Portal {
        Portal::of(&["demo"], |portal| !portal.password.is_empty())
    }

    fn of(arguments: &[&str], is_ready: impl Fn(&Portal) -> bool) -> Portal {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let log = File::create(directory.path().join("log")).expect("a log file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
        command
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            // A demo that is killed leaves what it made here.
            .env("TMPDIR", directory.path())
            // No keystead.toml is found here.
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        forget_settings(&mut command);
        let mut process = command.spawn().expect("keystead starts");

        let lines = lines_of(process.stdout.take().expect("its output is piped"));
        let (address, setup_link, password) = Default::default();
        let mut portal = Portal { process, address, setup_link, password, directory };
        while portal.address.is_empty() || !is_ready(&portal) {
            let line = lines.recv_timeout(PATIENCE).expect(
                "Keystead says that it is ready and who can sign in, or where to create the first administrator",
            );
            if let Some(address) = line.strip_prefix("Keystead is ready at ") {
                portal.address = address.trim().trim_end_matches('/').to_owned();
            }
            if let Some(link) = line.strip_prefix("Create the first administrator at ") {
                portal.setup_link = link.trim().to_owned();
            }
            if line.contains("ada@acme.example") {
                portal.password = line.split_whitespace().next_back().unwrap_or_default().to_owned();
            }
        }
        portal
    }

    fn log(&self) -> String {
        read(&self.directory.path().join("log"))
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            eprintln!("--- what Keystead logged\n{}---", self.log());
        }
    }
}

/// What is set for this test run, or for a Keystead on this machine, is not meant for this one.
fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KEYSTEAD_") || name == "DATABASE_URL" {
            command.env_remove(name);
        }
    }
}

/// The lines a process prints, as they come. Goes on reading to the end, so that it can go on printing.
pub fn lines_of(output: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Nobody may be listening any more.
            let _ = sender.send(line);
        }
    });
    lines
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| format!("(no log: {error})\n"))
}
