//! A directory of its own, and the program in it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{Backend, Database, Person, Running, eventually};

/// Everybody's password.
pub const PASSWORD: &str = "the north gate squeaks";

/// An empty directory where Keystead is started. Nothing that is set for this test run reaches it.
pub struct Place {
    folder: TempDir,
    /// Where its database is; `None` is the default.
    database_url: Option<String>,
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Outcome {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Place {
    /// With the default database.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary directory"), database_url: None }
    }

    /// With a new, empty database.
    pub fn with(backend: Backend) -> Self {
        let mut place = Self::new();
        if backend != Backend::Sqlite {
            place.database_url = Some(backend.fresh(place.folder.path()));
        }
        place
    }

    /// With this database.
    #[cfg(feature = "test-postgres")]
    pub fn with_url(url: &str) -> Self {
        Self { database_url: Some(url.to_owned()), ..Self::new() }
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in it that no other account can read.
    pub fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::OpenOptionsExt;

        let mut options = fs::OpenOptions::new();
        let file = options.create(true).write(true).truncate(true).mode(0o600).open(self.path(name));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("the file is written");
    }

    /// The text of a file in it.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    /// The permission bits of a file or folder in it.
    pub fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(self.path(name)).expect("it is there").permissions().mode() & 0o777
    }

    /// The program with these arguments, and with an environment that says nothing else.
    pub fn keystead(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("KEYSTEAD_") || text.starts_with("PG") || text == "DATABASE_URL" {
                command.env_remove(name);
            }
        }
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.end_of(self.keystead(arguments))
    }

    /// Runs the program to its end, with these variables set.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = self.keystead(arguments);
        command.envs(variables.iter().map(|(name, value)| (OsStr::new(*name), OsStr::new(*value))));
        self.end_of(command)
    }

    /// Runs the program to its end, with this on standard input.
    pub fn run_told(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(input.as_bytes()).expect("it is written");
        std::io::Seek::rewind(&mut file).expect("it is rewound");
        let mut command = self.keystead(arguments);
        command.stdin(file);
        self.end_of(command)
    }

    /// Runs the program to its end, with this as its standard output.
    pub fn run_into(&self, arguments: &[&str], out: impl Into<Stdio>) -> Outcome {
        self.end_with(self.keystead(arguments), Some(out.into()))
    }

    fn end_of(&self, command: Command) -> Outcome {
        self.end_with(command, None)
    }

    fn end_with(&self, mut command: Command, out: Option<Stdio>) -> Outcome {
        let talk = tempfile::tempdir().expect("a temporary directory");
        let file = |name: &str| File::create(talk.path().join(name)).expect("a file");
        let kept = file("out");
        command.stdout(out.unwrap_or_else(|| kept.into())).stderr(file("err"));
        let mut child = command.spawn().expect("keystead starts");
        let status = eventually("the program ends by itself", || child.try_wait().expect("a process of ours"));
        let text = |name: &str| fs::read_to_string(talk.path().join(name)).expect("text");
        Outcome { status, out: text("out"), err: text("err") }
    }

    /// Starts the portal on a free port.
    pub fn serve(&self) -> Running {
        self.serve_with(&["--listen", "127.0.0.1:0"], &[])
    }

    /// Starts the portal with these arguments and variables.
    pub fn serve_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = self.keystead(arguments);
        command.envs(variables.iter().copied());
        Running::start(command, &self.path("out"), &self.path("log"))
    }

    /// Makes the organization Acme and its administrator Ada from the shell.
    pub fn init(&self) -> Outcome {
        let arguments = ["--tenant", "acme", "--organization", "Acme Works", "--email", "ada@acme.example"];
        let arguments = [&["init"], &arguments[..], &["--password-stdin"]].concat();
        self.run_told(&arguments, &format!("{PASSWORD}\n"))
    }

    /// Acme with a portal that runs, and Ada, who is signed in.
    pub async fn ada(&self) -> (Running, Person) {
        assert!(self.init().status.success());
        let portal = self.serve();
        let mut ada = Person::at(&portal.origin);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.is(200);
        (portal, ada)
    }

    /// A look into its database from outside.
    pub fn database(&self) -> Database {
        let url = self.database_url.clone();
        Database::open(&url.unwrap_or_else(|| format!("sqlite:{}", self.path("data/keystead.db").display())))
    }
}

impl Outcome {
    /// Did it: nothing on standard error, and on standard output one line, which is a JSON object.
    #[track_caller]
    pub fn object(&self) -> Value {
        let [object] = &self.objects()[..] else { panic!("not one line: {self:?}") };
        object.clone()
    }

    /// Did it: nothing on standard error, and a JSON object in each line of standard output.
    #[track_caller]
    pub fn objects(&self) -> Vec<Value> {
        assert!(self.status.success() && self.err.is_empty(), "{self:?}");
        assert!(self.out.is_empty() || self.out.ends_with('\n'), "{self:?}");
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let objects: Vec<Value> = self.out.lines().map(parse).collect();
        assert!(objects.iter().all(Value::is_object), "{self:?}");
        objects
    }

    /// Did not start: exit code 1, one line on standard error that has this in it, nothing on standard output.
    #[track_caller]
    pub fn refuses(&self, named: &str) -> &Self {
        assert_eq!(self.status.code(), Some(1), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "not one line:\n{}", self.err);
        assert!(self.err.starts_with("keystead: ") && self.err.ends_with('\n'), "{self:?}");
        assert!(self.err.contains(named), "{named:?} is not named in: {}", self.err);
        self
    }

    /// Says nothing of this word, on neither output.
    #[track_caller]
    pub fn says_nothing_of(&self, word: &str) -> &Self {
        assert!(!self.out.contains(word) && !self.err.contains(word), "{word:?} is said: {self:?}");
        self
    }
}
