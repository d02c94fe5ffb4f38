//! The addresses of this feature.

use actix_web::web;

use crate::access::Permission;
use crate::web::page::NavEntry;
use crate::web::routes::{Access, Face, Route};

use super::pages::{
    create, credential, delete, detail, disable, edit, enable, export, first_use, overview, rotate, rotation, selected,
    tags,
};

/// Its line in the main navigation.
pub const NAV: NavEntry =
    NavEntry { href: "/api-keys", label: "API Keys", icon: "key", permission: Permission::ReadApiKeys };

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    const READ: Access = Access::Needs(Permission::ReadApiKeys);
    const MANAGE: Access = Access::Needs(Permission::ManageApiKeys);
    vec![
        Route::get("/api-keys", READ, Face::Page, || web::to(overview::show)),
        Route::post("/api-keys/search", READ, Face::Page, || web::to(overview::search)),
        Route::get("/api-keys/tags", READ, Face::Page, || web::to(tags::show)),
        Route::get("/api-keys/export", READ, Face::Page, || web::to(export::show)),
        Route::post("/api-keys/selected", MANAGE, Face::Page, || web::to(selected::submit)),
        Route::get("/api-keys/selected/delete", MANAGE, Face::Page, || web::to(selected::show_delete)),
        Route::post("/api-keys/selected/delete", MANAGE, Face::Page, || web::to(selected::delete)),
        Route::get("/api-keys/new", MANAGE, Face::Page, || web::to(create::show)),
        Route::post("/api-keys/new", MANAGE, Face::Page, || web::to(create::submit)),
        Route::post("/api-keys/{key_id}/credential", MANAGE, Face::Page, || web::to(credential::submit)),
        Route::get("/api-keys/{key_id}", READ, Face::Page, || web::to(detail::show)),
        Route::get("/api-keys/{key_id}/first-use", READ, Face::Page, || web::to(first_use::show)),
        Route::get("/api-keys/{key_id}/edit", MANAGE, Face::Page, || web::to(edit::show)),
        Route::post("/api-keys/{key_id}/edit", MANAGE, Face::Page, || web::to(edit::submit)),
        Route::get("/api-keys/{key_id}/rotate", MANAGE, Face::Page, || web::to(rotate::show)),
        Route::post("/api-keys/{key_id}/rotate", MANAGE, Face::Page, || web::to(rotate::submit)),
        Route::get("/api-keys/{key_id}/rotation/finish", MANAGE, Face::Page, || web::to(rotation::show_finish)),
        Route::post("/api-keys/{key_id}/rotation/finish", MANAGE, Face::Page, || web::to(rotation::finish)),
        Route::get("/api-keys/{key_id}/rotation/cancel", MANAGE, Face::Page, || web::to(rotation::show_cancel)),
        Route::post("/api-keys/{key_id}/rotation/cancel", MANAGE, Face::Page, || web::to(rotation::cancel)),
        Route::get("/api-keys/{key_id}/disable", MANAGE, Face::Page, || web::to(disable::show)),
        Route::post("/api-keys/{key_id}/disable", MANAGE, Face::Page, || web::to(disable::submit)),
        Route::post("/api-keys/{key_id}/enable", MANAGE, Face::Page, || web::to(enable::submit)),
        Route::get("/api-keys/{key_id}/delete", MANAGE, Face::Page, || web::to(delete::show)),
        Route::post("/api-keys/{key_id}/delete", MANAGE, Face::Page, || web::to(delete::submit)),
    ]
}
