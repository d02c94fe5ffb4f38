//! What is sent: plain text to one person.

use std::fmt;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};

use crate::base::text::is_hidden;

use super::{Address, MailError};

/// A letter to one person. Its text may hold a one-time link, so it is never printed.
pub struct Letter {
    /// The address it goes to.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text, as plain as it is written here.
    pub text: String,
}

impl Letter {
    /// Who gets it.
    pub(super) fn recipient(&self) -> Result<Address, MailError> {
        self.to.parse().map_err(|_| MailError::Letter("the address it goes to is not an e-mail address"))
    }

    /// The letter as it travels, with the headers that say where it comes from and that no person wrote it, so that no
    /// machine answers (RFC 3834).
    pub(super) fn written(self, from: &Address, to: &Address, unique: &str) -> Result<Vec<u8>, MailError> {
        if self.subject.chars().any(is_hidden) {
            return Err(MailError::Letter("its subject is not one line of visible text"));
        }
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(Mailbox::new(None, from.inner().clone()))
            .to(Mailbox::new(None, to.inner().clone()))
            .subject(self.subject)
            .message_id(Some(format!("<{unique}@{}>", from.host())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            // The end of the last line comes with the end of the letter.
            .body(self.text.trim_end_matches(['\r', '\n']).to_owned());
        message.map(|message| message.formatted()).map_err(|_| MailError::Letter("it cannot be written as a message"))
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            to: to.into(),
            subject: subject.into(),
            text: "Open https://keys.acme.example/x?code=hunter2\n".into(),
        }
    }

    fn written(letter: Letter) -> Result<String, MailError> {
        let from = "keystead@acme.example".parse().expect("an address");
        let to = letter.recipient()?;
        letter.written(&from, &to, "unique").map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn a_letter_is_printed_without_its_text() {
        let printed = format!("{:?}", letter("ada@acme.example", "Welcome"));
        assert!(printed.contains("ada@acme.example") && !printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn it_says_where_it_comes_from_and_that_no_person_wrote_it() {
        let text = written(letter("ada@acme.example", "Welcome")).unwrap();
        for line in [
            "From: keystead@acme.example",
            "To: ada@acme.example",
            "Subject: Welcome",
            "Message-ID: <unique@acme.example>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing:\n{text}");
        }
        assert!(text.contains("\r\nDate: ") || text.starts_with("Date: "), "{text}");
    }

    #[test]
    fn a_subject_with_a_line_break_is_refused() {
        for bad in ["Hello\r\nBcc: eve@elsewhere.example", "Hello\n", "Hello\rthere", "a\u{2028}b", "a\u{0}b"] {
            assert!(matches!(written(letter("ada@acme.example", bad)), Err(MailError::Letter(_))), "{bad:?}");
        }
    }
}
