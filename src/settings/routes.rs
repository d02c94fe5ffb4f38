//! The addresses of this feature.

use actix_web::web;

use crate::access::Permission;
use crate::web::page::NavEntry;
use crate::web::routes::{Access, Face, Route};

use super::pages::{access_tokens, overview, signing_keys};

/// Its line in the main navigation.
pub const NAV: NavEntry =
    NavEntry { href: "/settings", label: "Settings", icon: "sliders", permission: Permission::ManageSettings };

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    const MANAGE: Access = Access::Needs(Permission::ManageSettings);
    vec![
        Route::get("/settings", MANAGE, Face::Page, || web::to(overview::show)),
        Route::post("/settings", MANAGE, Face::Page, || web::to(overview::submit)),
        Route::post("/settings/access-tokens", MANAGE, Face::Page, || web::to(access_tokens::submit)),
        Route::get("/settings/signing-keys/rotate", MANAGE, Face::Page, || web::to(signing_keys::show_rotate)),
        Route::post("/settings/signing-keys/rotate", MANAGE, Face::Page, || web::to(signing_keys::rotate)),
        Route::get("/settings/signing-keys/replace", MANAGE, Face::Page, || web::to(signing_keys::show_replace)),
        Route::post("/settings/signing-keys/replace", MANAGE, Face::Page, || web::to(signing_keys::replace)),
    ]
}
