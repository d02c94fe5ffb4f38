use serde_json::json;

use super::{Person, Portal};

impl Person {
    /// As if the person had agreed to it, for pages of this portal.
    pub async fn may_use_the_clipboard(&self, portal: &Portal) {
        let permissions = json!({
            "origin": portal.address,
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
        });
        self.browser.devtools("Browser.grantPermissions", permissions).await;
    }

    /// What is in the clipboard.
    pub async fn clipboard(&self) -> String {
        self.evaluates("return navigator.clipboard.readText()").await.as_str().expect("text").to_owned()
    }
}
