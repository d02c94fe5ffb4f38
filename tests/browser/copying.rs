//! Copying where the browser keeps its clipboard from pages: on plain HTTP, from another machine.
//! (Chromium trusts 127.0.0.1, so the tests take the clipboard away.)

use serde_json::json;

use crate::support::{Person, Portal};

#[tokio::test]
async fn the_old_way_copies() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    has_no_clipboard(&olga, "return by_itself(...words)").await;
    olga.sets_keystead_up().await;
    let secret = olga.creates_a_key("billing-sync").await;

    olga.clicks("[data-copy=secret]").await;
    olga.sees("Copied").await;
    assert_eq!(olga.evaluates("return copied.said").await, json!([true]));
    assert_eq!(olga.evaluates("return copied.selection").await, json!([secret]));

    let command = olga.reads("#curl").await;
    olga.clicks("[data-copy=curl]").await;
    olga.waits_until("the command is copied as well", async || {
        Ok(olga.evaluates("return copied.said.length").await == 2)
    })
    .await;
    assert_eq!(olga.evaluates("return copied.said").await, json!([true, true]));
    assert_eq!(olga.evaluates("return copied.selection[1]").await, json!(command));
    olga.saw_no_complaint().await;
}

#[tokio::test]
async fn what_was_not_copied_is_never_called_copied() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    has_no_clipboard(&olga, "return false").await;
    olga.sets_keystead_up().await;
    let secret = olga.creates_a_key("billing-sync").await;
    // Whatever the page says, and however shortly.
    olga.evaluates(
        "window.everSaid = [];
         new MutationObserver(() => everSaid.push(document.body.innerText))
             .observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true})",
    )
    .await;

    olga.clicks("[data-copy=secret]").await;
    olga.waits_until("the page says that it could not copy", async || {
        let said = olga
            .evaluates("return [...document.querySelectorAll('[role=status]')].map(e => e.textContent).join(' ')")
            .await;
        Ok(said.as_str().is_some_and(|said| said.contains("Could not copy")))
    })
    .await;
    assert_eq!(olga.evaluates("return copied.said").await, json!([false]));
    // Ready for Ctrl and C.
    let selected = olga.evaluates("return getSelection().toString().trim()").await;
    assert_eq!(selected, json!(secret));
    let copied = olga.evaluates("return everSaid.some(text => text.includes('Copied'))").await;
    assert_eq!(copied, json!(false));
    olga.saw_no_complaint().await;
}

/// No `navigator.clipboard`; and `document.execCommand` does what is given here, and is noted:
/// what was selected at that moment, and what it answered.
async fn has_no_clipboard(olga: &Person, command: &str) {
    let source = format!(
        "Object.defineProperty(Navigator.prototype, 'clipboard', {{ value: undefined }});
         window.copied = {{ said: [], selection: [] }};
         const original = Document.prototype.execCommand;
         Document.prototype.execCommand = function (...words) {{
             const field = document.activeElement;
             const selection = 'selectionStart' in field
                 ? field.value.slice(field.selectionStart, field.selectionEnd)
                 : getSelection().toString();
             const by_itself = (...words) => original.apply(this, words);
             const said = (() => {{ {command} }})();
             copied.said.push(said);
             copied.selection.push(selection.trim());
             return said;
         }};"
    );
    olga.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await;
}
