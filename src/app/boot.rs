//! What every command does first: data directory, database, migrations, installation secret.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::access::{Act, Actor, Origin};
use crate::audit::{self, Action, Event};
use crate::base::clock::Clock;
use crate::base::keyring::Keyring;
use crate::base::random::{self, Entropy};
use crate::base::text::without_bom;
use crate::config::Config;
use crate::db::{self, Db, dialect};
use crate::installation;

use super::files;

/// Why Keystead does not start, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(String);

impl StartError {
    /// From any words; line breaks become spaces.
    pub fn new(words: impl fmt::Display) -> Self {
        Self(words.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl From<db::Error> for StartError {
    fn from(error: db::Error) -> Self {
        Self::new(error)
    }
}

/// An open installation.
#[derive(Clone)]
pub struct Opened {
    /// Its database, migrated.
    pub db: Db,
    /// The keys derived from its secret.
    pub keyring: Arc<Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Opens the installation; makes one where there is none.
///
/// # Errors
/// One line that says what is in the way.
pub fn open(config: &Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Opened, StartError> {
    files::prepare(config)?;
    let unusable = |error| match error {
        db::Error::Refused(why) => StartError::new(format!("the database {} cannot be used: {why}", config.database)),
        error => StartError::new(format!("the database {} cannot be opened: {error}", config.database)),
    };
    let db = Db::connect(&config.database, &*entropy).map_err(unusable)?;
    if let Some(version) = db.read_here(dialect::sqlite_version)?.filter(|version| !dialect::is_safe_sqlite(version)) {
        let (major, minor, patch) = dialect::SQLITE_FLOOR;
        return Err(StartError::new(format!(
            "SQLite {version} can corrupt its file: Keystead needs {major}.{minor}.{patch} or newer"
        )));
    }
    db.migrate().map_err(unusable)?;
    let existing = db.read_here(installation::load)?;
    let keyring = match (read_secret(&config.secret_file)?, &existing) {
        (Some(secret), _) => Keyring::new(&secret),
        (None, None) => Keyring::new(&*make_secret(&config.secret_file, &*entropy)?),
        (None, Some(_)) => {
            let path = config.secret_file.display();
            return Err(StartError::new(format!(
                "the installation secret {path} is missing: without it no key can be checked. Put it back from the backup"
            )));
        }
    };
    let keyring = Arc::new(keyring.map_err(StartError::new)?);
    match existing {
        Some(row) if row.secret_fingerprint != keyring.fingerprint() => {
            let path = config.secret_file.display();
            return Err(StartError::new(format!(
                "{path} is not the installation secret that this database was made with"
            )));
        }
        Some(_) => {}
        None => record_installation(&db, &keyring, &clock, &entropy)?,
    }
    Ok(Opened { db, keyring, clock, entropy })
}

fn record_installation(
    db: &Db,
    keyring: &Arc<Keyring>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Result<(), StartError> {
    let actor = Actor::installation("Keystead");
    let (entropy, keyring) = (Arc::clone(entropy), Arc::clone(keyring));
    let act = Act { actor, now: clock.now(), origin: Origin::default(), entropy, keyring };
    let made = db.write_here(|tx| {
        installation::insert(tx, &act.keyring, act.now)?;
        audit::begin_chain(tx, act.actor.tenant)?;
        audit::record(tx, &act, Event::new(Action::InstallationCreated))
    });
    match made {
        // Two processes started at once on one empty server; the other one was first, and has to have the same secret.
        Err(db::Error::Duplicate) => {
            let row = db.read_here(installation::load)?;
            let same = row.is_some_and(|row| row.secret_fingerprint == act.keyring.fingerprint());
            let words = "another process with another installation secret made this database at the same moment";
            if same { Ok(()) } else { Err(StartError::new(words)) }
        }
        other => Ok(other?),
    }
}

/// The installation secret: 64 hexadecimal digits.
fn read_secret(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, StartError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(StartError::new(format!("the installation secret {} cannot be read: {error}", path.display())));
        }
    };
    let malformed =
        || StartError::new(format!("{} is not an installation secret: it has 64 hexadecimal digits", path.display()));
    let digits = without_bom(&text).trim().as_bytes();
    if digits.len() != 64 {
        return Err(malformed());
    }
    let mut secret = Zeroizing::new([0; 32]);
    for (byte, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| malformed())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| malformed())?;
    }
    if secret.iter().all(|byte| *byte == secret[0]) {
        return Err(StartError::new(format!(
            "{} is a sample, not a secret: take it away, and Keystead makes one",
            path.display()
        )));
    }
    Ok(Some(secret))
}

/// Makes the secret once, readable by this account alone, and safe on disk before anything depends on it.
fn make_secret(path: &Path, entropy: &dyn Entropy) -> Result<Zeroizing<[u8; 32]>, StartError> {
    let secret = Zeroizing::new(random::bytes::<32>(entropy));
    let digits = Zeroizing::new(secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let write = || {
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
        file.write_all(digits.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    write().map_err(|error: std::io::Error| {
        StartError::new(format!("the installation secret {} cannot be made: {error}", path.display()))
    })?;
    Ok(secret)
}
