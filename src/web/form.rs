//! Bodies and queries as name-value pairs, and the form of a page with its token checked.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{BytesMut, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;

use super::csrf::{self, Binding};
use super::headers::given;
use super::{Error, Portal};

/// The media type of HTML forms.
pub const URLENCODED: &str = "application/x-www-form-urlencoded";

/// How long a body may take to arrive.
const SLOWEST: Duration = Duration::from_secs(10);

/// Name-value pairs, each name once unless said otherwise, all valid UTF-8 without NUL.
#[derive(Default, Clone)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// 400 for bytes that are no text, and for a name that is given twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let pairs = form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self::checked(pairs.collect())
    }

    /// Pairs that came in another form.
    ///
    /// # Errors
    /// As [`Pairs::parse`].
    pub fn checked(pairs: Vec<(String, String)>) -> Result<Self, Error> {
        Self::checked_except(None, pairs)
    }

    /// As [`Pairs::checked`], but the parameter of this name may be given several times: see [`Pairs::take_all`].
    ///
    /// # Errors
    /// As [`Pairs::parse`].
    pub fn checked_except(repeatable: Option<&str>, pairs: Vec<(String, String)>) -> Result<Self, Error> {
        // The decoder writes U+FFFD for bytes that are not UTF-8.
        if pairs.iter().any(|(name, value)| [name, value].iter().any(|text| text.contains(['\0', '\u{fffd}']))) {
            return Err(Error::bad_request("The request holds bytes that are not UTF-8 text, or a NUL."));
        }
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|two| two[0] == two[1] && repeatable != Some(two[0])) {
            return Err(Error::bad_request("A parameter is given twice. Give each one once."));
        }
        Ok(Self(pairs))
    }

    /// The pairs of the query.
    ///
    /// # Errors
    /// As [`Pairs::parse`].
    pub fn of_query(req: &HttpRequest) -> Result<Self, Error> {
        Self::parse(req.query_string().as_bytes())
    }

    /// A value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A value, or nothing where it is missing.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// A value, taken out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(given, _)| given == name)?;
        Some(self.0.remove(index).1)
    }

    /// All values of a parameter that may be given several times, taken out, in their order.
    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        self.0.extract_if(.., |(given, _)| given == name).map(|(_, value)| value).collect()
    }

    /// Those that have a value.
    pub fn without_empty(mut self) -> Self {
        self.0.retain(|(_, value)| !value.is_empty());
        self
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// Names alone: values may be secrets.
impl std::fmt::Debug for Pairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// The form of one of our pages, of at most `LIMIT` bytes: origin, type, size, encoding and token are checked.
#[derive(Debug)]
pub struct Form<const LIMIT: usize = 16_384>(pub Pairs);

impl<const LIMIT: usize> FromRequest for Form<LIMIT> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let portal = req.app_data::<Data<Portal>>().ok_or_else(|| Error::internal("no portal"))?;
            if !csrf::is_same_origin(&req, &portal.settings.public_url) {
                return Err(refused(
                    &req,
                    "Forms must be sent by a page of this portal, at its own address. Nothing was changed.",
                ));
            }
            if media_type(&req).as_deref() != Some(URLENCODED) {
                return Err(Error::unsupported_media_type(URLENCODED));
            }
            let body = read_body(&req, &mut payload, LIMIT).await?;
            let pairs = Pairs::parse(&body)?;
            let Some(binding) = req.extensions().get::<Binding>().cloned() else {
                return Err(refused(
                    &req,
                    "Your browser did not send back the cookie that this form needs. Allow cookies for this address, reload the page, and try again.",
                ));
            };
            if !csrf::is_valid(portal.keyring.csrf(), &binding, pairs.get("csrf").unwrap_or_default()) {
                return Err(refused(
                    &req,
                    "The form is out of date: its page was opened in another session. Go back, reload the page, and send it again. Nothing was changed.",
                ));
            }
            Ok(Self(pairs))
        })
    }
}

fn refused(req: &HttpRequest, why: &'static str) -> Error {
    tracing::debug!(route = req.match_pattern(), "a form that did not come from one of our pages was refused");
    Error::cross_site(why)
}

/// The media type of the body in lower case, without parameters.
pub fn media_type(req: &HttpRequest) -> Option<String> {
    let value = req.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The whole body.
///
/// # Errors
/// 415 when it is encoded; 413 when it is longer than `limit`; 408 when it takes too long, or has to give way to others; 400 when
/// it breaks off.
pub async fn read_body(req: &HttpRequest, payload: &mut Payload, limit: usize) -> Result<BytesMut, Error> {
    let mut encodings = given(req.headers(), header::CONTENT_ENCODING);
    if !encodings.all(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity")) {
        return Err(Error::unsupported_content_encoding());
    }
    let announced =
        req.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Error::too_large(limit));
    }
    let portal = req.app_data::<Data<Portal>>().ok_or_else(|| Error::internal("no portal"))?;
    let arrival = portal.bodies.begin();
    let read = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Error::bad_request("The body breaks off."))?;
            if body.len() + chunk.len() > limit {
                return Err(Error::too_large(limit));
            }
            arrival.grow(chunk.len());
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::select! {
        // What has arrived counts, also at the last moment.
        biased;
        body = read => body,
        () = arrival.gives_way() => {
            Err(Error::too_slow("Too many requests are being sent at once, and this one waited for its body. Send it again."))
        }
        () = tokio::time::sleep(SLOWEST) => Err(Error::too_slow("The body takes too long to arrive. Send it again.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seeded::{STORIES, Seeded};

    #[test]
    fn pairs_are_text_and_each_name_comes_once() {
        let pairs = Pairs::parse(b"name=caf%C3%A9+au+lait&empty=&flag").unwrap();
        assert_eq!(pairs.get("name"), Some("café au lait"));
        assert_eq!((pairs.get("empty"), pairs.get("flag"), pairs.get("none")), (Some(""), Some(""), None));
        for bad in [&b"a=%ff"[..], b"a=%00", b"a=\xff", b"a=1&a=2", b"%ff=1"] {
            assert!(Pairs::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_printed_is_read() {
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let named = |number: usize| (format!("{}{number}", chance.text(10)), chance.text(30));
            let given: Vec<(String, String)> = (0..chance.below(8)).map(named).collect();
            let printed = form_urlencoded::Serializer::new(String::new()).extend_pairs(&given).finish();
            let pairs = Pairs::parse(printed.as_bytes()).expect(&printed);
            assert!(given.iter().all(|(name, value)| pairs.get(name) == Some(value)), "{printed}");
            assert_eq!(pairs.names().count(), given.len());
            if let Some((name, _)) = given.first() {
                let twice = form_urlencoded::Serializer::new(printed).append_pair(name, "").finish();
                assert!(Pairs::parse(twice.as_bytes()).is_err(), "{twice}");
            }
        }
    }
}
