//! The addresses of this feature.

use actix_web::web;

use crate::access::Permission;
use crate::web::page::NavEntry;
use crate::web::routes::{Access, Face, Route};

use super::overview;

/// Its line in the main navigation.
pub const NAV: NavEntry =
    NavEntry { href: "/audit", label: "Audit log", icon: "log", permission: Permission::ReadAudit };

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/audit", Access::Needs(Permission::ReadAudit), Face::Page, || web::to(overview::show))]
}
