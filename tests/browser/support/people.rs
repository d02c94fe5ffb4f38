//! What whoever manages users does in the browser, and what whoever was invited does.

use super::Person;

impl Person {
    /// Opens a page by its name in the navigation.
    pub async fn goes_to(&self, name: &str) {
        self.presses_in("//nav[@id=\"nav\"]", name).await;
        self.waits_until(&format!("the page {name:?} is open"), async || {
            let script = "return document.querySelector('nav [aria-current=page]')?.textContent.trim()";
            Ok(self.evaluates(script).await == name)
        })
        .await;
    }

    /// What the navigation offers, from top to bottom.
    pub async fn is_offered(&self) -> Vec<String> {
        let names = self
            .evaluates(
                "return [...document.querySelectorAll('nav#nav a.nav-link')].map(link => link.textContent.trim())",
            )
            .await;
        serde_json::from_value(names).expect("names")
    }

    /// Invites somebody who shall hold these roles besides Member: the link that is shown for them.
    pub async fn invites(&self, email: &str, name: &str, roles: &[&str]) -> String {
        self.goes_to("Users").await;
        self.presses("Add").await;
        self.types("email", email).await;
        self.types("name", name).await;
        for role in roles {
            self.ticks(&format!("role-{role}")).await;
        }
        self.presses_in_the_save_bar("Invite").await;
        self.reads_the_link().await
    }

    /// "Resend invitation", "Reset password": the link that is shown for that.
    pub async fn presses_for_a_link(&self, words: &str) -> String {
        self.presses(words).await;
        self.reads_the_link().await
    }

    async fn reads_the_link(&self) -> String {
        let link = self.reads("#secret").await;
        assert!(link.contains("/invitations/ksi_"), "this is no link: {link:?}");
        link
    }

    /// Chooses a password behind a link, and is in.
    pub async fn chooses(&self, password: &str) {
        self.types("password", password).await;
        self.presses("Set password").await;
        self.sees("password is set.").await;
    }

    /// Opens the page of a user in the list.
    pub async fn opens_the_page_of(&self, email: &str) {
        self.goes_to("Users").await;
        self.clicks(&format!("tr[data-email=\"{email}\"] a.name")).await;
        self.sees("User information").await;
    }

    /// Ticks the role on the page of this user, or takes the tick away, and saves.
    pub async fn gives_or_takes(&self, role: &str, email: &str) {
        self.opens_the_page_of(email).await;
        self.ticks(&format!("role-{role}")).await;
        self.presses_in_the_save_bar("Save").await;
        self.sees(&format!("{email} is updated.")).await;
    }

    /// Clicks a tick box by its name.
    pub async fn ticks(&self, name: &str) {
        self.clicks(&format!("input[type=checkbox][name=\"{name}\"]")).await;
    }

    pub async fn presses_in_the_save_bar(&self, words: &str) {
        self.presses_in("//div[@class=\"save-bar\"]", words).await;
    }
}
