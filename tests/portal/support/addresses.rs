//! The table of routes as addresses that one can ask for.

use std::collections::BTreeMap;

use keystead::app::all_routes;
use keystead::web::routes::Route;

/// Bob's id in addresses, where [`super::Portal::has_bob`] made him.
pub const BOB: &str = "000000000Bob";

/// An address that the route answers, with this in the place of the key id.
pub fn address_of(route: &Route, key_id: &str) -> String {
    match route.path {
        "/assets/{hash}/{file:.*}" => keystead::web::static_files::asset("img/icons.svg").to_owned(),
        path => path
            .replace("{tenant}", "acme")
            .replace("{key_id}", key_id)
            .replace("{user_id}", BOB)
            .replace("{role}", "developer")
            .replace("{session}", "000000000000000000000000")
            .replace("{path}", "organization=acme")
            .replace("{code}", "ksi_none"),
    }
}

/// The rows of the table by path.
pub fn paths() -> BTreeMap<&'static str, Vec<Route>> {
    let mut paths: BTreeMap<&'static str, Vec<Route>> = BTreeMap::new();
    for route in all_routes() {
        paths.entry(route.path).or_default().push(route);
    }
    paths
}
