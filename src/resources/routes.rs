//! The addresses of this feature.

use actix_web::web;

use crate::access::Permission;
use crate::web::page::NavEntry;
use crate::web::routes::{Access, Face, Route};

use super::pages::{create, delete, edit, overview};

/// Its line in the main navigation.
pub const NAV: NavEntry =
    NavEntry { href: "/resources", label: "Resources", icon: "tree", permission: Permission::ManageResources };

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    const MANAGE: Access = Access::Needs(Permission::ManageResources);
    vec![
        Route::get("/resources", MANAGE, Face::Page, || web::to(overview::root)),
        Route::get("/resources/new", MANAGE, Face::Page, || web::to(create::show)),
        Route::post("/resources/new", MANAGE, Face::Page, || web::to(create::submit)),
        Route::get("/resources/{path}", MANAGE, Face::Page, || web::to(overview::show)),
        Route::post("/resources/{path}", MANAGE, Face::Page, || web::to(edit::submit)),
        Route::get("/resources/{path}/delete", MANAGE, Face::Page, || web::to(delete::show)),
        Route::post("/resources/{path}/delete", MANAGE, Face::Page, || web::to(delete::submit)),
    ]
}
