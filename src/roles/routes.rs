//! The addresses of this feature.

use actix_web::web;

use crate::access::Permission;
use crate::web::page::NavEntry;
use crate::web::routes::{Access, Face, Route};

use super::pages::{create, delete, edit, overview};

/// Its line in the main navigation.
pub const NAV: NavEntry =
    NavEntry { href: "/roles", label: "Roles", icon: "shield", permission: Permission::ManageRoles };

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    const MANAGE: Access = Access::Needs(Permission::ManageRoles);
    vec![
        Route::get("/roles", MANAGE, Face::Page, || web::to(overview::show)),
        Route::get("/roles/new", MANAGE, Face::Page, || web::to(create::show)),
        Route::post("/roles/new", MANAGE, Face::Page, || web::to(create::submit)),
        Route::get("/roles/{role}", MANAGE, Face::Page, || web::to(edit::show)),
        Route::post("/roles/{role}", MANAGE, Face::Page, || web::to(edit::submit)),
        Route::get("/roles/{role}/delete", MANAGE, Face::Page, || web::to(delete::show)),
        Route::post("/roles/{role}/delete", MANAGE, Face::Page, || web::to(delete::submit)),
    ]
}
