//! The cookies Keystead sets, all with the same rules: `__Host-`, Secure, HttpOnly, SameSite=Lax, no Domain.

use actix_web::cookie::{Cookie, SameSite};

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The session.
    Session,
    /// Ties the forms before sign-in to the browser that was shown them.
    Pre,
    /// The message after a redirect.
    Flash,
    /// Remembers a browser that has signed in, for throttling.
    Device,
}

impl Name {
    /// The cookie's name. Over plain HTTP browsers keep no `__Host-` cookie, so it has another one there.
    pub const fn as_str(self, insecure_http: bool) -> &'static str {
        match (self, insecure_http) {
            (Self::Session, false) => "__Host-sid",
            (Self::Pre, false) => "__Host-pre",
            (Self::Flash, false) => "__Host-flash",
            (Self::Device, false) => "__Host-device",
            (Self::Session, true) => "keystead-sid",
            (Self::Pre, true) => "keystead-pre",
            (Self::Flash, true) => "keystead-flash",
            (Self::Device, true) => "keystead-device",
        }
    }
}

/// A cookie that lasts until the browser is closed.
pub fn make(name: Name, value: String, insecure_http: bool) -> Cookie<'static> {
    Cookie::build(name.as_str(insecure_http), value)
        .path("/")
        .secure(!insecure_http)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// The same cookie, ended.
pub fn end(name: Name, insecure_http: bool) -> Cookie<'static> {
    let mut cookie = make(name, String::new(), insecure_http);
    cookie.make_removal();
    cookie
}
