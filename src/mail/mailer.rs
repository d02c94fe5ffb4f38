//! Sends letters, one connection each, within a time limit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::client::TlsParameters;
use tokio::time::timeout;

use crate::base::random::{self, Entropy};

use super::conversation::Conversation;
use super::smtp_url::Safety;
use super::{Address, Letter, MailError, SmtpUrl};

/// How long sending a letter may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How long the server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
/// As much chance as makes a Message-ID the only one of its kind.
const UNIQUE: usize = 24;

/// Sends letters from one address through one server.
#[derive(Clone)]
pub struct Mailer {
    url: SmtpUrl,
    from: Address,
    tls: Option<TlsParameters>,
    entropy: Arc<dyn Entropy>,
    limit: Duration,
}

impl Mailer {
    /// A mailer that trusts the certificate authorities of the operating system, as they are now. Connects to nobody yet.
    ///
    /// # Errors
    /// [`MailError::Tls`] when they cannot be used.
    pub fn new(url: SmtpUrl, from: Address, entropy: Arc<dyn Entropy>) -> Result<Self, MailError> {
        let tls = match url.safety {
            Safety::None => None,
            Safety::Tls | Safety::StartTls => {
                let parameters = TlsParameters::new(url.host.clone());
                Some(parameters.map_err(|error| MailError::Tls(error.to_string()))?)
            }
        };
        Ok(Self { url, from, tls, entropy, limit: LIMIT })
    }

    /// The same with another time limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Sends a letter: when this is done, the server has taken it.
    ///
    /// # Errors
    /// Why the server did not take it, or may not have.
    pub async fn send(&self, letter: Letter) -> Result<(), MailError> {
        let to = letter.recipient()?;
        let written = letter.written(&self.from, &to, &random::base62(&*self.entropy, UNIQUE))?;
        let conversation = async {
            let own_name = self.from.host();
            let mut conversation = Conversation::begin(&self.url, self.tls.as_ref(), own_name, self.limit / 3).await?;
            if let Some(credentials) = &self.url.sign_in {
                conversation.sign_in(credentials).await?;
            }
            conversation.hand_over(&self.from, &to, &written).await?;
            Ok(conversation)
        };
        let conversation = timeout(self.limit, conversation).await.map_err(|_| MailError::TimeLimit(self.limit))??;
        // A server that has the letter and then falls silent has the letter.
        let _ = timeout(GOODBYE, conversation.end()).await;
        Ok(())
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("url", &self.url).field("from", &self.from).finish_non_exhaustive()
    }
}
