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
            olga.presses("Create").await;
            olga.finds("[role=alert]").await;
            look("create-errors").await;
        }
        olga.types("client-id", client_id).await;
        olga.presses("Create").await;
        olga.finds("#secret").await;
        if first {
            look("credential").await;
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
    let key = format!("tr[data-client-id=\"{}\"] th a", client_ids[0]);
    olga.clicks(&key).await;
    olga.waits_until("the page of the key opens", async || {
        let address = olga.browser.driver().current_url().await?;
        Ok(address.path().starts_with("/api-keys/"))
    })
    .await;
    look("detail").await;
    olga.opens("/api-keys").await;
    olga.asks_to_delete(client_ids[0]).await;
    look("delete").await;
    olga.presses("Delete").await;
    olga.sees("is deleted.").await;
    look("deleted").await;
    olga.opens("/audit").await;
    look("audit").await;
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
}
