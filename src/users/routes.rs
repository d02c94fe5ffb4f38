//! The addresses of this feature.

use actix_web::web;

use crate::access::Permission;
use crate::web::page::NavEntry;
use crate::web::routes::{Access, Face, Route};

use super::pages::{delete, detail, invitation, new, overview, sessions};

/// Its line in the main navigation.
pub const NAV: NavEntry = NavEntry { href: "/users", label: "Users", icon: "users", permission: Permission::ReadUsers };

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    const READ: Access = Access::Needs(Permission::ReadUsers);
    const MANAGE: Access = Access::Needs(Permission::ManageUsers);
    vec![
        Route::get("/users", READ, Face::Page, || web::to(overview::show)),
        Route::get("/users/new", MANAGE, Face::Page, || web::to(new::show)),
        Route::post("/users/new", MANAGE, Face::Page, || web::to(new::submit)),
        Route::get("/users/{user_id}", READ, Face::Page, || web::to(detail::show)),
        Route::post("/users/{user_id}", MANAGE, Face::Page, || web::to(detail::submit)),
        Route::post("/users/{user_id}/invitation", MANAGE, Face::Page, || web::to(invitation::submit)),
        Route::post("/users/{user_id}/sessions", MANAGE, Face::Page, || web::to(sessions::submit)),
        Route::get("/users/{user_id}/delete", MANAGE, Face::Page, || web::to(delete::show)),
        Route::post("/users/{user_id}/delete", MANAGE, Face::Page, || web::to(delete::submit)),
    ]
}
