use super::Person;

/// Visits every screen once, in the order of a first day, and looks at each.
///
/// Begins with an empty portal, and makes the keys of this list.
pub async fn visits_every_screen(olga: &Person, client_ids: &[&str], look: impl AsyncFn(&str)) {
    olga.opens("/login").await;
    look("not-set-up").await;
    olga.opens_the_setup_link().await;
    look("setup").await;
    olga.types("organization", "Acme").await;
    olga.types("slug", "Not A Slug").await;
    olga.types("name", "Olga").await;
    olga.types("email", "ops@acme.example").await;
    olga.types("password", "far too short").await;
    // As a browser would that does not check by itself.
    olga.evaluates("document.querySelector('#password').form.noValidate = true").await;
    olga.submits("password").await;
    olga.finds("[role=alert]").await;
    look("setup-errors").await;
    olga.sets_keystead_up().await;
    look("overview-empty").await;

    for (at, client_id) in client_ids.iter().enumerate() {
        let first = at == 0;
        olga.adds().await;
        if first {
            look("create").await;
            olga.types("client-id", "two words").await;
            types_what_is_wrong(olga).await;
            olga.presses("Create").await;
            olga.finds("[role=alert]").await;
            look("create-errors").await;
            puts_it_right(olga).await;
            look("create-in-words").await;
        }
        olga.types("client-id", client_id).await;
        olga.presses("Create").await;
        olga.finds("#secret").await;
        if first {
            look("credential").await;
            // What the connected system does.
            olga.evaluates(CALLS).await;
            olga.sees("First call received").await;
            olga.reloads().await;
            olga.sees("already").await;
            look("already-created").await;
            olga.opens("/api-keys").await;
        } else {
            olga.says_the_key_is_saved().await;
        }
    }
    olga.sees_the_row_of(client_ids[0]).await;
    look("overview").await;
    olga.types("q", client_ids[0]).await;
    olga.clicks("[name=mine]").await;
    olga.presses("Apply").await;
    olga.sees("Created by: me").await;
    look("overview-filtered").await;
    olga.opens("/api-keys").await;
    olga.evaluates("for (const box of document.querySelectorAll('.pick input')) box.checked = true").await;
    olga.presses_in("//form[@id='selected']", "Delete").await;
    olga.finds("[role=alertdialog]").await;
    look("delete-selected").await;
    olga.presses("Close").await;
    olga.types("q", "no-such-key").await;
    olga.presses("Apply").await;
    olga.sees("No key fits").await;
    look("overview-no-match").await;
    olga.presses("Clear all filters").await;
    olga.sees_the_row_of(client_ids[0]).await;
    let key = format!("tr[data-client-id=\"{}\"] th a", client_ids[0]);
    olga.clicks(&key).await;
    olga.waits_until("the page of the key opens", async || {
        let address = olga.browser.driver().current_url().await?;
        Ok(address.path().starts_with("/api-keys/"))
    })
    .await;
    look("detail").await;
    olga.presses("Edit").await;
    olga.finds("#name").await;
    look("edit").await;
    olga.clicks("[data-add-row]").await;
    // Somebody else saves meanwhile.
    olga.evaluates("document.querySelector('[name=version]').value = '0'").await;
    olga.types("name", &"W".repeat(100)).await;
    olga.clicks("li:has(#tag-key-0) [data-remove-row]").await;
    olga.clicks("li:has(#grant-role-0) [data-remove-row]").await;
    olga.clicks("label:has(#expiry-custom)").await;
    olga.types("allowed-addresses", "").await;
    olga.presses("Update API key").await;
    olga.sees("Somebody else changed this key").await;
    look("edit-meanwhile").await;
    olga.presses("Add them to mine").await;
    olga.finds("#grant-role-0").await;
    olga.clicks("label:has(#expiry-keep)").await;
    olga.presses("Update API key").await;
    olga.sees("is updated.").await;
    olga.presses("Rotate").await;
    olga.finds("input[name=overlap]").await;
    look("rotate").await;
    olga.presses("Rotate").await;
    olga.finds("#secret").await;
    look("rotated").await;
    olga.says_the_key_is_saved().await;
    olga.clicks(&key).await;
    olga.presses("Disable").await;
    olga.finds("#reason").await;
    look("disable").await;
    olga.types("reason", &"r".repeat(201)).await;
    olga.presses("Disable").await;
    olga.finds("[role=alert]").await;
    look("disable-errors").await;
    olga.types("reason", &"r".repeat(200)).await;
    olga.presses("Disable").await;
    olga.sees("is disabled.").await;
    look("disabled").await;
    olga.presses("Enable").await;
    olga.sees("is enabled.").await;
    olga.presses("Finish now").await;
    olga.sees("Finish the rotation of").await;
    look("rotation-finish").await;
    olga.presses("Close").await;
    olga.presses("Cancel rotation").await;
    olga.sees("Cancel the rotation of").await;
    look("rotation-cancel").await;
    olga.presses("Close").await;
    olga.opens("/api-keys").await;
    olga.asks_to_delete(client_ids[0]).await;
    look("delete-in-use").await;
    olga.types("confirm", "another").await;
    olga.evaluates("document.querySelector('#confirm').form.noValidate = true").await;
    olga.presses("Delete").await;
    olga.finds("[role=alert]").await;
    look("delete-in-use-errors").await;
    olga.types("confirm", client_ids[0]).await;
    olga.presses("Delete").await;
    olga.sees("is deleted.").await;
    look("deleted").await;
    if let Some(unused) = client_ids.get(1) {
        olga.asks_to_delete(unused).await;
        look("delete").await;
        olga.presses("Close").await;
    }
    visits_roles(olga, &look).await;
    let ivy = visits_people(olga, &look).await;
    visits_the_settings(olga, &look).await;
    olga.opens("/audit").await;
    look("audit").await;
    visits_the_resources(olga, &ivy, &look).await;
    olga.opens("/api-keys/000000000000").await;
    look("no-such-key").await;
    olga.opens("/nothing-here").await;
    look("no-such-page").await;

    olga.opens("/api-keys").await;
    olga.signs_out().await;
    look("login").await;
    olga.tries_to_sign_in_with("not the password at all").await;
    olga.finds("[role=alert]").await;
    look("login-error").await;
    olga.opens("/nothing-here").await;
    look("no-such-page-for-strangers").await;

    // In the same browser, somebody who may do nothing.
    olga.opens_the_link(&ivy.link).await;
    olga.chooses("the south gate squeaks").await;
    olga.opens("/api-keys").await;
    olga.sees("You need a role that can see API keys").await;
    look("forbidden").await;
}

/// The key on the page is used.
const CALLS: &str = "fetch('/api/v1/verify', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ key: document.getElementById('secret').textContent, ip: '203.0.113.17' }),
    })";

/// Who was invited on the way.
struct Invited {
    link: String,
    page: String,
}

/// One mistake in each part of a key.
async fn types_what_is_wrong(olga: &Person) {
    olga.clicks("#grant-role-0 option[value=\"admin\"]").await;
    olga.types("tag-key-0", "two words").await;
    olga.types("tag-value-0", &"v".repeat(64)).await;
    olga.clicks("label:has(#expiry-custom)").await;
    olga.clicks("summary").await;
    olga.types("allowed-addresses", "203.0.113.16/28\n203.0.113.0/36").await;
}

/// The same without the mistakes, and what it means.
async fn puts_it_right(olga: &Person) {
    olga.clicks("#grant-resource-0 option[value=\"organization=acme\"]").await;
    olga.types("tag-key-0", &"k".repeat(32)).await;
    olga.clicks("label:has(#expiry-90)").await;
    olga.types("allowed-addresses", "203.0.113.16/28\n2001:db8:1111:2222:3333:4444:5555:0/112").await;
    olga.presses("Show what it may do").await;
    olga.sees("On the whole organization").await;
}

/// The settings, with what is wrong, and while somebody else saves.
async fn visits_the_settings(olga: &Person, look: &impl AsyncFn(&str)) {
    olga.opens("/settings").await;
    look("settings").await;
    olga.evaluates("document.querySelector('#contact').form.noValidate = true").await;
    olga.types("default-days", "0").await;
    ticks(olga, "#limit-days").await;
    olga.types("contact", &"W".repeat(201)).await;
    olga.presses_in_the_save_bar("Save").await;
    olga.finds("[role=alert]").await;
    look("settings-errors").await;
    olga.types("default-days", "45").await;
    olga.types("longest-days", "90").await;
    olga.types("contact", &"W".repeat(200)).await;
    olga.evaluates("document.querySelector('[name=version]').value = '0'").await;
    olga.presses_in_the_save_bar("Save").await;
    olga.sees("Somebody else changed the settings").await;
    look("settings-meanwhile").await;
    visits_the_signing_keys(olga, look).await;
}

/// The rules for access tokens, with what is wrong, and while somebody else saves; and the keys that sign them.
async fn visits_the_signing_keys(olga: &Person, look: &impl AsyncFn(&str)) {
    olga.opens("/settings").await;
    olga.evaluates("document.querySelector('#audiences').form.noValidate = true").await;
    olga.types("token-seconds", "0").await;
    olga.types("signing-key-days", "4000").await;
    olga.types("audiences", &"w".repeat(200)).await;
    olga.presses("Save access tokens").await;
    olga.finds("[role=alert]").await;
    look("access-tokens-errors").await;
    olga.types("token-seconds", "600").await;
    olga.types("signing-key-days", "30").await;
    olga.types("audiences", &format!("https://api.acme.example/{}", "w".repeat(500))).await;
    olga.presses("Save access tokens").await;
    olga.sees("The settings are saved.").await;
    olga.evaluates("document.querySelector('#audiences').form.querySelector('[name=version]').value = '0'").await;
    olga.types("token-seconds", "900").await;
    olga.types("audiences", "urn:acme:orders").await;
    olga.presses("Save access tokens").await;
    olga.sees("Somebody else changed the settings").await;
    look("access-tokens-meanwhile").await;
    for (how, button) in [("rotate", "Rotate"), ("replace", "Replace at once")] {
        olga.opens(&format!("/settings/signing-keys/{how}")).await;
        olga.finds("dialog").await;
        look(&format!("signing-keys-{how}")).await;
        olga.evaluates("document.querySelector('[name=kid]').value = 'another'").await;
        olga.presses(button).await;
        olga.sees("Another signing key was made since").await;
        look(&format!("signing-keys-{how}-meanwhile")).await;
        if how == "rotate" {
            olga.presses(button).await;
            olga.sees("A rotation is under way").await;
            look("signing-keys-under-way").await;
        }
    }
}

/// The pages of roles, with a role whose every word is as long as it may be.
async fn visits_roles(olga: &Person, look: &impl AsyncFn(&str)) {
    let (name, word) = ("W".repeat(60), format!("{}:{}", "n".repeat(64), "v".repeat(64)));
    olga.opens("/roles/new").await;
    look("role-create").await;
    olga.types("name", &name).await;
    olga.types("description", &"d".repeat(200)).await;
    olga.types("application", &format!("{word} users:* *:* {}", "x".repeat(70))).await;
    ticks(olga, "[name=assignable]").await;
    ticks(olga, "[value=\"all:users-and-roles\"]").await;
    olga.clicks(".save-bar .primary").await;
    olga.finds("[role=alert]").await;
    look("role-create-errors").await;
    ticks(olga, "[value=\"none:users-and-roles\"]").await;
    ticks(olga, "[value=\"all:api-keys\"]").await;
    olga.types("application", &format!("{word} invoices:read")).await;
    olga.clicks(".save-bar .primary").await;
    olga.sees("is created.").await;
    look("roles").await;
    let role = format!("/roles/{}", "w".repeat(60));
    olga.opens(&role).await;
    look("role-edit").await;
    // Somebody else saves meanwhile.
    olga.evaluates("document.querySelector('[name=version]').value = '0'").await;
    olga.clicks(".save-bar .primary").await;
    olga.finds("[role=alert]").await;
    look("role-edit-meanwhile").await;
    olga.opens(&format!("{role}/delete")).await;
    look("role-delete").await;
    olga.opens("/roles/admin").await;
    look("role-view").await;
}

/// Clicks what may be behind the bar at the bottom, where the driver does not look for it.
async fn ticks(olga: &Person, selector: &str) {
    olga.evaluates(&format!("document.querySelector('{selector}').scrollIntoView({{ block: 'center' }})")).await;
    olga.clicks(selector).await;
}

/// Users and the own account.
async fn visits_people(olga: &Person, look: &impl AsyncFn(&str)) -> Invited {
    olga.opens("/users/new").await;
    look("user-new").await;
    olga.types("email", "no address").await;
    olga.evaluates("document.querySelector('#email').form.noValidate = true").await;
    olga.clicks(".save-bar .btn.primary").await;
    olga.finds("[role=alert]").await;
    look("user-new-errors").await;
    olga.types("email", "ivy@acme.example").await;
    olga.types("name", "Ivy League").await;
    olga.clicks(".save-bar .btn.primary").await;
    olga.finds("#secret").await;
    look("user-invited").await;
    let link = olga.reads("#secret").await;
    olga.presses("Close").await;
    olga.finds("#name").await;
    look("user-detail").await;
    let page = olga.browser.driver().current_url().await.expect("an address").path().to_owned();
    olga.presses("Delete ivy@acme.example").await;
    olga.sees("Delete ivy@acme.example?").await;
    look("user-delete").await;
    olga.opens("/users").await;
    look("users").await;
    olga.opens("/users?status=inactive&q=nobody").await;
    look("users-no-match").await;
    olga.clicks("main a.btn[href=\"/users\"]").await;
    olga.clicks("tr[data-email=\"ops@acme.example\"] a.name").await;
    olga.sees("Nobody changes their own roles").await;
    look("user-self").await;
    olga.opens("/account").await;
    look("account").await;
    olga.types("current", "not my password at all").await;
    olga.types("password", "the south gate squeaks").await;
    olga.submits("current").await;
    olga.finds("[role=alert]").await;
    look("account-errors").await;
    olga.opens_the_link(&link).await;
    olga.finds("#password").await;
    look("invitation").await;
    olga.opens("/invitations/none").await;
    olga.sees("This link cannot be used").await;
    look("invitation-refused").await;
    Invited { link, page }
}

/// The tree while it is empty, and one as deep as it may be, with words as long as they may be.
async fn visits_the_resources(olga: &Person, ivy: &Invited, look: &impl AsyncFn(&str)) {
    olga.opens("/resources").await;
    look("resources-empty").await;
    let mut path = "organization=acme".to_owned();
    for level in 2..=10 {
        olga.opens(&format!("/resources/new?parent={path}")).await;
        if level == 2 {
            look("resource-create").await;
            olga.types("kind", "Two words").await;
            olga.types("name", "two words").await;
            olga.presses("Add").await;
            olga.finds("[role=alert]").await;
            look("resource-create-errors").await;
        }
        let (kind, name) = ("namespace-of-thirty-two-letters_", format!("{level:02}{}", "n".repeat(62)));
        olga.types("kind", kind).await;
        olga.types("name", &name).await;
        olga.presses("Add").await;
        olga.sees("is added.").await;
        path = format!("{path}:{kind}={name}");
    }
    look("resource").await;
    olga.types("name", "two words").await;
    olga.submits("name").await;
    olga.finds("[role=alert]").await;
    look("resource-errors").await;
    olga.opens("/resources?q=NNNN").await;
    look("resources-search").await;
    olga.opens(&ivy.page).await;
    for (row, field, value) in [(0, "role", "ops"), (1, "resource", path.as_str())] {
        olga.presses("Add a role on a resource").await;
        olga.clicks(&format!("#grant-{field}-{row} option[value=\"{value}\"]")).await;
    }
    look("user-rows").await;
    olga.presses_in_the_save_bar("Save").await;
    olga.sees("There are 2 problems").await;
    look("user-rows-errors").await;
    olga.opens(&format!("/resources/{path}/delete")).await;
    look("resource-delete").await;
    olga.presses("Delete").await;
    olga.sees("is deleted.").await;
}
