//! An organization is never left without an administrator, by whatever path.

use keystead::access::Permission;

use crate::support::{Portal, Visitor, on_both};

const ADA: &str = "ada@acme.example";

/// Somebody who holds every permission there is, and is no Admin.
async fn almost_admin(portal: &Portal) -> Visitor<'_> {
    portal.set_up_acme().await;
    portal.has_role("everything", &[]).await;
    for permission in Permission::ALL {
        portal
            .sql(&format!(
                "INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
             SELECT tenant_id, id, 'portal', '{permission}' FROM roles WHERE slug = 'everything'"
            ))
            .await;
    }
    portal.somebody("acme", "eve@acme.example", &["everything"]).await
}

on_both! {
    async fn the_last_one_is_neither_demoted_nor_switched_off_nor_deleted(portal: Portal) {
        let mut eve = almost_admin(&portal).await;
        let path = portal.user_path(ADA, "").await;
        let version = eve.get(&path).await.is(200).field("version");
        let before = portal.dump().await;
        let words = "This is the last administrator who can sign in.";
        let page = eve.gives_roles(ADA, &["ops", "member"]).await.is(409).says(words);
        assert!(page.tick_box("role-ops").contains(" checked"), "nothing that was ticked is lost");
        eve.post(&path, &[("name", "Ada"), ("version", &version), ("role-admin", "on")]).await.is(409).says(words);
        eve.post(&format!("{path}/delete"), &[]).await.is(409).says(words);
        assert_eq!(portal.dump().await, before);
    }

    async fn somebody_who_cannot_sign_in_is_no_other_administrator(portal: Portal) {
        let mut eve = almost_admin(&portal).await;
        // Invited, switched off, and Admin of a part alone.
        eve.get("/users/new").await;
        eve.post("/users/new", &[("email", "ivy@acme.example"), ("role-admin", "on")]).await.is(200);
        portal.somebody("acme", "off@acme.example", &["admin"]).await;
        portal.disables("off@acme.example").await;
        portal.has_resource("organization=acme:namespace=billing").await;
        portal.somebody("acme", "part@acme.example", &[]).await;
        portal.holds("part@acme.example", "admin", "organization=acme:namespace=billing").await;
        eve.gives_roles(ADA, &["ops"]).await.is(409).says("last administrator");
        portal.somebody("acme", "abe@acme.example", &["admin"]).await;
        eve.gives_roles(ADA, &["ops"]).await.redirects_to("/users");
        eve.gives_roles("abe@acme.example", &["ops"]).await.is(409);
    }

    async fn an_organization_without_one_yet_can_be_worked_with(portal: Portal) {
        portal.set_up_acme().await;
        let mut uma = portal.somebody("acme", "uma@acme.example", &["manage-users"]).await;
        portal.has_bob().await;
        portal.takes_all_roles_from(ADA).await;
        uma.gives_roles("bob@acme.example", &["manage-api-credentials"]).await.redirects_to("/users");
    }
}
