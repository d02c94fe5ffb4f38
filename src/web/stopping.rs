//! Whether the process is about to end.

use std::sync::atomic::AtomicBool;

/// Turned on when the process is asked to stop, for those who ask on a connection that is still open, and for answers that
/// would go on.
#[derive(Debug, Default)]
pub struct Stopping(pub AtomicBool);
