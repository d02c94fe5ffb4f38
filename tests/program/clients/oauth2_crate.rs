//! The `oauth2` crate.

use oauth2::basic::BasicClient;
use oauth2::{
    AccessToken, AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, IntrospectionUrl, RevocationUrl, Scope,
    StandardRevocableToken, TokenIntrospectionResponse, TokenResponse, TokenUrl,
};
use serde_json::{Value, json};

use super::{RESOURCE, billing_sync, is_as_it_should_be};
use crate::support::{Answer, client, on_both};

/// The portal of the test has no TLS, and the crate revokes only where there is: this is its proxy.
async fn sends(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let mut request = reqwest::Request::try_from(request)?;
    request.url_mut().set_scheme("http").expect("an address");
    let answer = client().execute(request).await?;
    let mut response = HttpResponse::new(Vec::new());
    (*response.status_mut(), *response.headers_mut()) = (answer.status(), answer.headers().clone());
    *response.body_mut() = answer.bytes().await?.to_vec();
    Ok(response)
}

on_both! {
    async fn the_oauth2_crate_gets_and_uses_a_token(place: Place) {
        let (portal, mut ada) = place.ada().await;
        let key = billing_sync(&mut ada).await;
        let issuer = format!("{}/acme", portal.origin);
        let http = client();
        let found = Answer::of(http.get(format!("{}/.well-known/oauth-authorization-server/acme", portal.origin))).await.unwrap().json();
        let at = |endpoint: &str| found[endpoint].as_str().expect("an address").to_owned();
        let asks = async |token: &AccessToken, permission: &str| {
            let request = http.get(format!("{issuer}/gateway/auth")).query(&[("permission", permission), ("audience", RESOURCE)]);
            Answer::of(request.bearer_auth(token.secret())).await.unwrap().status.as_u16()
        };
        let mut met = Vec::new();
        for (way, auth_type) in [("client_secret_basic", AuthType::BasicAuth), ("client_secret_post", AuthType::RequestBody)] {
            let client = BasicClient::new(ClientId::new(key.client_id.clone()))
                .set_client_secret(ClientSecret::new(key.secret.clone()))
                .set_auth_type(auth_type)
                .set_token_uri(TokenUrl::new(at("token_endpoint")).unwrap())
                .set_introspection_url(IntrospectionUrl::new(at("introspection_endpoint")).unwrap())
                .set_revocation_url(RevocationUrl::new(at("revocation_endpoint").replace("http:", "https:")).unwrap());
            let request = client.exchange_client_credentials().add_scope(Scope::new("invoices:read".into()));
            let token = request.add_extra_param("resource", RESOURCE).request_async(&sends).await.unwrap();
            let text = token.access_token();
            let before = [asks(text, "invoices:read").await, asks(text, "invoices:write").await];
            let introspects = async || client.introspect(text).request_async(&sends).await.unwrap();
            let said = introspects().await;
            client.revoke_token(StandardRevocableToken::AccessToken(text.clone())).unwrap().request_async(&sends).await.unwrap();
            let scope = |scopes: Option<&Vec<Scope>>| scopes.map(|all| all.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" "));
            met.push(json!({
                "way": way,
                "token_type": token.token_type().as_ref(),
                "expires_in": token.expires_in().expect("a life").as_secs(),
                "scope": scope(token.scopes()),
                "subject": said.sub(),
                "before": before,
                "introspected": {
                    "active": said.active(),
                    "client_id": said.client_id().map(|id| id.as_str()),
                    "aud": said.aud().and_then(|all| all.first()),
                    "iss": said.iss(),
                    "scope": scope(said.scopes()),
                },
                "after": asks(text, "invoices:read").await,
                "introspected_after": { "active": introspects().await.active() },
            }));
        }
        is_as_it_should_be(&Value::Array(met), &issuer);
        portal.stops();
    }
}
