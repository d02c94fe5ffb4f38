//! Log lines: on standard error, filtered as the settings say.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::app::StartError;
use crate::config::{Config, LogFormat};

/// Libraries whose levels are fixed, whatever is asked for. At their lowest levels they log what they read and write. The first
/// three also log at WARN and ERROR what any client can send: malformed requests, cookies of another installation.
const LIBRARIES: [(&str, LevelFilter); 7] = [
    ("actix_http", LevelFilter::OFF),
    ("actix_session", LevelFilter::OFF),
    ("actix_router", LevelFilter::OFF),
    ("actix_server", LevelFilter::WARN),
    ("actix_web", LevelFilter::WARN),
    ("multer", LevelFilter::WARN),
    ("mio", LevelFilter::WARN),
];

/// Starts logging. A line that cannot be written is lost; nothing else happens then.
///
/// # Errors
/// When the filter is malformed, or logging has started before.
pub(super) fn start(config: &Config) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(&config.log).map_err(StartError::new)?;
    let filter = LIBRARIES.iter().try_fold(filter, |filter, (library, level)| {
        let directive: Directive = format!("{library}={level}").parse().map_err(StartError::new)?;
        Ok::<_, StartError>(filter.add_directive(directive))
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        // It would tell of a failed write by `eprintln!`, which panics where standard error is what failed.
        .log_internal_errors(false);
    let started = match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(StartError::new)
}
