//! Our own style sheet, script and pictures, inside the binary, as they are and compressed (`build.rs`). The address carries a
//! hash of the content, so browsers may keep them for ever.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{self, ETag, Encoding, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse};

use crate::base::hash;

use super::Error;
use super::compression;
use super::routes::{Access, Face, Route};

/// A file and its compressed forms, where these are smaller.
struct File {
    name: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/static_files.rs"));

/// What browsers ask for on their own where no page names an icon.
const FAVICON: &str = "img/favicon.svg";

/// File name → hash of its content.
static HASHES: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    let hash = |file: &File| hash::sha256(file.plain)[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    FILES.iter().map(|file| (file.name, hash(file))).collect()
});

/// File name → address.
static ADDRESSES: LazyLock<BTreeMap<&str, String>> =
    LazyLock::new(|| HASHES.iter().map(|(name, hash)| (*name, format!("/assets/{hash}/{name}"))).collect());

/// The address of a file, for templates.
pub fn asset(name: &str) -> &'static str {
    ADDRESSES.get(name).map_or("", String::as_str)
}

/// `/assets/{hash}/{file}` and `/favicon.ico`.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/assets/{hash}/{file:.*}", Access::Public, Face::Page, || actix_web::web::to(serve)),
        Route::get("/favicon.ico", Access::Public, Face::Page, || actix_web::web::to(favicon)),
    ]
}

async fn serve(req: HttpRequest) -> Result<HttpResponse, Error> {
    let name = req.match_info().get("file").unwrap_or_default();
    // Only the address with the hash of today's content: an old page may ask for an old file, and gets none.
    if asset(name) != req.path() {
        return Err(Error::not_found());
    }
    answer(&req, name, "public, max-age=31536000, immutable")
}

async fn favicon(req: HttpRequest) -> Result<HttpResponse, Error> {
    answer(&req, FAVICON, "public, max-age=86400")
}

/// The file in the coding that the client prefers, or 304 where it has that already.
fn answer(req: &HttpRequest, name: &str, cache_control: &'static str) -> Result<HttpResponse, Error> {
    let file = FILES.iter().find(|file| file.name == name).ok_or_else(Error::not_found)?;
    let forms = [(Encoding::brotli(), file.brotli), (Encoding::gzip(), file.gzip)];
    let (offered, bodies): (Vec<Encoding>, Vec<&'static [u8]>) =
        forms.into_iter().filter_map(|(coding, body)| Some((coding, body?))).unzip();
    let coding = compression::negotiate(req, &offered);
    let chosen = offered.into_iter().zip(bodies).find(|(offered, _)| Some(offered) == coding.as_ref());
    let hash = HASHES.get(name).map(String::as_str).unwrap_or_default();
    let tag = match &chosen {
        Some((coding, _)) => format!("{hash}-{coding}"),
        None => hash.to_owned(),
    };
    let tag = EntityTag::new_strong(tag);
    let has_it = match IfNoneMatch::parse(req) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(tag))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::CACHE_CONTROL, cache_control));
    if has_it {
        return Ok(response.finish());
    }
    response.insert_header((header::CONTENT_TYPE, media_type(name)));
    Ok(match chosen {
        Some((Encoding::Known(coding), body)) => response.insert_header(coding).body(body),
        _ => response.body(file.plain),
    })
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
        for file in FILES {
            assert_ne!(media_type(file.name), "application/octet-stream", "{}", file.name);
        }
        assert_eq!(asset("css/none.css"), "");
    }

    #[test]
    fn large_files_are_there_compressed() {
        for name in ["css/keystead.css", "js/keystead.js", "img/icons.svg"] {
            let file = FILES.iter().find(|file| file.name == name).unwrap();
            let (brotli, gzip) = (file.brotli.unwrap().len(), file.gzip.unwrap().len());
            assert!(brotli < gzip && gzip * 2 < file.plain.len(), "{name}: {} {gzip} {brotli}", file.plain.len());
        }
    }
}
