//! JSON bodies of the API.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::Error;
use super::form::{media_type, read_body};

const LIMIT: usize = 65_536;

/// A JSON body of at most 64 KiB.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            if media_type(&req).as_deref() != Some("application/json") {
                return Err(Error::unsupported_media_type("application/json"));
            }
            read(&req, &mut payload).await.map(Self)
        })
    }
}

/// The body, whatever it says that it is.
///
/// # Errors
/// 413 for a body that is too long; 400 for one that is not JSON, or not such.
pub async fn read<T: DeserializeOwned>(req: &HttpRequest, payload: &mut Payload) -> Result<T, Error> {
    let body = read_body(req, payload, LIMIT).await?;
    serde_json::from_slice(&body).map_err(|error| {
        // Where, not what: the message of the parser may quote a secret.
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "has a field that is unknown, missing, given twice, or of another type"
            }
            _ => "is not JSON",
        };
        Error::bad_request(format!("The body {what} (line {}, column {}).", error.line(), error.column()))
    })
}
