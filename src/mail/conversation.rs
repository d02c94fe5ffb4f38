//! One conversation with the mail server, step by step, so that it is known which step was refused. What the server says
//! about a password or a letter is not repeated: it may hold parts of them.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use super::smtp_url::Safety;
use super::{Address, MailError, SmtpUrl};

/// Most characters of the server's words in a message.
const MOST_WORDS: usize = 200;

/// A server that listens to us.
pub(super) struct Conversation(AsyncSmtpConnection);

impl Conversation {
    /// Connects, and makes the connection safe. Each of the server's addresses gets so much time.
    pub(super) async fn begin(
        url: &SmtpUrl,
        tls: Option<&TlsParameters>,
        own_name: &str,
        patience: Duration,
    ) -> Result<Self, MailError> {
        let place = url.place();
        let hello = ClientId::Domain(own_name.to_owned());
        let (at_once, later) = if url.safety == Safety::Tls { (tls.cloned(), None) } else { (None, tls) };
        let server = (url.host.as_str(), url.port);
        let connected = AsyncSmtpConnection::connect_tokio1(server, Some(patience), &hello, at_once, None).await;
        let mut connection = connected.map_err(|error| {
            let why = format!("{place}: {}", words(&error));
            if is_of_handshake(&error) { MailError::Tls(why) } else { MailError::Unreachable(why) }
        })?;
        if let Some(tls) = later {
            if !connection.can_starttls() {
                return Err(MailError::Tls(format!("{place} does not offer STARTTLS")));
            }
            let safe = connection.starttls(tls.clone(), &hello).await;
            safe.map_err(|error| MailError::Tls(format!("{place}: {}", words(&error))))?;
        }
        Ok(Self(connection))
    }

    pub(super) async fn sign_in(&mut self, credentials: &Credentials) -> Result<(), MailError> {
        let answer = self.0.auth(DEFAULT_MECHANISMS, credentials).await;
        answer.map(drop).map_err(|error| match code(&error) {
            Some(code) => MailError::SignInRefused(format!("it answered {code}")),
            None if error.is_client() => MailError::SignInRefused("it offers neither PLAIN nor LOGIN".into()),
            None => MailError::Other(words(&error)),
        })
    }

    pub(super) async fn hand_over(&mut self, from: &Address, to: &Address, letter: &[u8]) -> Result<(), MailError> {
        let (from, to) = (from.inner(), to.inner());
        let mut parameters = Vec::new();
        // Beyond ASCII are only addresses, as the rest of a letter is encoded.
        if !letter.is_ascii() {
            if !self.0.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(MailError::RecipientRefused("it takes only addresses of ASCII letters".into()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sender = self.0.command(Mail::new(Some(from.clone()), parameters)).await;
        sender.map_err(|error| MailError::Other(words(&error)))?;
        let recipient = self.0.command(Rcpt::new(to.clone(), Vec::new())).await;
        recipient.map_err(|error| match error.status() {
            Some(_) => MailError::RecipientRefused(words(&error)),
            None => MailError::Other(words(&error)),
        })?;
        let about_letter = |error: Error| {
            MailError::Other(code(&error).map_or_else(|| words(&error), |code| format!("it answered {code}")))
        };
        self.0.command(Data).await.map_err(about_letter)?;
        self.0.message(letter).await.map_err(about_letter)?;
        Ok(())
    }

    /// Says goodbye. The letter is the server's by now, whatever it answers.
    pub(super) async fn end(mut self) {
        self.0.abort().await;
    }
}

/// Whether the connection was there, and TLS was not: such an error is wrapped twice.
fn is_of_handshake(error: &Error) -> bool {
    error.source().is_some_and(|source| source.is::<Error>())
}

/// The code of a refusal, with the more exact one (RFC 3463) where there is one: `535 5.7.8`.
fn code(error: &Error) -> Option<String> {
    let code = error.status()?;
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    let exact = text.split_whitespace().next().unwrap_or_default();
    let is_exact = exact.len() <= 9
        && exact.split('.').count() == 3
        && exact.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    Some(if is_exact { format!("{code} {exact}") } else { code.to_string() })
}

/// What went wrong, in one line: the innermost reason, after the code if the server refused something.
fn words(error: &Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let code = error.status().map(|code| format!("{code} ")).unwrap_or_default();
    let text = format!("{code}{innermost}").replace(char::is_control, " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(MOST_WORDS).collect()
}
