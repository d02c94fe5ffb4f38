//! Access tokens for keys. Tests are named with the section of the standard they hold us to.

pub mod access_token;
mod addresses;
mod audiences;
mod client_authentication;
mod discovery;
mod errors;
mod headers;
mod holders;
mod introspection;
mod nitrobox;
mod parameters;
mod revocation;
mod standards;

use reqwest::RequestBuilder;

use crate::support::{Answer, Portal};

/// Tells the media type of urlencoded forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request for a token of Acme, to be dressed by the test.
fn request(portal: &Portal) -> RequestBuilder {
    portal.client.post(portal.url("/acme/oauth2/token"))
}

/// Is an error of the token endpoint as RFC 6749, section 5.2 has it.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    may_not_be_kept(answer);
    let body = answer.json();
    assert_eq!(body["error"], code, "{}", answer.body);
    let description = body["error_description"].as_str().expect("words");
    assert!(
        !description.is_empty() && description.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
        "{description}"
    );
    assert!(body.as_object().is_some_and(|fields| fields.len() == 2), "{}", answer.body);
    assert_eq!(answer.header("www-authenticate").starts_with("Basic realm="), status == 401, "{:?}", answer.headers);
}

/// RFC 6749, section 5.1: of every answer that may hold tokens or other secrets.
#[track_caller]
fn may_not_be_kept(answer: &Answer) {
    assert!(answer.header("content-type").starts_with("application/json"), "{:?}", answer.headers);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
}
