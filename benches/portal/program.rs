//! Starting programs, and what the system says of them.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::visitor;

const KEYSTEAD: &str = env!("CARGO_BIN_EXE_keystead");
/// What Keystead says before its address.
pub const READY: &str = "Keystead is ready at ";

/// A server that is ready. Ends when it is dropped.
pub struct Running {
    process: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
    // The process may print more.
    _output: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it, and waits for the line in which it says where it is ready.
    pub fn start(mut command: Command, line: &str) -> Running {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the program starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let address = (&mut output)
            .lines()
            .map_while(Result::ok)
            .find_map(|said| said.strip_prefix(line).map(str::to_owned))
            .expect("it says where it is ready");
        let address = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Running { process, address, _output: output }
    }

    /// In bytes.
    pub fn resident_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .expect("the system tells about processes in /proc");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the resident memory");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes * 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// From the start of the process, with nothing there, until it takes requests.
pub fn time_to_ready() -> Duration {
    let data = tempfile::tempdir().expect("a temporary directory");
    let start = Instant::now();
    let running = Running::start(serve(data.path(), None), READY);
    let elapsed = start.elapsed();
    drop(running);
    elapsed
}

pub fn start_with_an_administrator() -> (Running, TempDir) {
    let data = tempfile::tempdir().expect("a temporary directory");
    make_an_administrator(data.path(), None);
    (Running::start(serve(data.path(), None), READY), data)
}

/// In a database at this URL, or in a file in the directory.
pub fn make_an_administrator(directory: &Path, database: Option<&str>) {
    let mut init = keystead(directory);
    if let Some(database) = database {
        init.env("DATABASE_URL", database);
    }
    init.arg("init")
        .args(["--tenant", visitor::TENANT, "--organization", "Acme"])
        .args(["--email", visitor::EMAIL, "--password-stdin", "--data-dir"])
        .arg(directory.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut process = init.spawn().expect("keystead init starts");
    let mut input = process.stdin.take().expect("its input is piped");
    writeln!(input, "{}", visitor::PASSWORD).expect("it reads the password");
    drop(input);
    let end = process.wait().expect("it ends");
    assert!(end.success(), "keystead init: {end}");
}

/// Of the program, in bytes.
pub fn size() -> u64 {
    fs::metadata(KEYSTEAD).expect("the program is there").len()
}

/// Keystead with its files in this directory, on the database at this URL or on a file there.
pub fn serve(directory: &Path, database: Option<&str>) -> Command {
    let mut command = keystead(directory);
    if let Some(database) = database {
        command.env("DATABASE_URL", database);
    }
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory.join("data")).stderr(Stdio::null());
    command
}

/// Without the settings of a Keystead on this machine.
fn keystead(directory: &Path) -> Command {
    let mut command = Command::new(KEYSTEAD);
    command.current_dir(directory);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KEYSTEAD_") || name == "DATABASE_URL" {
            command.env_remove(name);
        }
    }
    command
}
