//! Somebody who has a keyboard and no mouse. Wherever the focus goes, it is looked for: it must be seen.

use serde_json::Value;
use thirtyfour::Key;

use super::Person;

/// More than any page has to be tabbed through.
const MOST: usize = 150;

/// Which way Tab goes.
#[derive(Clone, Copy)]
enum Way {
    On,
    /// With Shift.
    Back,
}

impl Person {
    pub async fn hits(&self, key: Key) {
        self.keys_in(&char::from(key).to_string()).await;
    }

    /// Types wherever the focus is.
    pub async fn keys_in(&self, text: &str) {
        let typed = self.browser.driver().action_chain().send_keys(text).perform().await;
        typed.unwrap_or_else(|error| panic!("{text:?} cannot be typed: {error}"));
    }

    async fn hits_tab(&self, way: Way) {
        let keys = self.browser.driver().action_chain();
        let keys = match way {
            Way::On => keys.send_keys(Key::Tab),
            Way::Back => keys.key_down(Key::Shift).send_keys(Key::Tab).key_up(Key::Shift),
        };
        keys.perform().await.expect("a key is hit");
    }

    /// Tab, until what has the focus fits the selector.
    pub async fn tabs_to(&self, selector: &str) {
        self.tabs(selector, Way::On).await;
    }

    /// Shift and Tab, until what has the focus fits the selector.
    pub async fn tabs_back_to(&self, selector: &str) {
        self.tabs(selector, Way::Back).await;
    }

    async fn tabs(&self, selector: &str, way: Way) {
        // The focus moves to where it begins when the page has opened, and that is after its words are there.
        self.waits_until("the page has opened", async || {
            Ok(self.evaluates("return document.readyState === 'complete'").await == true)
        })
        .await;
        let (mut passed, mut has_settled) = (Vec::new(), false);
        for _ in 0..MOST {
            self.hits_tab(way).await;
            // A page that was opened at one of its parts takes the focus there once more with its next frame: then nothing has it.
            if !has_settled && self.has_the_focus_on("body").await {
                has_settled = true;
                continue;
            }
            passed.push(self.sees_the_focus().await);
            if self.has_the_focus_on(selector).await {
                return;
            }
        }
        panic!("{selector} is not reached; what was: {passed:#?}");
    }

    pub async fn has_the_focus_on(&self, selector: &str) -> bool {
        self.evaluates(&format!("return document.activeElement.matches('{selector}')")).await == true
    }

    /// Waits until the page has opened with the focus there.
    pub async fn arrives_on(&self, selector: &str) {
        self.waits_until(&format!("the focus is on {selector}"), async || Ok(self.has_the_focus_on(selector).await))
            .await;
        self.sees_the_focus().await;
    }

    /// Tabs through the whole page and back to its top, and answers how much has the focus on the way.
    pub async fn walks_through(&self) -> usize {
        let mut there = 0;
        self.evaluates("document.activeElement.blur(); scrollTo(0, 0)").await;
        for way in [Way::On, Way::Back] {
            let mut at = 0;
            // The browser's own parts come after the last element: then nothing on the page has the focus.
            loop {
                self.hits_tab(way).await;
                if self.evaluates("return document.activeElement === document.body").await == true {
                    break;
                }
                self.sees_the_focus().await;
                at += 1;
                assert!(at < MOST, "the focus goes round in circles");
            }
            there = there.max(at);
        }
        there
    }

    /// What has the focus is marked, in the window, and not behind the bar with "Save". Answers what it is.
    async fn sees_the_focus(&self) -> String {
        let found = self.evaluates(WHERE).await;
        let what = found["what"].as_str().unwrap_or_default().to_owned();
        assert_eq!(found["hidden"], Value::Null, "the focus on {what} is not to be seen: {found}");
        what
    }
}

const WHERE: &str = r#"
    const it = document.activeElement;
    const what = `${it.tagName} ${it.id || it.name || ''} ${(it.ariaLabel || it.textContent).trim().slice(0, 60)}`;
    const style = element => element && getComputedStyle(element);
    const has_ring = style => style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    // A radio button is marked by the choice around it.
    if (!it.matches(':focus-visible')) return { what, hidden: 'it is not :focus-visible' };
    if (!has_ring(style(it)) && !has_ring(style(it.closest('.choice')))) return { what, hidden: 'it has no outline' };
    const box = it.getBoundingClientRect();
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
        return { what, hidden: 'it is outside the window' };
    }
    const bar = document.querySelector('.save-bar');
    if (bar && !bar.contains(it) && !it.closest('dialog')) {
        const over = bar.getBoundingClientRect();
        if (box.bottom > over.top && box.top < over.bottom && box.right > over.left && box.left < over.right) {
            return { what, hidden: 'the bar with "Save" is over it', box, over, innerWidth, innerHeight };
        }
    }
    return { what, hidden: null };
"#;
