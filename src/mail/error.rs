//! Why a letter was not sent, in one line: without the password, and without the letter.

use std::fmt;
use std::time::Duration;

/// Why a letter was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailError {
    /// The letter itself cannot be sent to anybody.
    Letter(&'static str),
    /// No connection, or nobody there who speaks SMTP.
    Unreachable(String),
    /// The connection cannot be made safe, and has to be.
    Tls(String),
    /// The server does not accept the user and the password.
    SignInRefused(String),
    /// The server does not accept the recipient.
    RecipientRefused(String),
    /// It took too long.
    TimeLimit(Duration),
    /// Something else, mostly in the server's words.
    Other(String),
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(problem) => write!(f, "the letter cannot be sent: {problem}"),
            Self::Unreachable(why) => write!(f, "the mail server cannot be reached: {why}"),
            Self::Tls(why) => write!(f, "the connection to the mail server cannot be made safe: {why}"),
            Self::SignInRefused(why) => write!(f, "the mail server refused to let us sign in: {why}"),
            Self::RecipientRefused(why) => write!(f, "the mail server refused the recipient: {why}"),
            Self::TimeLimit(limit) => write!(f, "the mail server took longer than {limit:?}"),
            Self::Other(why) => write!(f, "the mail server did not take the letter: {why}"),
        }
    }
}

impl std::error::Error for MailError {}
