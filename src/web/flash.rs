//! The message that is shown once after a redirect, carried by a signed cookie.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base::hash;

use super::Portal;
use super::cookies::Name;

const TAG: usize = 16;

/// How a message is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// Something was done.
    Ok,
    /// Something needs a look.
    Warn,
}

/// A message above the heading. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Its colour.
    pub kind: FlashKind,
    /// Its words.
    pub text: String,
    /// The way back.
    pub button: Option<FlashButton>,
}

/// A button beside a message: a form of its own, without fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlashButton {
    /// Its words.
    pub label: String,
    /// Where it posts to.
    pub action: String,
}

/// Stands between the parts of a message; none of them holds it.
const BETWEEN: char = '\n';

impl Flash {
    /// Something was done.
    pub fn ok(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Ok, text: text.into(), button: None }
    }

    /// Something needs a look.
    pub fn warn(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Warn, text: text.into(), button: None }
    }

    /// Offers the way back: a button that posts to this path of ours.
    #[must_use]
    pub fn with_button(self, label: impl Into<String>, action: impl Into<String>) -> Self {
        Self { button: Some(FlashButton { label: label.into(), action: action.into() }), ..self }
    }

    /// The cookie that brings it to the next page.
    pub fn into_cookie(self, portal: &Portal) -> Cookie<'static> {
        let kind = match self.kind {
            FlashKind::Ok => b'o',
            FlashKind::Warn => b'w',
        };
        let mut bytes = vec![kind];
        bytes.extend(self.text.replace(BETWEEN, " ").as_bytes());
        if let Some(FlashButton { label, action }) = self.button {
            bytes.extend(format!("{BETWEEN}{label}{BETWEEN}{action}").as_bytes());
        }
        let tag = portal.keyring.flash().mac(&[&bytes]);
        bytes.splice(..0, tag[..TAG].iter().copied());
        portal.cookies.make(Name::Flash, URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The message that came with the request.
    pub fn of(req: &HttpRequest, portal: &Portal) -> Option<Self> {
        let cookie = req.cookie(portal.cookies.name(Name::Flash))?;
        let bytes = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        let (tag, rest) = bytes.split_at_checked(TAG)?;
        if !hash::equal(tag, &portal.keyring.flash().mac(&[rest])[..TAG]) {
            return None;
        }
        let (kind, text) = rest.split_first()?;
        let kind = if *kind == b'o' { FlashKind::Ok } else { FlashKind::Warn };
        let mut parts = std::str::from_utf8(text).ok()?.split(BETWEEN).map(str::to_owned);
        let text = parts.next()?;
        let button = parts.next().zip(parts.next()).map(|(label, action)| FlashButton { label, action });
        Some(Self { kind, text, button })
    }
}
