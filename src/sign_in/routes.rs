//! The addresses of this feature.

use actix_web::web;

use crate::web::routes::{Access, Face, Route};

use super::pages::{home, invitation, login, logout, setup};

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use Access::{Browser, SignedIn};
    vec![
        Route::get("/setup", Browser, Face::Page, || web::to(setup::show)),
        Route::post("/setup", Browser, Face::Page, || web::to(setup::submit)),
        Route::get("/login", Browser, Face::Page, || web::to(login::show)),
        Route::post("/login", Browser, Face::Page, || web::to(login::submit)),
        Route::get("/invitations/{code}", Browser, Face::Page, || web::to(invitation::show)),
        Route::post("/invitations/{code}", Browser, Face::Page, || web::to(invitation::submit)),
        Route::get("/", SignedIn, Face::Page, || web::to(home::show)),
        Route::post("/logout", SignedIn, Face::Page, || web::to(logout::submit)),
    ]
}
