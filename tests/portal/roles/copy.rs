//! A copy of a role: a form that is filled in from it, and nothing more.

use crate::support::on_both;

use super::{Filled, application, stored, ticked};

on_both! {
    async fn a_built_in_role_is_copied_and_the_copy_is_ones_own(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/roles/auditor").await.is(200);
        assert!(page.attributes("href").contains(&"/roles/new?copy=auditor".into()));
        let page = ada.get("/roles/new?copy=auditor").await.is(200);
        assert_eq!((page.field("name"), page.field("slug")), ("Copy of Auditor".into(), String::new()));
        assert_eq!(ticked(&page), ["api_keys:read", "users:read", "audit:read"]);
        let form = Filled::named(&page.field("name")).ticking(&["api_keys:read", "audit:read"]);
        form.adds(&mut ada).await.redirects_to("/roles");
        assert_eq!(stored(&portal, "copy-of-auditor").await, ["portal api_keys:read", "portal audit:read"]);
        assert_eq!(portal.number("SELECT COUNT(*) FROM roles WHERE slug = 'copy-of-auditor' AND built_in IS NULL").await, 1);
    }

    async fn a_copy_is_not_marked_for_user_managers_and_its_name_fits(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read", "orders:*"]).await;
        portal.sql(&format!("UPDATE roles SET assignable_by_user_managers = TRUE, name = '{}' WHERE slug = 'clerk'", "n".repeat(60))).await;
        for (slug, words) in [("clerk", "invoices:read\norders:*"), ("manage-api-credentials", "")] {
            let page = ada.get(&format!("/roles/new?copy={slug}")).await.is(200);
            assert_eq!(application(&page), words);
            assert!(!page.body.contains("name=\"assignable\" checked"));
            assert!(page.field("name").len() <= 60);
        }
    }

    async fn what_the_person_who_copies_lacks_is_left_out(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_role("shaper", &["roles:manage", "users:read"]).await;
        let mut rob = portal.somebody("acme", "rob@acme.example", &["shaper"]).await;
        let page = rob.get("/roles/new?copy=auditor").await.is(200);
        assert_eq!(ticked(&page), ["users:read"]);
    }

    async fn another_organizations_role_is_no_more_copied_than_one_that_never_was(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        Filled::named("Turbine").adds(&mut gwen).await.redirects_to("/roles");
        let hers = ada.get("/roles/new?copy=turbine").await.is(404).bare();
        assert_eq!(hers, ada.get("/roles/new?copy=never-was").await.bare());
        ada.get("/roles/new?copy=").await.is(404);
    }
}
