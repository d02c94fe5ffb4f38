//! What portals of this process write into their logs, without the line of each request.

use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, Once, PoisonError};

use tracing::Level;

use super::Portal;

static LINES: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

/// Keeps what is written.
struct Keep;

impl Write for Keep {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if !text.contains(": request request=") {
            LINES.lock().unwrap_or_else(PoisonError::into_inner).push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps what is logged from now on, by any portal.
pub(super) fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().with_max_level(Level::INFO).with_ansi(false).with_writer(|| Keep).init();
    });
}

impl Portal {
    /// The lines with this word in them: one that no other test uses.
    pub fn log_about(&self, word: &str) -> Vec<String> {
        LINES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter(|line| line.contains(word))
            .cloned()
            .collect()
    }
}
