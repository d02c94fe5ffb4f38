//! Letters, sent through the company's own SMTP server. Not what they say, nor when: the features know that.

mod address;
mod conversation;
mod error;
mod letter;
mod mailer;
mod smtp_url;

pub use address::{Address, NotAnAddress};
pub use error::MailError;
pub use letter::Letter;
pub use mailer::Mailer;
pub use smtp_url::{SmtpUrl, SmtpUrlError};
