//! The file of an embedded database, as it was when it was opened.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Error;

/// A path, and the file that was there. Open connections keep a file alive that was moved away or deleted: what they write
/// then is gone with the process.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl DatabaseFile {
    /// The file that is there now.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn at(path: &Path) -> Result<Self, Error> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }

    /// # Errors
    /// When the file is not there any more, or another one is.
    pub(super) fn require_in_place(&self) -> Result<(), Error> {
        if identity(&self.path)? == self.identity {
            return Ok(());
        }
        Err(Error::Unavailable(format!(
            "{} is another file than the one that was opened: restart",
            self.path.display()
        )))
    }
}

fn identity(path: &Path) -> Result<(u64, u64), Error> {
    let metadata = fs::metadata(path)
        .map_err(|error| Error::Unavailable(format!("the database file {}: {error}", path.display())))?;
    Ok((metadata.dev(), metadata.ino()))
}
