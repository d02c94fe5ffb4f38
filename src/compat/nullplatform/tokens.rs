//! `POST /login` and `POST /token`: a key for an access token.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::base::secret::Secret;
use crate::oauth::{self, Asked, Asking, Means};
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::body;
use super::refusal::of_oauth;

const MISSING: &str = "Send the key as {\"api_key\": \"…\"}.";

/// The login action says `api_key`, the Terraform provider `apikey`; either may call either address.
#[derive(Deserialize)]
struct Body {
    #[serde(alias = "apikey")]
    api_key: Option<String>,
}

/// Exchanges it.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    means: Means,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let body: Body = body::read(&req, payload).await?;
    let key = body.api_key.filter(|key| !key.is_empty()).ok_or_else(|| Error::bad_request(MISSING))?;
    let who = Asking::Holder(Secret::new(key));
    let asked = Asked { who, audience: None, scope: None, from: RequestInfo::of(&req).address };
    Ok(oauth::give(&portal, means, asked).await.map_err(of_oauth)?.answer())
}
