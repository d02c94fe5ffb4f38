//! The access matrix: every route there is, asked by everybody. Which routes there are is read from the router; what each of
//! them needs, and what everybody is answered, is written here by hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead::access::{BuiltIn, Permission};
use keystead::app::all_routes;
use keystead::web::routes::Access;

use crate::support::{Maker, PASSWORD, Page, Portal, Visitor, on_both};

/// A line for each route. What it needs: nothing and no session (`program`), a browser, somebody who is signed in, or a
/// permission. Then what each of these is answered, for a form that is empty but for its token:
/// nobody in particular; whoever sees keys; whoever manages keys; whoever manages users; Ops; an Admin; a browser whose user
/// was switched off; the Admin of another organization; and a user who manages keys in one part of Acme alone. `login` sends to
/// the sign-in page.
const TABLE: &str = "
    route                                             needs             nobody viewer keys  users ops   admin off   other sales

    GET  /assets/{hash}/{file:.*}                     program           200    200    200   200   200   200   200   200   200
    GET  /favicon.ico                                 program           200    200    200   200   200   200   200   200   200
    GET  /healthz                                     program           200    200    200   200   200   200   200   200   200
    GET  /readyz                                      program           200    200    200   200   200   200   200   200   200
    POST /api/v1/verify                               program           415    415    415   415   415   415   415   415   415
    POST /api/v1/verify/batch                         program           415    415    415   415   415   415   415   415   415
    POST /api/v1/leaks                                program           415    415    415   415   415   415   415   415   415
    POST /{tenant}/oauth2/token                       program           400    400    400   400   400   400   400   400   400
    POST /{tenant}/oauth2/introspect                  program           401    401    401   401   401   401   401   401   401
    POST /{tenant}/oauth2/revoke                      program           401    401    401   401   401   401   401   401   401
    GET  /{tenant}/oauth2/jwks                        program           200    200    200   200   200   200   200   200   200
    GET  /.well-known/oauth-authorization-server/{tenant}  program        200    200    200   200   200   200   200   200   200
    GET  /{tenant}/.well-known/oauth-authorization-server  program        200    200    200   200   200   200   200   200   200
    GET  /.well-known/openid-configuration/{tenant}   program           200    200    200   200   200   200   200   200   200
    GET  /{tenant}/.well-known/openid-configuration   program           200    200    200   200   200   200   200   200   200
    ANY  /gateway/auth                                program           500    500    500   500   500   500   500   500   500
    ANY  /{tenant}/gateway/auth                       program           401    401    401   401   401   401   401   401   401
    POST /compat/nullplatform/login                   program           415   415   415   415   415   415   415   415   415
    POST /compat/nullplatform/token                   program           415   415   415   415   415   415   415   415   415
    POST /compat/nullplatform/api_key                 program           401   401   401   401   401   401   401   401   401
    GET  /compat/nullplatform/api_key/{id}            program           401   401   401   401   401   401   401   401   401
    PATCH /compat/nullplatform/api_key/{id}           program           401   401   401   401   401   401   401   401   401
    DELETE /compat/nullplatform/api_key/{id}          program           401   401   401   401   401   401   401   401   401

    GET  /setup                                       browser           404    404    404   404   404   404   404   404   404
    POST /setup                                       browser           404    404    404   404   404   404   404   404   404
    GET  /login                                       browser           200    303    303   303   303   303   200   303   303
    POST /login                                       browser           422    422    422   422   422   422   422   422   422
    GET  /invitations/{code}                          browser           200    200    200   200   200   200   200   404   200
    POST /invitations/{code}                          browser           422    422    422   422   422   422   422   404   422

    GET  /                                            signed-in         login  303    303   303   303   303   login 303   303
    POST /logout                                      signed-in         login  303    303   303   303   303   login 303   303
    GET  /account                                     signed-in         login  200    200   200   200   200   login 200   200
    POST /account                                     signed-in         login  422    422   422   422   422   login 422   422
    POST /account/password                            signed-in         login  422    422   422   422   422   login 422   422
    POST /account/sessions/{session}                  signed-in         login  303    303   303   303   303   login 404   303
    POST /account/sessions                            signed-in         login  303    303   303   303   303   login 303   303

    GET  /api-keys                                    api_keys:read     login  200    200   403   200   200   login 200   200
    GET  /api-keys/{key_id}                           api_keys:read     login  200    200   403   200   200   login 404   404
    POST /api-keys/search                             api_keys:read     login  303    303   403   303   303   login 303   303
    GET  /api-keys/tags                               api_keys:read     login  200    200   403   200   200   login 200   200
    GET  /api-keys/export                             api_keys:read     login  200    200   403   200   200   login 200   200
    POST /api-keys/selected                           api_keys:manage   login  403    303   403   303   303   login 303   303
    GET  /api-keys/selected/delete                    api_keys:manage   login  403    303   403   303   303   login 303   303
    POST /api-keys/selected/delete                    api_keys:manage   login  403    303   403   303   303   login 303   303
    GET  /api-keys/new                                api_keys:manage   login  403    200   403   200   200   login 200   200
    POST /api-keys/new                                api_keys:manage   login  403    400   403   400   400   login 400   400
    POST /api-keys/{key_id}/credential                api_keys:manage   login  403    303   403   303   303   login 404   404
    GET  /api-keys/{key_id}/first-use                 api_keys:read     login  303    303   403   303   303   login 404   404
    GET  /api-keys/{key_id}/edit                      api_keys:manage   login  403    200   403   200   200   login 404   404
    POST /api-keys/{key_id}/edit                      api_keys:manage   login  403    422   403   422   422   login 404   404
    GET  /api-keys/{key_id}/rotate                    api_keys:manage   login  403    200   403   200   200   login 404   404
    POST /api-keys/{key_id}/rotate                    api_keys:manage   login  403    400   403   400   400   login 400   400
    GET  /api-keys/{key_id}/rotation/finish           api_keys:manage   login  403    303   403   303   303   login 404   404
    POST /api-keys/{key_id}/rotation/finish           api_keys:manage   login  403    400   403   400   400   login 400   400
    GET  /api-keys/{key_id}/rotation/cancel           api_keys:manage   login  403    303   403   303   303   login 404   404
    POST /api-keys/{key_id}/rotation/cancel           api_keys:manage   login  403    400   403   400   400   login 400   400
    GET  /api-keys/{key_id}/disable                   api_keys:manage   login  403    200   403   200   200   login 404   404
    POST /api-keys/{key_id}/disable                   api_keys:manage   login  403    303   403   303   303   login 404   404
    POST /api-keys/{key_id}/enable                    api_keys:manage   login  403    303   403   303   303   login 404   404
    GET  /api-keys/{key_id}/delete                    api_keys:manage   login  403    200   403   200   200   login 404   404
    POST /api-keys/{key_id}/delete                    api_keys:manage   login  403    303   403   303   303   login 404   404

    GET  /users                                       users:read        login  403    403   200   403   200   login 200   403
    GET  /users/{user_id}                             users:read        login  403    403   200   403   200   login 404   403
    GET  /users/new                                   users:manage      login  403    403   200   403   200   login 200   403
    POST /users/new                                   users:manage      login  403    403   422   403   422   login 422   403
    POST /users/{user_id}                             users:manage      login  403    403   422   403   422   login 404   403
    POST /users/{user_id}/invitation                  users:manage      login  403    403   200   403   200   login 404   403
    POST /users/{user_id}/sessions                    users:manage      login  403    403   303   403   303   login 404   403
    GET  /users/{user_id}/delete                      users:manage      login  403    403   200   403   200   login 404   403
    POST /users/{user_id}/delete                      users:manage      login  403    403   303   403   303   login 404   403

    GET  /roles                                       roles:manage      login  403    403   403   403   200   login 200   403
    GET  /roles/new                                   roles:manage      login  403    403   403   403   200   login 200   403
    POST /roles/new                                   roles:manage      login  403    403   403   403   422   login 422   403
    GET  /roles/{role}                                roles:manage      login  403    403   403   403   200   login 404   403
    POST /roles/{role}                                roles:manage      login  403    403   403   403   400   login 404   403
    GET  /roles/{role}/delete                         roles:manage      login  403    403   403   403   200   login 404   403
    POST /roles/{role}/delete                         roles:manage      login  403    403   403   403   303   login 404   403

    GET  /resources                                   resources:manage  login  403    403   403   200   200   login 200   403
    GET  /resources/new                               resources:manage  login  403    403   403   200   200   login 200   403
    POST /resources/new                               resources:manage  login  403    403   403   422   422   login 422   403
    GET  /resources/{path}                            resources:manage  login  403    403   403   200   200   login 404   403
    POST /resources/{path}                            resources:manage  login  403    403   403   400   400   login 400   403
    GET  /resources/{path}/delete                     resources:manage  login  403    403   403   200   200   login 404   403
    POST /resources/{path}/delete                     resources:manage  login  403    403   403   400   400   login 400   403

    GET  /audit                                       audit:read        login  403    403   403   200   200   login 200   403

    GET  /settings                                    settings:manage   login  403    403   403   403   200   login 200   403
    POST /settings                                    settings:manage   login  403    403   403   403   422   login 422   403
    POST /settings/access-tokens                      settings:manage   login  403    403   403   403   422   login 422   403
    GET  /settings/signing-keys/rotate                settings:manage   login  403    403   403   403   200   login 200   403
    POST /settings/signing-keys/rotate                settings:manage   login  403    403   403   403   400   login 400   403
    GET  /settings/signing-keys/replace               settings:manage   login  403    403   403   403   200   login 200   403
    POST /settings/signing-keys/replace               settings:manage   login  403    403   403   403   400   login 400   403
";

/// Words of Globex, which nobody else ever reads.
const OF_GLOBEX: [&str; 2] = ["globex", "Globex"];
/// Words of Acme, which Globex never reads. The slug is in addresses of programs, and belongs to everybody.
const OF_ACME: [&str; 4] = ["acme.example", "Acme Works", "canary", "organization=acme"];

/// A line of the table.
#[derive(Debug)]
struct Row {
    method: &'static str,
    path: &'static str,
    needs: &'static str,
    /// The answers, by whom they are for.
    cells: Vec<(&'static str, &'static str)>,
}

impl Row {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn cell(&self, who: &str) -> &'static str {
        self.cells.iter().find(|(column, _)| *column == who).expect("a column for everybody").1
    }

    /// Whether this answer may leave something changed behind: a form that was taken.
    fn changes(&self, cell: &str) -> bool {
        self.method == "POST" && matches!(cell, "200" | "303")
    }

    /// Where somebody is sent to sign in.
    fn sign_in(&self, address: &str) -> String {
        if self.method == "POST" || address == "/" {
            return "/login".into();
        }
        format!("/login?next={}", form_urlencoded::byte_serialize(address.as_bytes()).collect::<String>())
    }
}

fn rows() -> Vec<Row> {
    let mut lines =
        TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty());
    let columns = lines.next().expect("a head");
    let row = |words: Vec<&'static str>| {
        assert_eq!(words.len(), columns.len() + 1, "{words:?}");
        let cells = columns[2..].iter().copied().zip(words[3..].iter().copied()).collect();
        Row { method: words[0], path: words[1], needs: words[2], cells }
    };
    lines.map(row).collect()
}

/// What the router says that a route needs, in the table's words.
fn word(access: Access) -> &'static str {
    match access {
        Access::Public => "program",
        Access::Browser => "browser",
        Access::SignedIn => "signed-in",
        Access::Needs(permission) => permission.as_str(),
    }
}

#[test]
fn the_table_has_a_line_for_each_route_with_what_it_needs() {
    let mut routes: Vec<String> =
        all_routes().iter().map(|route| format!("{} {} {}", route.method, route.path, word(route.access))).collect();
    let mut lines: Vec<String> = rows().iter().map(|row| format!("{} {}", row.name(), row.needs)).collect();
    routes.sort_unstable();
    lines.sort_unstable();
    let missing: Vec<_> = routes.iter().filter(|route| !lines.contains(route)).collect();
    let strange: Vec<_> = lines.iter().filter(|line| !routes.contains(line)).collect();
    assert!(
        missing.is_empty() && strange.is_empty(),
        "not in the table: {missing:#?}; not in the router: {strange:#?}"
    );
    assert_eq!(routes.len(), lines.len(), "a route has one line");
}

/// Somebody who asks, with the name of their column.
struct Asking<'a> {
    column: &'static str,
    email: &'static str,
    browser: Visitor<'a>,
}

/// Everybody of the table's head.
async fn everybody<'a>(portal: &'a Portal, gwen: Visitor<'a>) -> Vec<Asking<'a>> {
    let mut everybody = vec![Asking { column: "nobody", email: "nobody@nowhere.example", browser: portal.visitor() }];
    for (column, email, role) in [
        ("viewer", "viewer@acme.example", "developer"),
        ("keys", "keys@acme.example", "manage-api-credentials"),
        ("users", "users@acme.example", "manage-users"),
        ("ops", "ops@acme.example", "ops"),
        ("admin", "admin@acme.example", "admin"),
        ("off", "off@acme.example", "admin"),
    ] {
        everybody.push(Asking { column, email, browser: portal.somebody("acme", email, &[role]).await });
    }
    portal.disables("off@acme.example").await;
    portal.has_resource("organization=acme:namespace=part").await;
    let sales =
        portal.holder_of("sales@acme.example", "manage-api-credentials", "organization=acme:namespace=part").await;
    everybody.push(Asking { column: "sales", email: "sales@acme.example", browser: sales });
    everybody.push(Asking { column: "other", email: "gwen@globex.example", browser: gwen });
    for asking in &mut everybody {
        if ["nobody", "off"].contains(&asking.column) {
            // For the cookie and the token of forms from before sign-in.
            asking.browser.get("/login").await.is(200);
        }
    }
    everybody
}

impl Asking<'_> {
    async fn asks(&mut self, row: &Row, address: &str) -> Page {
        // Tries to sign in are counted by the account that is tried.
        let account = [("email", format!("{}@nowhere.example", self.column))];
        let fields = account.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        match (row.method, row.path) {
            ("GET", _) => self.browser.get(address).await,
            (other @ ("PATCH" | "DELETE" | "ANY"), _) => {
                let request = self.browser.request(other.parse().expect("a method"), address);
                self.browser.send(request).await
            }
            (_, "/login") => self.browser.post(address, &fields).await,
            (_, "/logout") if row.cell(self.column) == "303" => {
                let mut spare = self.browser.portal.visitor();
                spare.signs_in(self.email, PASSWORD).await.redirects_to("/api-keys");
                spare.get("/account").await.is(200);
                spare.post(address, &[]).await
            }
            _ => self.browser.post(address, &[]).await,
        }
    }
}

/// The answer is that of the cell, for its reason.
fn check(row: &Row, cell: &str, page: &Page, address: &str) -> Result<(), String> {
    let expected = if cell == "login" { "303" } else { cell };
    if page.status.as_str() != expected {
        return Err(format!("is {} instead of {cell}:\n{}", page.status, page.text()));
    }
    let to = page.header("location");
    match cell {
        "login" if to != row.sign_in(address) => Err(format!("sends to {to}")),
        "303" if to.starts_with("/login") && row.path != "/logout" => Err(format!("sends to {to}")),
        "403" => {
            let permission = row.needs.parse::<Permission>().map_err(|_| "is 403 where no permission is needed")?;
            let why = format!("You need a role that can {}", permission.in_words());
            let says = page.text().contains(&why) && page.text().contains(permission.as_str());
            if says { Ok(()) } else { Err(format!("does not say {why:?}:\n{}", page.text())) }
        }
        _ => Ok(()),
    }
}

/// Everything in an answer, also what a cookie holds in base64.
fn all_of(page: &Page) -> String {
    let (_, headers, _) = page.bare();
    let inside = |cookie: &String| {
        let value = cookie.split_once('=')?.1.split(';').next()?;
        Some(String::from_utf8_lossy(&URL_SAFE_NO_PAD.decode(value).ok()?).into_owned())
    };
    let cookies: Vec<String> = page.cookies().iter().filter_map(inside).collect();
    [headers, cookies, vec![page.body.clone()]].concat().join("\n")
}

/// The tables that are not as they were.
async fn changed(portal: &Portal, before: &std::collections::BTreeMap<String, Vec<String>>) -> Vec<String> {
    let now = portal.dump().await;
    now.into_iter().filter(|(table, rows)| before.get(table) != Some(rows)).map(|(table, _)| table).collect()
}

on_both! {
    async fn everybody_is_answered_what_the_table_says(portal: Portal) {
        let ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        gwen.makes_key("globex-key").await;
        gwen.get("/roles/new").await.is(200);
        gwen.post("/roles/new", &[("name", "Globex role")]).await.redirects_to("/roles");
        let fields = [("parent", "organization=globex"), ("kind", "namespace"), ("name", "globex-site")];
        gwen.post("/resources/new", &fields).await.is(303);
        gwen.get("/account").await.is(200);

        portal.has_user("owner@acme.example", "Owner", BuiltIn::Member).await;
        let (rows, mut maker, mut wrong) = (rows(), Maker::new(&portal, ada), Vec::new());
        for mut asking in everybody(&portal, gwen).await {
            let owner = match asking.column {
                "nobody" | "off" | "other" => "owner@acme.example",
                _ => asking.email,
            };
            let mut targets = maker.all(owner).await;
            if asking.column == "other" {
                // The code of a link is no id: whoever has it is whoever the link is for.
                targets.code = format!("ksi_{}", "0".repeat(43));
            }
            let strange: &[&str] = if asking.column == "other" { &OF_ACME } else { &OF_GLOBEX };
            let mut before = portal.dump().await;
            for row in &rows {
                let (cell, address) = (row.cell(asking.column), targets.address(row.path));
                let page = asking.asks(row, &address).await;
                let mut says = |what: String| wrong.push(format!("{}, {}: {what}", row.name(), asking.column));
                check(row, cell, &page, &address).unwrap_or_else(&mut says);
                let all = all_of(&page);
                strange.iter().filter(|word| all.contains(**word)).for_each(|word| says(format!("tells {word}:\n{all}")));
                if row.changes(cell) {
                    maker.renew(&mut targets, row.path, owner).await;
                    before = portal.dump().await;
                    continue;
                }
                let changed = changed(&portal, &before).await;
                if !changed.is_empty() {
                    says(format!("changes {changed:?}"));
                    before = portal.dump().await;
                }
            }
        }
        assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
    }
}
