//! An id of another organization is answered like one that never was, to the byte, wherever it is put: in the address, in the
//! query, in a form. Addresses are generated from the table of routes.

use keystead::app::all_routes;

use crate::support::{Maker, Page, Portal, Targets, Visitor, on_both};

/// The same with ids of the same length that never were.
fn never(targets: &Targets) -> Targets {
    // Ends like the other one, so that pages that sort by it sort alike.
    let canary = |text: &str| text.replace("canary", "nobody");
    Targets {
        key_id: "0".repeat(targets.key_id.len()),
        user_id: "9".repeat(targets.user_id.len()),
        role: canary(&targets.role),
        path: canary(&targets.path),
        session: "0".repeat(targets.session.len()),
        code: "0".repeat(targets.code.len()),
    }
}

/// One request, with `{names}` for ids in its address and in its form. Without a form it is a GET.
#[derive(Debug, Clone)]
struct Asked {
    address: String,
    form: Option<Vec<(String, String)>>,
}

impl Asked {
    fn get(address: &str) -> Self {
        Self { address: address.into(), form: None }
    }

    fn post(address: &str, form: &[(&str, &str)]) -> Self {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { address: address.into(), form: Some(form.iter().map(field).collect()) }
    }

    async fn send(&self, visitor: &mut Visitor<'_>, targets: &Targets) -> Page {
        let address = targets.address(&self.address);
        let Some(form) = &self.form else { return visitor.get(&address).await };
        let filled = |(name, value): &(String, String)| (targets.address(name), targets.address(value));
        let form: Vec<(String, String)> = form.iter().map(filled).collect();
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        visitor.post(&address, &form).await
    }
}

/// The answer, with one word for whatever was asked for: a page repeats what was typed.
fn bare(page: &Page, targets: &Targets) -> (u16, Vec<String>, String) {
    let Targets { key_id, user_id, role, path, session, code } = targets;
    // The path first: its last word is no role's.
    let words = [path, role, key_id, user_id, session, code];
    let plain = |text: &str| words.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), "ASKED"));
    let (status, headers, source) = page.bare();
    (status, headers.iter().map(|header| plain(header)).collect(), plain(&source))
}

/// What is in somebody's own account, to be named in their forms.
struct Own {
    key: String,
    user: String,
    site: String,
    seen: String,
}

/// Every request in which an id of somebody else could stand.
fn everywhere(own: &Own) -> Vec<Asked> {
    const OWN_ROOT: &str = "organization=globex";
    let mut asked = Vec::new();
    // As good for any page as they can be: a page takes the fields that it knows.
    let filled = [
        ("name", "Somebody"),
        ("active", "on"),
        ("role-member", "on"),
        ("version", "1"),
        ("expiry", "keep"),
        ("overlap", "0"),
        ("reason", "moving house"),
        ("saved", "on"),
        ("seen", &own.seen),
        ("parent", OWN_ROOT),
        ("kind", "namespace"),
    ];
    for route in all_routes().iter().filter(|route| route.is_for_browsers() && route.path.contains('{')) {
        if route.method.answers(&actix_web::http::Method::GET) {
            asked.push(Asked::get(route.path));
        } else {
            asked.extend([Asked::post(route.path, &[]), Asked::post(route.path, &filled)]);
        }
    }
    for query in [
        "/users?role={role}",
        "/users?q={user_id}",
        "/roles/new?copy={role}",
        "/resources?q={path}",
        "/resources/organization=globex?q={path}",
        "/resources/new?parent={path}",
        "/login?next=/users/{user_id}",
        "/audit?target=api_key:{key_id}",
    ] {
        asked.push(Asked::get(query));
    }
    let fields =
        [("name", "Gus"), ("active", "on"), ("version", "1"), ("email", "new@globex.example"), ("expiry", "keep")];
    for address in [format!("/users/{}", own.user), "/users/new".to_owned()] {
        let with = |more: &[(&str, &str)]| Asked::post(&address, &[&fields, more].concat());
        asked.extend([with(&[("role-{role}", "on")]), with(&[("role-{role}", "on"), ("action", "add-all")])]);
    }
    for address in [format!("/users/{}", own.user), "/users/new".to_owned(), format!("/api-keys/{}/edit", own.key)] {
        let with = |more: &[(&str, &str)]| Asked::post(&address, &[&fields, more].concat());
        asked.extend([
            with(&[("grant-role-0", "{role}"), ("grant-resource-0", OWN_ROOT)]),
            with(&[("grant-role-0", "member"), ("grant-resource-0", "{path}")]),
            with(&[("grant-role-0", "{role}"), ("grant-resource-0", "{path}")]),
            with(&[("grant-role-0", "{role}"), ("grant-resource-0", "{path}"), ("action", "add-grant")]),
        ]);
    }
    let site = format!("/resources/{}", own.site);
    for address in ["/resources/new", &site] {
        let fields = [("seen", own.seen.as_str()), ("parent", "{path}"), ("kind", "namespace"), ("name", "moved")];
        asked.push(Asked::post(address, &fields));
    }
    asked
}

/// Gwen's own things, by which she asks for others.
async fn own(portal: &Portal, gwen: &mut Visitor<'_>) -> Own {
    portal.somebody("globex", "gus@globex.example", &["member"]).await;
    gwen.get("/resources/new").await.is(200);
    let fields = [("parent", "organization=globex"), ("kind", "namespace"), ("name", "site")];
    gwen.post("/resources/new", &fields).await.is(303);
    let site = "organization=globex:namespace=site".to_owned();
    let seen = gwen.get(&format!("/resources/{site}")).await.is(200).field("seen");
    let user = portal.user_path("gus@globex.example", "").await.trim_start_matches("/users/").to_owned();
    let key = gwen.makes_key("own-sync").await.key_id;
    // The message of that is shown once.
    gwen.get("/api-keys").await.is(200);
    Own { key, user, site, seen }
}

on_both! {
    async fn an_id_of_another_organization_is_answered_like_one_that_never_was(portal: Portal) {
        let ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        portal.has_user("owner@acme.example", "Owner", keystead::access::BuiltIn::Member).await;
        let own = own(&portal, &mut gwen).await;
        let mut targets = Maker::new(&portal, ada).all("owner@acme.example").await;
        targets.code = "ksi_none".into();
        let never = never(&targets);
        let (before, asked) = (portal.dump().await, everywhere(&own));
        assert!(asked.len() > 40, "{}", asked.len());
        let mut wrong = Vec::new();
        for asked in &asked {
            let (theirs, nobodys) = (asked.send(&mut gwen, &targets).await, asked.send(&mut gwen, &never).await);
            let (theirs, nobodys) = (bare(&theirs, &targets), bare(&nobodys, &never));
            if theirs != nobodys {
                wrong.push(format!("{asked:?}\n{theirs:?}\n{nobodys:?}"));
            }
            let all = format!("{theirs:?}");
            if ["canary", "acme.example", "Acme Works", "organization=acme"].iter().any(|word| all.contains(word)) {
                wrong.push(format!("{asked:?} tells of Acme:\n{all}"));
            }
            if asked.form.is_some() && theirs.0 < 300 && !format!("{asked:?}").contains("\"action\"") {
                wrong.push(format!("{asked:?} is taken"));
            }
            if portal.dump().await != before {
                wrong.push(format!("{asked:?} changes something"));
            }
        }
        assert!(wrong.is_empty(), "{} requests:\n{}", wrong.len(), wrong.join("\n\n"));
    }

    async fn what_is_taken_in_another_organization_is_free_here(portal: Portal) {
        let ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        portal.has_user("owner@acme.example", "Owner", keystead::access::BuiltIn::Member).await;
        let targets = Maker::new(&portal, ada).all("owner@acme.example").await;
        let never = never(&targets);
        gwen.get("/roles/new").await.is(200);
        let role = Asked::post("/roles/new", &[("name", "Clerk"), ("slug", "{role}")]);
        let (theirs, nobodys) = (role.send(&mut gwen, &targets).await, role.send(&mut gwen, &never).await);
        assert_eq!(bare(&theirs.redirects_to("/roles"), &targets), bare(&nobodys, &never));
        assert_eq!(gwen.makes_key(&targets.role).await.client_id, gwen.makes_key(&never.role).await.client_id.replace("nobody", "canary"));
    }

    async fn a_place_in_the_list_of_another_organization_is_no_place_here(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        portal
            .sql(
                "INSERT INTO users (tenant_id, public_id, email, email_folded, name, name_folded, created_at, created_by, version) \
                 WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1060) \
                 SELECT t.id, 'canary00' || CAST(i AS TEXT), 'p' || CAST(i AS TEXT) || '@acme.example', \
                 'p' || CAST(i AS TEXT) || '@acme.example', 'Canary', 'canary', 0, 'a test', 1 \
                 FROM n, tenants t WHERE t.slug = 'acme'",
            )
            .await;
        let links = ada.get("/users").await.is(200).attributes("href");
        let next = links.into_iter().find(|href| href.contains("?after=")).expect("a second page");
        ada.get(&next).await.is(200).says("Canary");
        for place in [next.clone(), next.replace("after", "before")] {
            let never = format!("{}{}", &place[..place.len() - 8], "AAAAAAAA");
            let theirs = gwen.get(&place).await.is(400).says_nothing_of("Canary");
            assert_eq!(theirs.bare(), gwen.get(&never).await.bare(), "{place}");
        }
    }
}
