//! Every route about a key, asked by a user who manages API keys on one part of the organization, for a key of each kind.

use keystead::app::all_routes;

use crate::support::{Key, Page, Portal, Visitor, on_both};

const SALES: &str = "organization=acme:namespace=sales";
const BILLING: &str = "organization=acme:namespace=billing";

/// A line for each route, and a column for each kind of key: all of its grants are in Sales; it has none and was created by the
/// user; it has others, too; all are on the whole organization; it has none and was created by another user.
const TABLE: &str = "
    route                                      inside mine  mixed root others
    GET  /api-keys/{key_id}                    200    200   200   404  404
    GET  /api-keys/{key_id}/first-use          303    303   303   404  404
    POST /api-keys/{key_id}/credential         303    303   403   404  404
    GET  /api-keys/{key_id}/edit               200    200   403   404  404
    POST /api-keys/{key_id}/edit               303    303   403   404  404
    GET  /api-keys/{key_id}/rotate             200    200   403   404  404
    POST /api-keys/{key_id}/rotate             200    200   403   404  404
    GET  /api-keys/{key_id}/rotation/finish    303    303   403   404  404
    POST /api-keys/{key_id}/rotation/finish    303    303   403   404  404
    GET  /api-keys/{key_id}/rotation/cancel    303    303   403   404  404
    POST /api-keys/{key_id}/rotation/cancel    303    303   403   404  404
    GET  /api-keys/{key_id}/disable            200    200   403   404  404
    POST /api-keys/{key_id}/disable            303    303   403   404  404
    POST /api-keys/{key_id}/enable             303    303   403   404  404
    GET  /api-keys/{key_id}/delete             200    200   403   404  404
    POST /api-keys/{key_id}/delete             303    303   403   404  404
";

/// What a form needs beside its token.
fn fields(path: &str) -> Vec<(&'static str, &'static str)> {
    match path.rsplit('/').next() {
        Some("edit") => vec![
            ("version", "1"),
            ("name", "x"),
            ("expiry", "keep"),
            ("grant-role-0", "sender"),
            ("grant-resource-0", SALES),
        ],
        Some("rotate") => vec![("version", "1"), ("overlap", "0")],
        Some("finish" | "cancel") => vec![("version", "1")],
        _ => Vec::new(),
    }
}

/// Fresh keys, in the order of the columns.
async fn keys<'a>(portal: &'a Portal, ada: &mut Visitor<'a>, sam: &mut Visitor<'a>, number: usize) -> Vec<Key> {
    let mut keys = Vec::new();
    for (kind, grants) in [
        ("inside", vec![SALES]),
        ("mine", vec![]),
        ("mixed", vec![SALES, BILLING]),
        ("root", vec!["organization=acme"]),
        ("others", vec![]),
    ] {
        let maker = if kind == "mine" { &mut *sam } else { &mut *ada };
        let key = maker.makes_key(&format!("{kind}-{number}")).await;
        for path in grants {
            portal.gives(&key, "sender", path).await;
        }
        keys.push(key);
    }
    keys
}

async fn asks(sam: &mut Visitor<'_>, method: &str, path: &str, key: &Key) -> Page {
    let address = path.replace("{key_id}", &key.key_id);
    if method == "GET" { sam.get(&address).await } else { sam.post(&address, &fields(path)).await }
}

on_both! {
    async fn a_manager_of_a_part_is_answered_by_where_a_key_holds_its_roles(portal: Portal) {
        let mut ada = portal.ada().await;
        for path in [SALES, BILLING] {
            portal.has_resource(path).await;
        }
        portal.has_role("sender", &["invoices:write"]).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        let mut lines: Vec<Vec<&str>> = TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty()).collect();
        let columns = lines.remove(0).split_off(1);
        let of_keys = all_routes().into_iter().filter(|route| route.path.starts_with("/api-keys/{key_id}"));
        let mut routes: Vec<String> = of_keys.map(|route| format!("{} {}", route.method, route.path)).collect();
        let mut asked: Vec<String> = lines.iter().map(|line| line[..2].join(" ")).collect();
        routes.sort_unstable();
        asked.sort_unstable();
        assert_eq!(asked, routes);

        let never = Key { key_id: "000000000000".into(), client_id: String::new(), secret: String::new() };
        let (mut wrong, mut fresh) = (Vec::new(), Vec::new());
        for (number, line) in lines.iter().enumerate() {
            let (method, path) = (line[0], line[1]);
            if fresh.is_empty() || line[0] == "POST" {
                fresh = keys(&portal, &mut ada, &mut sam, number).await;
            }
            sam.get("/api-keys").await;
            let like_none = asks(&mut sam, method, path, &never).await.bare();
            let before = portal.dump().await;
            for ((column, key), cell) in columns.iter().zip(&fresh).zip(&line[2..]) {
                let page = asks(&mut sam, method, path, key).await;
                let name = format!("{method} {path}, {column}");
                if page.status.as_str() != *cell {
                    wrong.push(format!("{name}: {} instead of {cell}: {}", page.status, page.text()));
                }
                match *cell {
                    "404" if page.bare() != like_none => wrong.push(format!("{name}: is not like a key that never was")),
                    "403" => {
                        let text = page.text();
                        let says = ["You need a role that can manage API keys", "api_keys:manage", BILLING, "ada@acme.example"];
                        wrong.extend(says.iter().filter(|words| !text.contains(**words)).map(|words| format!("{name}: does not say {words}: {text}")));
                    }
                    _ => {}
                }
            }
            let now = portal.dump().await;
            let is_of = |row: &String, key: &Key| row.contains(&key.key_id);
            for (column, key) in columns.iter().zip(&fresh).skip(2) {
                let rows = |dump: &std::collections::BTreeMap<String, Vec<String>>| dump["api_keys"].iter().filter(|row| is_of(row, key)).cloned().collect::<Vec<_>>();
                if rows(&before) != rows(&now) {
                    wrong.push(format!("{method} {path} changes {column}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
    }
}
