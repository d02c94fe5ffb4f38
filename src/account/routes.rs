//! The addresses of this feature.

use actix_web::web;

use crate::web::routes::{Access, Face, Route};

use super::pages::{overview, password, sessions};

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        Route::get("/account", SignedIn, Face::Page, || web::to(overview::show)),
        Route::post("/account", SignedIn, Face::Page, || web::to(overview::submit)),
        Route::post("/account/password", SignedIn, Face::Page, || web::to(password::submit)),
        Route::post("/account/sessions", SignedIn, Face::Page, || web::to(sessions::submit)),
        Route::post("/account/sessions/{session}", SignedIn, Face::Page, || web::to(sessions::submit_one)),
    ]
}
