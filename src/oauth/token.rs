//! `POST /{tenant}/oauth2/token`: an access token for a key (RFC 6749, section 4.4).

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::tenants;
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::audience::Audience;
use super::error::{invalid_request, refuse};
use super::giving::{Asked, Asking, Means, give};
use super::{client, parameters};

/// Gives a token.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    means: Means,
    tenant: Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let tenant = tenant.into_inner();
    let mut parameters = parameters::read(&req, &mut payload.into_inner()).await?;
    match parameters.get("grant_type") {
        None => return Err(invalid_request("grant_type is missing. Send grant_type=client_credentials.")),
        Some("client_credentials") => {}
        Some(_) => return Err(refuse("unsupported_grant_type", "Only grant_type=client_credentials is supported.")),
    }
    let audience = Audience::requested(parameters.take_all(parameters::RESOURCE))?;
    let asked_scope = parameters.take("scope");
    let claimed = match client::read(&req, &mut parameters, &tenant) {
        Ok(claimed) => claimed,
        Err(error) => {
            // An issuer that does not exist asks nobody for credentials.
            let slug = tenant.clone();
            portal.db.point_read(move |conn| tenants::by_slug(conn, &slug)).await?.ok_or_else(Error::not_found)?;
            return Err(error);
        }
    };
    let asked = Asked {
        who: Asking::Client { tenant, claimed },
        audience,
        scope: asked_scope,
        from: RequestInfo::of(&req).address,
    };
    Ok(give(&portal, means, asked).await?.answer())
}
