//! Letters, through a real mail server.

mod nobody_there;
#[cfg(feature = "test-smtp")]
mod refusals;
#[cfg(feature = "test-smtp")]
mod sending;
#[cfg(feature = "test-smtp")]
mod settings;
#[cfg(feature = "test-smtp")]
mod tls;

use std::sync::Arc;

use keystead::base::random::SystemEntropy;
use keystead::mail::{Letter, Mailer};

/// A mailer of Acme's for this server.
fn mailer(url: &str) -> Mailer {
    let from = "keystead@acme.example".parse().expect("an address");
    Mailer::new(url.parse().expect("a URL"), from, Arc::new(SystemEntropy)).expect("a mailer")
}

/// An ordinary letter.
fn letter(to: &str) -> Letter {
    let text = "Open this link once:\nhttps://keys.acme.example/invitations/ksi_4711\n";
    Letter { to: to.into(), subject: "Welcome to Acme".into(), text: text.into() }
}
