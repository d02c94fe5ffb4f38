//! The temporary directory of a demo.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use crate::app::StartError;
use crate::base::random::{self, Entropy};
use crate::config::Config;
use crate::db;

/// A directory of this account alone. Taken away with everything in it when it goes out of scope.
pub(super) struct Place(PathBuf);

impl Place {
    /// Makes it under a name that nobody else has.
    pub fn make(entropy: &dyn Entropy) -> Result<Self, StartError> {
        let path = std::env::temp_dir().join(format!("keystead-demo-{}", random::base62(entropy, 12)));
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| {
            StartError::new(format!("the temporary directory {} cannot be made: {error}", path.display()))
        })?;
        Ok(Self(path))
    }

    /// The settings, for an installation here. It sends no letters: its people are made up.
    pub fn config(&self, config: &Config) -> Config {
        Config {
            database: db::Url::Sqlite(self.0.join("keystead.db")),
            data_dir: self.0.clone(),
            secret_file: self.0.join("keystead.secret"),
            smtp: None,
            ..config.clone()
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, directory = %self.0.display(), "the temporary directory is not taken away");
        }
    }
}
