//! `keystead demo`: a portal full of sample data in a temporary directory, which is gone when the program ends.

mod chance;
mod keys;
mod people;
mod place;
mod sign_ins;
mod stage;
mod story;
mod traffic;
mod tree;

use std::sync::Arc;

use clap::{ArgMatches, Command};

use crate::app::{self, StartError};
use crate::base::clock::SystemClock;
use crate::base::password::Hasher;
use crate::base::random::{self, SystemEntropy};
use crate::base::secret::Secret;
use crate::config::Config;

use super::serve;
use super::signals::Signals;
use place::Place;

/// Settings that say where an installation is. The demo has a place of its own, and touches no other.
const ELSEWHERE: [&str; 4] = ["data_dir", "database_url", "database_url_file", "secret_file"];

pub(super) fn command() -> Command {
    Command::new("demo")
        .about("Runs a portal full of sample data in a temporary directory; prints a sign-in for each kind of user")
}

pub(super) fn run(config: &Config, arguments: &ArgMatches) -> Result<(), StartError> {
    if let Some(name) = ELSEWHERE.into_iter().find(|name| arguments.get_one::<String>(name).is_some()) {
        let flag = name.replace('_', "-");
        return Err(StartError::new(format!(
            "--{flag}: the demo touches no installation, it makes a temporary directory of its own: leave this out"
        )));
    }
    actix_web::rt::System::new().block_on(async {
        // From here on a signal does not end the program before the directory is taken away.
        let signals = Signals::listen()?;
        let place = Place::make(&SystemEntropy)?;
        let config = place.config(config);
        let opened = app::open(&config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
        let password = Secret::new(format!("demo-{}", random::base62(&SystemEntropy, 12)));
        let hasher = Hasher::new(1, &SystemEntropy).map_err(StartError::new)?;
        let hash = hasher.hash(&password, &SystemEntropy).await.map_err(StartError::new)?;
        let now = opened.clock.now();
        let made = story::play(&opened, &config.environment, &hash, now)?;
        traffic::flow(&opened.db, &made, now).await.map_err(StartError::new)?;
        serve::until_stopped(&config, opened, signals, |running| {
            serve::announce(running)?;
            sign_ins::print(&running.public_url, &password)
        })
        .await
    })
}
