//! `/`: where one lands. The first page of the navigation that one may open; the own account, which everybody may.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::web::Portal;
use crate::web::actor::SignedIn;
use crate::web::page;

/// Sends the browser on.
pub async fn show(portal: Data<Portal>, who: SignedIn) -> HttpResponse {
    let first = portal.nav.iter().find(|entry| who.require(entry.permission).is_ok());
    page::redirect(&portal, first.map_or("/account", |entry| entry.href), None)
}
