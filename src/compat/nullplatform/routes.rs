//! The addresses of this feature.

use actix_web::http::Method;
use actix_web::web;

use crate::web::routes::{Access, Face, Route};

use super::{keys, tokens};

const KEYS: &str = "/compat/nullplatform/api_key";
const KEY: &str = "/compat/nullplatform/api_key/{id}";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let (public, face) = (Access::Public, Face::Compat);
    vec![
        Route::post("/compat/nullplatform/login", public, face, || web::to(tokens::submit)),
        Route::post("/compat/nullplatform/token", public, face, || web::to(tokens::submit)),
        Route::post(KEYS, public, face, || web::to(keys::create)),
        Route::get(KEY, public, face, || web::to(keys::show)),
        Route::new(Method::PATCH, KEY, public, face, || web::to(keys::change)),
        Route::new(Method::DELETE, KEY, public, face, || web::to(keys::delete)),
    ]
}
