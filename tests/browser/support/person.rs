use std::path::PathBuf;

use serde_json::json;
use thirtyfour::{
    By, WebElement,
    error::{WebDriverError, WebDriverErrorInfo, WebDriverResult},
};

use super::{
    Browser, Portal,
    browser::Kind,
    patience::{PATIENCE, eventually},
};

pub const ORGANIZATION: &str = "Acme";
pub const TENANT: &str = "acme";
pub const NAME: &str = "Olga Petersen";
pub const EMAIL: &str = "ops@acme.example";
pub const PASSWORD: &str = "a long walk by the river";

/// Somebody in front of a browser, who does what people do: open, type, tick, press, read.
/// Everything waits until it can be done; what cannot be done in time ends the test.
pub struct Person {
    pub browser: Browser,
    portal: String,
    setup_link: String,
}

impl Person {
    pub async fn at(portal: &Portal) -> Person {
        Person::with(Kind::ORDINARY, portal).await
    }

    pub async fn without_javascript_at(portal: &Portal) -> Person {
        Person::with(Kind::WITHOUT_JAVASCRIPT, portal).await
    }

    pub async fn with_or_without_javascript(javascript: bool, portal: &Portal) -> Person {
        Person::with(if javascript { Kind::ORDINARY } else { Kind::WITHOUT_JAVASCRIPT }, portal).await
    }

    pub async fn with(kind: Kind, portal: &Portal) -> Person {
        Person {
            browser: Browser::open(kind).await,
            portal: portal.address.clone(),
            setup_link: portal.setup_link.clone(),
        }
    }

    // What people come for, from beginning to end.

    /// Opens the link that Keystead printed, and becomes the first administrator.
    pub async fn sets_keystead_up(&self) {
        self.opens_the_setup_link().await;
        self.types("organization", ORGANIZATION).await;
        self.types("slug", TENANT).await;
        self.types("name", NAME).await;
        self.types("email", EMAIL).await;
        self.types("password", PASSWORD).await;
        self.submits("password").await;
        self.is_at("/api-keys").await;
    }

    pub async fn signs_out(&self) {
        self.clicks("form[action=\"/logout\"] button").await;
        self.is_at("/login").await;
    }

    pub async fn tries_to_sign_in_with(&self, password: &str) {
        self.tries_to_sign_in_as(EMAIL, password).await;
    }

    pub async fn tries_to_sign_in_as(&self, email: &str, password: &str) {
        self.types("email", email).await;
        self.types("password", password).await;
        self.submits("password").await;
    }

    /// "+ Add", the client id, "Create": the secret that is now on the screen.
    pub async fn creates_a_key(&self, client_id: &str) -> String {
        self.adds().await;
        self.types("client-id", client_id).await;
        self.presses("Create").await;
        let secret = self.reads("#secret").await;
        assert!(secret.starts_with("ks_live_") && secret.len() == 70, "this is no key: {secret:?}");
        secret
    }

    /// "+ Add", by which the wizard opens.
    pub async fn adds(&self) {
        self.clicks("main a[href=\"/api-keys/new\"]").await;
        self.finds("#client-id").await;
    }

    /// "I have saved this key", "Close".
    pub async fn says_the_key_is_saved(&self) {
        self.clicks("input[name=saved]").await;
        self.presses("Close").await;
        self.is_at("/api-keys").await;
    }

    /// The symbol at the end of the key's row, which opens the overlay.
    pub async fn asks_to_delete(&self, client_id: &str) {
        self.clicks(&format!("tr[data-client-id=\"{client_id}\"] a[aria-label=\"Delete {client_id}\"]")).await;
        self.sees(&format!("Delete {client_id}?")).await;
    }

    // What fingers do.

    pub async fn opens(&self, path: &str) {
        self.opens_address(&format!("{}{path}", self.portal)).await;
    }

    pub async fn opens_the_setup_link(&self) {
        self.opens_address(&self.setup_link).await;
    }

    /// Opens a link that somebody handed over.
    pub async fn opens_the_link(&self, link: &str) {
        self.opens_address(link).await;
    }

    async fn opens_address(&self, address: &str) {
        let opened = self.browser.driver().goto(address).await;
        opened.unwrap_or_else(|error| panic!("{address} does not open: {error}"));
    }

    /// Types into the field with this id, in place of what it holds.
    pub async fn types(&self, field: &str, text: &str) {
        self.manages(&format!("type into {field:?}"), async || {
            let input = self.shown(&format!("#{field}")).await?;
            input.clear().await?;
            input.send_keys(text).await
        })
        .await;
    }

    /// Presses the button, or follows the link, that says this. In an overlay, when there is one.
    pub async fn presses(&self, words: &str) {
        self.manages(&format!("press {words:?}"), async || {
            let overlays = self.browser.driver().find_all(By::Css("dialog[open]")).await?;
            let place = if overlays.is_empty() { "" } else { "//dialog[@open]" };
            self.click_what_says(words, place).await
        })
        .await;
    }

    /// The same in one part of the page, named by an XPath.
    pub async fn presses_in(&self, place: &str, words: &str) {
        self.manages(&format!("press {words:?} in {place}"), async || self.click_what_says(words, place).await).await;
    }

    async fn click_what_says(&self, words: &str, place: &str) -> WebDriverResult<()> {
        let says = format!("normalize-space(.)=\"{words}\" or @aria-label=\"{words}\"");
        // The unseen first button of a form, which Enter presses, is no person's to press.
        let path = format!("{place}//*[self::button or self::a][not(@aria-hidden)][{says}]");
        let element = self.first_shown(By::XPath(path)).await?;
        // Not only to the edge, where the bar with "Save" lies over it.
        element.scroll_into_view().await?;
        element.click().await
    }

    pub async fn clicks(&self, selector: &str) {
        self.manages(&format!("click {selector}"), async || {
            let element = self.shown(selector).await?;
            element.scroll_into_view().await?;
            element.click().await
        })
        .await;
    }

    /// Sends the form that this field is in by its button.
    pub async fn submits(&self, field: &str) {
        let button = format!("//form[.//*[@id=\"{field}\"]]//button[not(@type) or @type=\"submit\"]");
        self.manages(&format!("send the form with {field:?}"), async || {
            self.first_shown(By::XPath(button.clone())).await?.click().await
        })
        .await;
    }

    /// The browser's own button. What it leads to may be an error page of the browser: that is fine.
    pub async fn goes_back(&self) {
        let _ = self.browser.driver().back().await;
    }

    pub async fn reloads(&self) {
        let _ = self.browser.driver().refresh().await;
    }

    // What eyes see.

    pub async fn sees(&self, words: &str) {
        self.waits_until(&format!("{words:?} is on the page"), async || Ok(self.visible_text().await?.contains(words)))
            .await;
    }

    pub async fn is_at(&self, path: &str) {
        self.waits_until(&format!("the address is {path}"), async || {
            Ok(self.browser.driver().current_url().await?.path() == path)
        })
        .await;
    }

    /// The whole text of an element, also of what is too long to be visible.
    pub async fn reads(&self, selector: &str) -> String {
        self.manages(&format!("read {selector}"), async || {
            let text = self.shown(selector).await?.prop("textContent").await?;
            Ok(text.unwrap_or_default().trim().to_owned())
        })
        .await
    }

    pub async fn finds(&self, selector: &str) -> WebElement {
        self.manages(&format!("find {selector}"), async || self.shown(selector).await).await
    }

    /// The status that the server gave the page on the screen.
    pub async fn was_answered(&self) -> u64 {
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        self.evaluates(script).await.as_u64().expect("a status")
    }

    pub async fn sees_the_row_of(&self, client_id: &str) {
        self.finds(&format!("tr[data-client-id=\"{client_id}\"]")).await;
    }

    /// The list is on the screen, without this key.
    pub async fn does_not_list(&self, client_id: &str) {
        self.is_at("/api-keys").await;
        self.waits_until(&format!("{client_id} is gone from the list"), async || {
            Ok(self.browser.driver().find_all(By::Css(format!("tr[data-client-id=\"{client_id}\"]"))).await?.is_empty())
        })
        .await;
    }

    /// The client ids in the list, from top to bottom.
    pub async fn lists(&self) -> Vec<String> {
        let ids = self
            .evaluates("return [...document.querySelectorAll('tr[data-client-id]')].map(row => row.dataset.clientId)")
            .await;
        serde_json::from_value(ids).expect("a list of client ids")
    }

    /// The page holds this nowhere, not even where it is not seen.
    pub async fn holds_no(&self, secret: &str) {
        let source = self.page_source().await;
        assert!(!source.contains(secret), "it is on the page:\n{source}");
    }

    /// The page as the browser holds it, markup and all.
    pub async fn page_source(&self) -> String {
        self.browser.driver().source().await.expect("the page's source")
    }

    pub async fn does_not_see(&self, words: &str) {
        let text = self.visible_text().await.expect("the page's text");
        assert!(!text.contains(words), "{words:?} is on the page:\n{text}");
    }

    pub async fn visible_text(&self) -> WebDriverResult<String> {
        self.browser.driver().find(By::Css("body")).await?.text().await
    }

    // Behind the page, where no person looks.

    pub async fn evaluates(&self, script: &str) -> serde_json::Value {
        self.browser
            .driver()
            .execute(script, vec![])
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
            .json()
            .clone()
    }

    /// Nothing on the pages so far was refused by the content security policy, missing, or a script's error.
    pub async fn saw_no_complaint(&self) {
        let complaints: Vec<_> = self
            .browser
            .console()
            .await
            .into_iter()
            .filter(|entry| entry.level == "SEVERE" || entry.level == "WARNING")
            // The browser left out an animation between two pages, as it may.
            .filter(|entry| {
                !entry.message.contains("ViewTransition") && !entry.message.contains("Transition was aborted")
            })
            .filter(|entry| {
                // A page that answers 4xx is noted as well: that is an answer, unless it was a file of ours.
                let answer = entry.source.as_deref() == Some("network");
                !answer || entry.message.contains("/assets/") || entry.message.contains("favicon")
            })
            .map(|entry| entry.message)
            .collect();
        assert!(complaints.is_empty(), "the browser's console says: {complaints:#?}");
    }

    /// Saves what is on the screen, when pictures were asked for.
    pub async fn pictures(&self, name: &str) {
        if let Some(directory) = pictures_directory() {
            let file = directory.join(format!("{name}.png"));
            std::fs::create_dir_all(&directory).expect("a directory for the pictures");
            self.browser.driver().screenshot(&file).await.expect("a picture");
        }
    }

    /// A window of this width, as seen by the page; `None`: the one the browser opened with.
    pub async fn has_a_window(&self, width: Option<u32>) {
        match width {
            Some(width) => self.has_a_window_of(width, 844).await,
            None => self.browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await,
        }
    }

    pub async fn has_a_window_of(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// "light" or "dark". Colours change at once then, so that whoever looks sees none that is on its way.
    pub async fn prefers(&self, scheme: &str) {
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.browser.devtools("Emulation.setEmulatedMedia", features).await;
    }

    // How all of this waits.

    pub async fn waits_until(&self, what: &str, condition: impl AsyncFn() -> WebDriverResult<bool>) {
        let seen = eventually(async || -> WebDriverResult<_> { Ok(condition().await?.then_some(())) }).await;
        if let Err(obstacle) = seen {
            self.gives_up(&format!("{what}: {obstacle}")).await;
        }
    }

    async fn manages<T>(&self, what: &str, action: impl AsyncFn() -> WebDriverResult<T>) -> T {
        match eventually(async || -> WebDriverResult<_> { Ok(Some(action().await?)) }).await {
            Ok(done) => done,
            Err(obstacle) => self.gives_up(&format!("cannot {what}: {obstacle}")).await,
        }
    }

    async fn shown(&self, selector: &str) -> WebDriverResult<WebElement> {
        self.first_shown(By::Css(selector.to_owned())).await
    }

    async fn first_shown(&self, by: By) -> WebDriverResult<WebElement> {
        for element in self.browser.driver().find_all(by.clone()).await? {
            if element.is_displayed().await? {
                return Ok(element);
            }
        }
        let nothing = WebDriverErrorInfo::new(format!("nothing is shown at {by}"));
        Err(WebDriverError::NoSuchElement(nothing))
    }

    /// Ends the test, with what is on the screen.
    async fn gives_up(&self, what: &str) -> ! {
        self.pictures("failure").await;
        let address = self.browser.driver().current_url().await;
        let address = address.map_or_else(|error| error.to_string(), |address| address.path().to_owned());
        let text = self.visible_text().await.unwrap_or_else(|error| error.to_string());
        let seconds = PATIENCE.as_secs();
        panic!("within {seconds} s, {what}\n--- the screen at {address}\n{text}\n---");
    }
}

pub fn pictures_directory() -> Option<PathBuf> {
    std::env::var_os("KEYSTEAD_SCREENSHOTS").map(PathBuf::from)
}
