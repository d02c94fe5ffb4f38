//! The signals that ask the program to stop.

use std::future::poll_fn;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::StartError;

/// SIGTERM, SIGINT, SIGQUIT and SIGHUP, for a program that listens to them: from then on they do nothing by themselves.
pub(super) struct Signals {
    asking: Vec<Signal>,
    /// SIGHUP. A terminal that is closed sends it, and the shell in it once more: that is one request to stop, not two.
    hangup: Option<Signal>,
}

impl Signals {
    pub fn listen() -> Result<Self, StartError> {
        let asking = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::quit()];
        let asking = asking.into_iter().map(|kind| signal(kind).map_err(StartError::new)).collect::<Result<_, _>>()?;
        let hangup =
            if hangup_is_ignored() { None } else { Some(signal(SignalKind::hangup()).map_err(StartError::new)?) };
        Ok(Self { asking, hangup })
    }

    /// Waits for any of them.
    pub async fn stop_asked(&mut self) {
        first(self.asking.iter_mut().chain(&mut self.hangup)).await;
    }

    /// Waits for one that asks on purpose.
    pub async fn stop_asked_again(&mut self) {
        first(self.asking.iter_mut()).await;
    }
}

async fn first(signals: impl Iterator<Item = &mut Signal>) {
    let mut signals = signals.collect::<Vec<_>>();
    poll_fn(|context| {
        let came = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if came { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Whether the program was started with SIGHUP ignored, as `nohup` does. Then it stays so.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (SignalKind::hangup().as_raw_value() - 1)) != 0
}
