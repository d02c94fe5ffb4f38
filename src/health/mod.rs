//! For whoever runs Keystead: does the process live, may it take traffic.

use actix_web::web::{self, Data};
use actix_web::{HttpResponse, http::header};

use crate::db;
use crate::installation;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal, Stopping};

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Public, Face::Api, || web::to(lives)),
        Route::get("/readyz", Access::Public, Face::Api, || web::to(is_ready)),
    ]
}

async fn lives() -> HttpResponse {
    text("ok")
}

/// Ready when the database answers, its file is where it was, and nobody has asked the process to stop.
async fn is_ready(portal: Data<Portal>, stopping: Data<Stopping>) -> Result<HttpResponse, Error> {
    if stopping.has_begun() {
        return Err(Error::unavailable("the process is stopping"));
    }
    portal.db.require_in_place().map_err(Error::unavailable)?;
    portal
        .db
        .read(|conn| installation::load(conn).map(|_| ()))
        .await
        .map_err(|error: db::Error| Error::unavailable(error))?;
    Ok(text("ready"))
}

fn text(words: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body(words)
}
