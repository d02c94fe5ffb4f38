//! The addresses of this feature.

use actix_web::web;

use crate::web::routes::{Access, Face, Route};

use super::{introspection, jwks, metadata, revocation, token};

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/{tenant}/oauth2/token", Access::Public, Face::OAuth, || web::to(token::submit)),
        Route::post("/{tenant}/oauth2/introspect", Access::Public, Face::OAuth, || web::to(introspection::submit)),
        Route::post("/{tenant}/oauth2/revoke", Access::Public, Face::OAuth, || web::to(revocation::submit)),
        Route::get("/{tenant}/oauth2/jwks", Access::Public, Face::Api, || web::to(jwks::show)),
        metadata("/.well-known/oauth-authorization-server/{tenant}"),
        metadata("/.well-known/openid-configuration/{tenant}"),
        metadata("/{tenant}/.well-known/oauth-authorization-server"),
        metadata("/{tenant}/.well-known/openid-configuration"),
    ]
}

fn metadata(path: &'static str) -> Route {
    Route::get(path, Access::Public, Face::Api, || web::to(metadata::show))
}
