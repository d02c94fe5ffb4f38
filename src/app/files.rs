//! The data directory and the files in it, before the database is opened: that they are there, and whose they are.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::config::Config;
use crate::db;

use super::boot::StartError;

const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;

/// Makes the data directory and the SQLite file where they are missing, and looks who else may reach what is there.
///
/// # Errors
/// One line that says which file is in the way, and what to do.
pub fn prepare(config: &Config) -> Result<(), StartError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    made.map_err(|error| {
        StartError::new(format!("the data directory {} cannot be made: {error}", config.data_dir.display()))
    })?;
    require_private("data directory", &config.data_dir)?;
    require_private("installation secret", &config.secret_file)?;
    if let db::Url::Sqlite(path) = &config.database {
        require_not_emptied(path, &config.secret_file)?;
        // Made here for its mode, and to say plainly when it cannot be written.
        let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
        opened.map_err(|error| {
            StartError::new(format!("the database file {} cannot be written: {error}", path.display()))
        })?;
        require_private("database file", path)?;
    }
    Ok(())
}

/// An account that can write the secret or the database decides which keys are good; one that can read them gets halfway.
fn require_private(what: &str, path: &Path) -> Result<(), StartError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StartError::new(format!("the {what} {} cannot be read: {error}", path.display()))),
    };
    let mode = metadata.permissions().mode() & 0o7777;
    let path = path.display();
    if mode & OTHERS_WRITE != 0 {
        return Err(StartError::new(format!(
            "the {what} {path} has mode {mode:04o}, so that other accounts can change it: run chmod go= {path}"
        )));
    }
    if mode & OTHERS != 0 {
        tracing::warn!(
            "the {what} {path} has mode {mode:04o}, so that other accounts can read it: run chmod go= {path}"
        );
    }
    Ok(())
}

/// A file without content is what a full disk or an interrupted copy leaves of a database.
fn require_not_emptied(database: &Path, secret: &Path) -> Result<(), StartError> {
    let is_empty = fs::metadata(database).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0);
    if !is_empty || !secret.exists() {
        return Ok(());
    }
    let (database, secret) = (database.display(), secret.display());
    Err(StartError::new(format!(
        "the database file {database} is empty although there is an installation secret ({secret}): \
         put the database back from the backup, or remove the empty file to begin with a new one"
    )))
}
