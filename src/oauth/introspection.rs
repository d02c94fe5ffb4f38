//! `POST /{tenant}/oauth2/introspect`: is this token, or this key, good (RFC 7662).

use std::collections::BTreeSet;
use std::net::IpAddr;

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde_json::{Value, json};

use crate::access::permission::ApplicationPermission;
use crate::access::{Grant, Permission};
use crate::api_keys::{ApiKey, secret_text};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::tenants::Tenant;
use crate::usage::Call;
use crate::verify::{self, Checked, Verdict};
use crate::web::{Error, Portal, client_address};

use super::about_token::{AboutToken, Answered, Counters, Question};
use super::caller::Caller;
use super::error::invalid_request;
use super::grant_claim::GrantClaim;
use super::issuer;
use super::presented_token::{self, Claims};

/// Of whatever is not good, or is no business of the caller: the same bytes (RFC 7662, section 2.2).
const INACTIVE: &str = "{\"active\":false}";

/// Tells.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    counters: Counters,
    tenant: Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let mut about = AboutToken::read(&req, tenant.into_inner(), payload).await?;
    let parse =
        |ip: String| client_address::parse(&ip).ok_or_else(|| invalid_request("ip is not an IPv4 or IPv6 address."));
    let ip = about.parameters.take("ip").map(parse).transpose()?;
    let portal_ = Data::clone(&portal);
    let tells = move |conn: &mut Conn, Question { caller, token, now, too_often }: Question<'_>| match too_often {
        Some(too_often) => Ok(Err(too_often)),
        None => Asked { portal: &portal_, caller, ip, now }.about(conn, token).map(Ok),
    };
    let Answered { found, headers, .. } =
        about.answer(&portal, counters, Some(Permission::IntrospectTokens), tells).await?;
    let body = found.map_or_else(|| INACTIVE.to_owned(), |body| body.to_string());
    let mut response = HttpResponse::Ok();
    for header in headers {
        response.insert_header(header);
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .insert_header((header::PRAGMA, "no-cache"))
        .body(body))
}

struct Asked<'a> {
    portal: &'a Portal,
    caller: &'a Caller,
    /// From where the token was presented, if the caller says so.
    ip: Option<IpAddr>,
    now: Timestamp,
}

impl Asked<'_> {
    /// What is said of the token, if it is good; and the use of its key.
    fn about(&self, conn: &mut Conn, token: &Secret) -> Result<(Option<Value>, Option<Call>), db::Error> {
        if token.expose().contains('.') { self.access_token(conn, token) } else { self.key(conn, token) }
    }

    fn access_token(&self, conn: &mut Conn, text: &Secret) -> Result<(Option<Value>, Option<Call>), db::Error> {
        let slug = &self.caller.tenant.slug;
        let Some(token) = presented_token::check(conn, self.portal, slug, text.expose(), self.now)? else {
            return Ok((None, None));
        };
        let call = |code| self.call(&token.tenant, &token.key, None, code);
        // The address was asked for when the token was given; it is asked for again where the caller knows it.
        if let Some(ip) = self.ip
            && let Err(refused) = verify::allows(&token.key.allowed_addresses, Some(ip))
        {
            return Ok((None, call(Verdict::IpNotAllowed(refused).code())));
        }
        let Some(visible) = self.visible(&token.grants) else { return Ok((None, None)) };
        let Claims { iss, sub, aud, iat, nbf, exp, jti, .. } = &token.claims;
        let mut body = self.said(&token.key, &visible);
        for (name, value) in [
            ("token_type", json!("Bearer")),
            ("iss", json!(iss)),
            ("sub", json!(sub)),
            ("aud", json!(aud)),
            ("iat", json!(iat)),
            ("nbf", json!(nbf)),
            ("exp", json!(exp)),
            ("jti", json!(jti)),
        ] {
            body[name] = value;
        }
        Ok((Some(body), call(Verdict::Valid.code())))
    }

    fn key(&self, conn: &mut Conn, text: &Secret) -> Result<(Option<Value>, Option<Call>), db::Error> {
        let text = text.expose();
        let Ok(key_id) = secret_text::parse(text, &self.portal.settings.environment) else { return Ok((None, None)) };
        let Checked { verdict, key: Some((presented, grants)), secret } =
            verify::check(conn, &self.portal.keyring, key_id, text, self.ip, self.now)?
        else {
            return Ok((None, None));
        };
        let (tenant, key) = (presented.tenant, presented.key);
        if tenant.scope != self.caller.tenant.scope {
            return Ok((None, None));
        }
        let call = self.call(&tenant, &key, secret, verdict.code());
        if verdict != Verdict::Valid {
            return Ok((None, call));
        }
        let Some(visible) = self.visible(&grants) else { return Ok((None, None)) };
        let mut body = self.said(&key, &visible);
        let issuer = issuer(&self.portal.settings.public_url, &tenant);
        body["iss"] = json!(issuer);
        body["sub"] = json!(format!("client:{}/{}", tenant.slug, key.client_id));
        body["iat"] = json!(key.created_at.seconds());
        if let Some(end) = key.expires_at.unless_never() {
            body["exp"] = json!(end.seconds());
        }
        Ok((Some(body), call))
    }

    fn call(&self, tenant: &Tenant, key: &ApiKey, secret: Option<i64>, code: &'static str) -> Option<Call> {
        Some(Call { tenant: tenant.scope, api_key: key.id, secret, at: self.now, address: self.ip, code })
    }

    /// The grants as far as they are the caller's business: where it holds the permission to introspect, and beneath. `None`
    /// where nothing of them is; a key without any is the business of whoever introspects the whole organization.
    fn visible(&self, grants: &[Grant]) -> Option<Vec<Grant>> {
        let root = self.caller.tenant.root();
        let introspects = |grant: &&Grant| grant.permissions.portal.contains(Permission::IntrospectTokens);
        let places: Vec<_> = self.caller.grants.iter().filter(introspects).map(|grant| &grant.resource).collect();
        if places.contains(&&root) {
            return Some(grants.to_vec());
        }
        let mut visible: Vec<Grant> = Vec::new();
        for (grant, place) in grants.iter().flat_map(|grant| places.iter().map(move |place| (grant, *place))) {
            let resource = match (place.covers(&grant.resource), grant.resource.covers(place)) {
                (true, _) => &grant.resource,
                (_, true) => place,
                _ => continue,
            };
            let seen = Grant { resource: resource.clone(), ..grant.clone() };
            if !visible.contains(&seen) {
                visible.push(seen);
            }
        }
        (!visible.is_empty()).then_some(visible)
    }

    fn said(&self, key: &ApiKey, grants: &[Grant]) -> Value {
        let permissions = grants.iter().flat_map(|grant| &grant.permissions.application);
        let scope: BTreeSet<&str> = permissions.map(ApplicationPermission::as_str).collect();
        let grants: Vec<GrantClaim<'_>> = grants.iter().map(GrantClaim::full).collect();
        let mut body = json!({ "active": true, "client_id": key.client_id, "key_id": key.key_id, "grants": grants });
        if !scope.is_empty() {
            body["scope"] = json!(scope.into_iter().collect::<Vec<_>>().join(" "));
        }
        body
    }
}
