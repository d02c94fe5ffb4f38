//! Our own style sheet, script and pictures, inside the binary. The address carries a hash of the content, so browsers may
//! keep them for ever.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

use super::Error;
use super::routes::{Access, Face, Route};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// File name → address.
static ADDRESSES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let address = |name: &str| {
        let hash = Files::get(name).map(|file| file.metadata.sha256_hash()).unwrap_or_default();
        let hash: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("/assets/{hash}/{name}")
    };
    Files::iter().map(|name| (name.to_string(), address(&name))).collect()
});

/// The address of a file, for templates.
pub fn asset(name: &str) -> &'static str {
    ADDRESSES.get(name).map_or("", String::as_str)
}

/// `/assets/{hash}/{file}`.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/assets/{hash}/{file:.*}", Access::Public, Face::Page, || actix_web::web::to(serve))]
}

async fn serve(req: HttpRequest) -> Result<HttpResponse, Error> {
    let name = req.match_info().get("file").unwrap_or_default();
    // Only the address with the hash of today's content: an old page may ask for an old file, and gets none.
    if asset(name) != req.path() {
        return Err(Error::not_found());
    }
    let file = Files::get(name).ok_or_else(Error::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type(name)))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_an_address_and_a_type() {
        assert!(asset("css/keystead.css").starts_with("/assets/"));
        for name in Files::iter() {
            assert_ne!(media_type(&name), "application/octet-stream", "{name}");
        }
        assert_eq!(asset("css/none.css"), "");
    }
}
