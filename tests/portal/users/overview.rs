//! The list of users: who is in it, in which order, and how one finds somebody.

use keystead::access::BuiltIn;

use crate::support::{Page, on_both};

fn emails(page: &Page) -> Vec<String> {
    page.attributes("data-email")
}

on_both! {
    async fn everybody_of_the_organization_is_there_by_name_and_nobody_else(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_user("zoe@acme.example", "bertha", BuiltIn::Member).await;
        portal.has_user("cy@acme.example", "Cy", BuiltIn::Ops).await;
        portal.globex().await;
        let page = ada.get("/users").await.is(200).says("3 users");
        assert_eq!(emails(&page), ["ada@acme.example", "zoe@acme.example", "cy@acme.example"]);
        page.row("data-email=\"cy@acme.example\"").says("Ops").says("Active").says("Never");
        page.says_nothing_of("gwen@globex.example");
    }

    async fn somebody_is_found_by_a_part_of_the_name_or_of_the_address(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_user("jm@acme.example", "Jürgen Müller", BuiltIn::Member).await;
        portal.has_user("x_y@acme.example", "100% Certain", BuiltIn::Member).await;
        for (text, found) in [
            ("m%C3%9CLLER", "jm@acme.example"),
            ("jm%40", "jm@acme.example"),
            ("lace", "ada@acme.example"),
            ("100%25", "x_y@acme.example"),
            ("x_y", "x_y@acme.example"),
        ] {
            let page = ada.get(&format!("/users?q={text}")).await.is(200);
            assert_eq!(emails(&page), [found], "{text}");
        }
        // Neither a percent sign nor an underscore stands for anything else.
        for text in ["%25", "a_a", "%5C"] {
            let found = emails(&ada.get(&format!("/users?q={text}")).await.is(200));
            assert!(found.is_empty() || found == ["x_y@acme.example"], "{text}: {found:?}");
        }
        ada.get("/users?q=nobody").await.is(200).says("Nobody matches").says("Search: nobody");
    }

    async fn filters_add_up_and_each_can_be_taken_away(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_user("dev@acme.example", "Dev", BuiltIn::Developer).await;
        portal.has_user("off@acme.example", "Off", BuiltIn::Developer).await;
        portal.disables("off@acme.example").await;
        portal.invites("new@acme.example").await;
        assert_eq!(emails(&ada.get("/users?role=developer").await), ["dev@acme.example", "off@acme.example"]);
        assert_eq!(emails(&ada.get("/users?status=invited").await), ["new@acme.example"]);
        assert_eq!(emails(&ada.get("/users?status=inactive").await), ["off@acme.example"]);
        let page = ada.get("/users?role=developer&status=active&q=e").await.is(200);
        assert_eq!(emails(&page), ["dev@acme.example"]);
        let links = page.attributes("href");
        for without in ["/users?status=active&role=developer", "/users?q=e&role=developer", "/users?q=e&status=active"] {
            assert!(links.contains(&without.to_owned()), "{without}: {links:?}");
        }
        // What makes no sense is no filter.
        assert_eq!(emails(&ada.get("/users?status=nonsense&q=+").await).len(), 4);
    }

    async fn a_long_list_has_pages_that_keep_what_is_looked_for(portal: Portal) {
        let mut ada = portal.ada().await;
        // Names that are the same are told apart by nothing that a person sees; none may be left out.
        portal.sql(
            "INSERT INTO users (tenant_id, public_id, email, email_folded, name, name_folded, created_at, created_by, version) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) \
             SELECT t.id, substr('0000000000' || CAST(i AS TEXT), -12, 12), 'p' || CAST(i AS TEXT) || '@acme.example', \
             'p' || CAST(i AS TEXT) || '@acme.example', 'Pat', 'pat', 0, 'a test', 1 FROM n, tenants t WHERE t.slug = 'acme'"
                .replace("substr('0000000000' || CAST(i AS TEXT), -12, 12)", "CAST(100000000000 + i AS TEXT)").as_str(),
        ).await;
        let (mut seen, mut path) = (Vec::new(), "/users?q=pat&status=invited".to_owned());
        let mut pages = Vec::new();
        loop {
            let page = ada.get(&path).await.is(200);
            seen.extend(emails(&page));
            pages.push(emails(&page));
            let Some(next) = link(&page, "next") else { break };
            assert!(next.starts_with("/users?q=pat&status=invited&after="), "{next}");
            path = next;
        }
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 120);
        // And back again.
        let back = link(&ada.get(&path).await, "prev").expect("a way back");
        assert_eq!(emails(&ada.get(&back).await), pages[1]);
    }

    async fn whoever_only_reads_users_changes_none(portal: Portal) {
        portal.ada().await;
        portal.has_bob().await;
        let mut auditor = portal.somebody("acme", "aud@acme.example", &["auditor"]).await;
        let links = auditor.get("/users").await.is(200).attributes("href");
        assert!(!links.contains(&"/users/new".into()));
        let path = portal.user_path("bob@acme.example", "").await;
        let page = auditor.get(&path).await.is(200).says("bob@acme.example");
        page.says_nothing_of(">Save<").says_nothing_of("/delete\"").says_nothing_of("formaction");
        let before = portal.dump().await;
        auditor.post(&path, &[("name", "Bobby"), ("version", "1")]).await.is(403);
        for what in ["invitation", "sessions", "delete"] {
            auditor.post(&format!("{path}/{what}"), &[]).await.is(403).says("manage users");
        }
        auditor.post("/users/new", &[("email", "x@acme.example")]).await.is(403);
        assert_eq!(portal.dump().await, before);
    }
}

fn link(page: &Page, rel: &str) -> Option<String> {
    let tag = page.body.split('<').find(|tag| tag.starts_with("a ") && tag.contains(&format!("rel=\"{rel}\"")))?;
    let href = tag.split_once("href=\"")?.1.split('"').next()?;
    Some(href.replace("&#38;", "&"))
}
