//! A key that has leaked.

use keystead::signing_keys::AHEAD_SECONDS;

use super::{asks_for, follow_each_other, kids, signer, verifies_elsewhere, verifies_here};
use crate::support::on_both;

on_both! {
    async fn a_leaked_key_is_gone_at_once_with_all_its_tokens(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (old, last) = (kids(&portal).await, portal.token_for(&key).await.access_token());
        assert!(verifies_elsewhere(&portal, &last).await && verifies_here(&portal, &last).await);
        ada.get("/settings/signing-keys/replace").await.is(200).says("All access tokens already given stop working.").says("within 5 minutes");
        asks_for(&mut ada, "replace").await.redirects_to("/settings");
        ada.get("/settings").await.says("A new key signs now. The keys before it are gone");
        let new = kids(&portal).await;
        assert!(new.len() == 1 && new != old);
        assert!(!verifies_elsewhere(&portal, &last).await && !verifies_here(&portal, &last).await);
        let next = portal.token_for(&key).await.access_token();
        assert_eq!(signer(&portal, &key).await, new[0]);
        assert!(verifies_elsewhere(&portal, &next).await && verifies_here(&portal, &next).await);
        assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, 1, "its private half is gone");
        let event = portal.lines("SELECT before || ' ' || after AS line FROM audit_events WHERE action = 'signing_key.replaced'").await;
        assert!(event.len() == 1 && event[0].contains(&old[0]) && event[0].contains(&new[0]), "{event:?}");
    }

    async fn it_takes_the_place_of_a_rotation_that_is_under_way(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        let before = kids(&portal).await;
        asks_for(&mut ada, "replace").await.redirects_to("/settings");
        let new = kids(&portal).await;
        assert!(new.len() == 1 && !before.contains(&new[0]));
        for wait in [0, AHEAD_SECONDS, 86_400] {
            portal.clock.forward(wait);
            assert_eq!(signer(&portal, &key).await, new[0]);
        }
        follow_each_other(&portal).await;
    }

    async fn another_organization_keeps_its_own(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        let key = gwen.makes_key("billing-sync").await;
        let of_globex = "SELECT kid AS line FROM signing_keys WHERE tenant_id = (SELECT id FROM tenants WHERE slug = 'globex')";
        let before = portal.lines(of_globex).await;
        asks_for(&mut ada, "replace").await.redirects_to("/settings");
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        assert_eq!(portal.lines(of_globex).await, before);
        let request = portal.client.post(portal.url("/globex/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
        let answer = crate::support::Answer::of(request.form(&[("grant_type", "client_credentials")])).await.is(200).json();
        let head = jsonwebtoken::decode_header(answer["access_token"].as_str().expect("a token")).expect("a head");
        assert_eq!(head.kid.as_deref(), before.first().map(String::as_str));
        // Her key is none that Ada's form may name.
        let page = ada.post("/settings/signing-keys/replace", &[("kid", before[0].as_str())]).await.is(409);
        assert!(!page.body.contains(&before[0]));
    }
}
