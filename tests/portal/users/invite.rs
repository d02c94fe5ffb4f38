//! Inviting: from the form to the first sign-in. Nobody but the invited person ever knows the password.

use crate::support::{PASSWORD, on_both};

const DAY: i64 = 24 * 60 * 60;
const IVY: &str = "ivy@acme.example";

on_both! {
    async fn an_invited_person_chooses_a_password_and_is_in(portal: Portal) {
        let mut ada = portal.ada().await;
        let form = ada.get("/users/new").await.is(200).says("Invite a user");
        assert!(form.tick_box("role-member").contains("checked"));
        let fields = [("email", IVY), ("name", ""), ("role-member", "on"), ("role-developer", "on")];
        let page = ada.post("/users/new", &fields).await.is(200).says("hand them this link").says("This is the only time the link is shown.");
        assert_eq!(page.header("cache-control"), "no-store");
        let path = format!("/invitations/{}", page.link_code());
        ada.get("/users").await.is(200).row(&format!("data-email=\"{IVY}\"")).says("Invited").says("Developer, Member");

        let mut ivy = portal.visitor();
        // Looking uses nothing up: mail programs look, too.
        for _ in 0..3 {
            ivy.get(&path).await.is(200).says("Welcome to Acme Works").says(IVY);
        }
        let page = ivy.post(&path, &[("name", "Ivy League"), ("password", PASSWORD)]).await.redirects_to("/");
        ivy.follow(page).await.is(200).says("Welcome. Your password is set.").says("Ivy League").says("API Key Overview");
        portal.visitor().signs_in(IVY, PASSWORD).await.redirects_to("/api-keys");
        ada.get("/users").await.is(200).row(&format!("data-email=\"{IVY}\"")).says("Active").says("Ivy League");
    }

    async fn a_link_works_once(portal: Portal) {
        portal.ada().await;
        let path = format!("/invitations/{}", portal.invites(IVY).await);
        let (mut first, mut second) = (portal.visitor(), portal.visitor());
        first.get(&path).await.is(200);
        second.get(&path).await.is(200);
        first.post(&path, &[("name", "Ivy"), ("password", PASSWORD)]).await.redirects_to("/");
        let other = [("name", "Eve"), ("password", "the south gate squeaks")];
        second.post(&path, &other).await.is(404).says("This link cannot be used");
        portal.visitor().signs_in(IVY, PASSWORD).await.redirects_to("/api-keys");
        portal.visitor().signs_in(IVY, "the south gate squeaks").await.is(422);
    }

    async fn used_old_replaced_and_invented_links_look_the_same(portal: Portal) {
        let mut ada = portal.ada().await;
        let replaced = portal.invites(IVY).await;
        let resend = portal.user_path(IVY, "invitation").await;
        ada.get("/users").await;
        let old = ada.post(&resend, &[]).await.is(200).link_code();
        assert_ne!(old, replaced);
        let used = portal.invites("una@acme.example").await;
        let mut una = portal.visitor();
        una.get(&format!("/invitations/{used}")).await.is(200);
        una.post(&format!("/invitations/{used}"), &[("name", "Una"), ("password", PASSWORD)]).await.redirects_to("/");
        portal.visitor().get(&format!("/invitations/{old}")).await.is(200);
        portal.clock.forward(DAY);
        let invented = format!("ksi_{}", "0".repeat(43));
        let mut bodies = Vec::new();
        for code in [&replaced, &old, &used, &invented, "x"] {
            let mut visitor = portal.visitor();
            visitor.get("/login").await;
            bodies.push(visitor.get(&format!("/invitations/{code}")).await.is(404).body);
            bodies.push(visitor.post(&format!("/invitations/{code}"), &[("name", "Eve"), ("password", PASSWORD)]).await.is(404).body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
    }

    async fn a_link_that_is_not_good_costs_no_password_hash(portal: Portal) {
        portal.ada().await;
        let mut eve = portal.visitor();
        eve.get("/login").await;
        let before = portal.inner.hasher.runs();
        eve.post("/invitations/ksi_none", &[("name", "Eve"), ("password", PASSWORD)]).await.is(404);
        assert_eq!(portal.inner.hasher.runs(), before);
    }

    async fn a_link_lives_for_a_day(portal: Portal) {
        portal.ada().await;
        let path = format!("/invitations/{}", portal.invites(IVY).await);
        portal.clock.forward(DAY - 1);
        portal.visitor().get(&path).await.is(200);
        portal.clock.forward(1);
        portal.visitor().get(&path).await.is(404);
    }

    async fn a_bad_password_is_refused_with_the_reason_and_the_link_stays_good(portal: Portal) {
        portal.ada().await;
        let path = format!("/invitations/{}", portal.invites(IVY).await);
        let mut ivy = portal.visitor();
        ivy.get(&path).await.is(200);
        for (password, words) in [
            ("", "Password is empty."),
            ("fourteen chars", "Password has 14 characters. It needs at least 15."),
            ("passwordpassword", "Password is one that many people use"),
            ("acme works ivy 1", "Password holds the organization"),
        ] {
            let page = ivy.post(&path, &[("name", "Ivy"), ("password", password)]).await.is(422).says(words);
            assert_eq!((page.field("name"), page.field("password")), ("Ivy".into(), String::new()));
        }
        ivy.post(&path, &[("name", ""), ("password", PASSWORD)]).await.is(422).says("Your name is empty.");
        ivy.post(&path, &[("name", "Ivy"), ("password", PASSWORD)]).await.redirects_to("/");
    }

    async fn the_code_is_stored_nowhere(portal: Portal) {
        portal.ada().await;
        let code = portal.invites(IVY).await;
        assert_eq!(code.len(), 47, "256 bits: {code}");
        portal.stores_nothing_of(&code).await;
        portal.stores_nothing_of(&code[4..]).await;
    }

    async fn an_address_that_is_there_already_is_named_and_nothing_is_lost(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        portal.invites(IVY).await;
        for email in ["bob@acme.example", "BOB@acme.example", IVY] {
            ada.get("/users/new").await;
            let fields = [("email", email), ("name", "Typed"), ("role-ops", "on")];
            let page = ada.post("/users/new", &fields).await.is(409).says("is a user of this organization already");
            assert_eq!((page.field("email"), page.field("name")), (email.to_owned(), "Typed".to_owned()));
            assert!(page.tick_box("role-ops").contains("checked"));
        }
        let page = ada.post("/users/new", &[("email", "no address"), ("name", "a\tb"), ("role-ops", "on")]).await.is(422);
        page.says("E-mail “no address” is not an address.").says("Name has a control character").says("There are 2 problems");
        assert_eq!(portal.number("SELECT count(*) FROM users").await, 3);
    }

    async fn a_form_that_was_sent_twice_offers_a_new_link_in_one_click(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/users/new").await.is(200);
        // The first answer, with the link, never arrived.
        let lost = ada.clone().post("/users/new", &[("email", IVY), ("name", "Ivy")]).await.is(200).link_code();
        let again = ada.post("/users/new", &[("email", IVY), ("name", "Ivy")]).await.is(409).says("its link was shown once");
        let action = again.attributes("action").into_iter().find(|action| action.ends_with("/invitation")).expect("a way out");
        let code = ada.post(&action, &[]).await.is(200).link_code();
        assert_ne!(code, lost);
        let mut ivy = portal.visitor();
        ivy.get(&format!("/invitations/{code}")).await.is(200).says("Set password");
        ivy.get(&format!("/invitations/{lost}")).await.says_nothing_of("Set password");
        // There is nothing to make again for a user who has signed in.
        portal.has_bob().await;
        let page = ada.post("/users/new", &[("email", "bob@acme.example"), ("name", "Bob")]).await.is(409);
        assert!(!page.attributes("action").iter().any(|action| action.ends_with("/invitation")));
    }

    async fn an_address_of_another_organization_is_invited_like_any_other_and_its_link_is_of_no_use(portal: Portal) {
        portal.ada().await;
        portal.globex().await;
        let path = format!("/invitations/{}", portal.invites("gwen@globex.example").await);
        let mut gwen = portal.visitor();
        gwen.get("/login").await;
        // Whoever made the link has it, and is not told who is a user of another organization.
        let invented = gwen.get(&format!("/invitations/ksi_{}", "0".repeat(43))).await.is(404).body;
        for _ in 0..2 {
            assert_eq!(gwen.get(&path).await.is(404).says("belongs to another user of this installation").body, invented);
            assert_eq!(gwen.post(&path, &[("name", "Gwen"), ("password", PASSWORD)]).await.is(404).body, invented);
        }
        assert_eq!(portal.number("SELECT count(*) FROM users WHERE activated_at IS NOT NULL").await, 2);
        // Whose session begins is a matter of the address alone.
        gwen.signs_in("gwen@globex.example", PASSWORD).await.redirects_to("/api-keys");
        gwen.get("/api-keys").await.is(200).says("Globex");
    }

    async fn two_organizations_may_invite_the_same_address_and_the_first_to_be_accepted_has_it(portal: Portal) {
        let mut gwen = { portal.ada().await; portal.globex().await };
        gwen.get("/users/new").await.is(200);
        let there = gwen.post("/users/new", &[("email", IVY), ("role-member", "on")]).await.is(200).link_code();
        let here = portal.invites(IVY).await;
        let (mut ivy, mut again) = (portal.visitor(), portal.visitor());
        let (first, second) = (format!("/invitations/{there}"), format!("/invitations/{here}"));
        again.get(&second).await.is(200);
        ivy.get(&first).await.is(200).says("Welcome to Globex");
        ivy.post(&first, &[("name", "Ivy"), ("password", PASSWORD)]).await.redirects_to("/");
        again.post(&second, &[("name", "Ivy"), ("password", PASSWORD)]).await.is(404);
        portal.visitor().signs_in(IVY, PASSWORD).await.redirects_to("/api-keys");
    }

    async fn rows_are_added_and_taken_out_without_a_script(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource("organization=acme:namespace=billing").await;
        ada.get("/users/new").await;
        let typed = [("email", IVY), ("name", "Ivy"), ("role-ci", "on")];
        let with = |more: &[(&'static str, &'static str)]| [&typed[..], more].concat();
        let page = ada.post("/users/new", &with(&[("action", "add-grant")])).await.is(200);
        assert!(page.has_element("grant-role-0") && !page.has_element("grant-role-1"));
        assert_eq!((page.field("email"), page.field("name")), (IVY.to_owned(), "Ivy".to_owned()));
        let row = [("grant-role-0", "ops"), ("grant-resource-0", "organization=acme:namespace=billing")];
        let page = ada.post("/users/new", &with(&[row[0], row[1], ("action", "add-grant")])).await.is(200);
        assert!(page.has_element("grant-role-1"));
        let page = ada.post("/users/new", &with(&[row[0], row[1], ("grant-role-1", ""), ("grant-resource-1", ""), ("action", "remove-grant-1")])).await.is(200);
        assert!(!page.has_element("grant-role-1"));
        let page = ada.post("/users/new", &with(&[("action", "remove-all")])).await.is(200);
        assert!(!page.tick_box("role-ci").contains("checked"));
        let page = ada.post("/users/new", &with(&[("action", "add-all")])).await.is(200);
        assert!(page.tick_box("role-admin").contains("checked"));
        ada.post("/users/new", &with(&[("grant-role-0", "ops"), ("grant-resource-0", ""), ("action", "save")])).await.is(422).says("A row names a role but no resource.");
        ada.post("/users/new", &with(&[row[0], ("grant-resource-0", "organization=acme:namespace=gone")])).await.is(409).says("The resource of a row does not exist");
        ada.post("/users/new", &with(&row)).await.is(200);
        assert_eq!(portal.held_by(IVY).await, ["ci on organization=acme", "ops on organization=acme:namespace=billing"]);
    }

    async fn an_address_of_any_length_gives_a_name_that_can_be_saved(portal: Portal) {
        let mut ada = portal.ada().await;
        let email = format!("{}@{}.example", "l".repeat(64), "acme-".repeat(12) + "acme");
        ada.get("/users/new").await;
        ada.post("/users/new", &[("email", email.as_str()), ("role-member", "on")]).await.is(200);
        ada.gives_roles(&email, &["member", "developer"]).await.redirects_to("/users");
    }

    async fn a_row_that_is_not_ones_to_give_is_named_and_nothing_is_lost(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_resource("organization=acme:namespace=billing").await;
        let mut uma = portal.somebody("acme", "uma@acme.example", &["manage-users"]).await;
        uma.get("/users/new").await;
        let fields = [("email", IVY), ("name", "Ivy"), ("grant-role-0", "ops"), ("grant-resource-0", "organization=acme:namespace=billing")];
        let page = uma.post("/users/new", &fields).await.is(403).says("The role “Ops” contains").says("Choose another role or resource");
        assert_eq!((page.field("email"), page.field("name")), (IVY.to_owned(), "Ivy".to_owned()));
        assert_eq!(portal.number("SELECT count(*) FROM users").await, 2);
    }

    async fn more_rows_than_there_may_be_are_refused_and_none_is_dropped(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut fields = vec![("email".to_owned(), IVY.to_owned())];
        for number in 0..101 {
            let path = format!("organization=acme:namespace=n{number}");
            portal.has_resource(&path).await;
            fields.extend([(format!("grant-role-{number}"), "developer".into()), (format!("grant-resource-{number}"), path)]);
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        ada.get("/users/new").await;
        ada.post("/users/new", &fields).await.is(422).says("There are more than 100 rows.");
        ada.post("/users/new", &fields[..201]).await.is(200);
        assert_eq!(portal.held_by(IVY).await.len(), 100);
    }

    async fn nobody_is_invited_into_somebody_elses_organization(portal: Portal) {
        let mut gwen = { portal.ada().await; portal.globex().await };
        portal.has_resource("organization=acme:namespace=billing").await;
        portal.has_role("sender", &["invoices:write"]).await;
        gwen.get("/users/new").await.is(200).says_nothing_of("billing").says_nothing_of("sender");
        let before = portal.number("SELECT count(*) FROM users").await;
        let fields = [("email", IVY), ("grant-role-0", "ops"), ("grant-resource-0", "organization=acme:namespace=billing")];
        gwen.post("/users/new", &fields).await.is(409).says("The resource of a row does not exist");
        gwen.post("/users/new", &[("email", IVY), ("role-sender", "on")]).await.is(409);
        assert_eq!(portal.number("SELECT count(*) FROM users").await, before);
    }
}
