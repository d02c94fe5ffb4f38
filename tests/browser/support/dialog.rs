//! Dialogs as they are on the screen: not only in the document, but large enough to be read and used.

use serde_json::Value;

use super::Person;

/// Boxes of the dialog, of its parts and of its buttons: left, top, width and height in pixels.
const BOXES: &str = "
    const box = element => { const b = element.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; };
    const dialog = document.querySelector('dialog[open]');
    return dialog && {
        window: [0, 0, window.innerWidth, window.innerHeight],
        dialog: box(dialog),
        title: box(dialog.querySelector('h2')),
        body: box(dialog.querySelector('.dialog-body')),
        buttons: [...dialog.querySelectorAll('.dialog-foot :is(a, button)')].map(box),
    };";

impl Person {
    /// There is a dialog with this title, it is really visible, and its buttons can be reached. Takes a picture of it.
    pub async fn sees_the_dialog(&self, title: &str, picture: &str) {
        self.waits_until(&format!("the dialog {title:?} is open"), async || {
            Ok(self.browser.driver().title().await?.contains(title) || self.visible_text().await?.contains(title))
        })
        .await;
        self.finds("dialog[open] .dialog-foot").await;
        let boxes = self.evaluates(BOXES).await;
        let [dialog, title, body] = ["dialog", "title", "body"].map(|part| rectangle(&boxes[part]));
        assert!(dialog[2] >= 300.0 && dialog[3] >= 150.0, "the dialog is a sliver: {boxes}");
        assert!(title[2] > 0.0 && title[3] >= 16.0, "its title is not visible: {boxes}");
        assert!(body[3] >= 40.0, "its content is not visible: {boxes}");
        let window = rectangle(&boxes["window"]);
        assert!(is_inside(dialog, window), "it reaches out of the window: {boxes}");
        let buttons = boxes["buttons"].as_array().expect("a list of boxes");
        assert!(!buttons.is_empty(), "it has no buttons: {boxes}");
        for button in buttons.iter().map(rectangle) {
            assert!(
                button[2] >= 24.0 && button[3] >= 24.0 && is_inside(button, dialog),
                "a button is cut off: {boxes}"
            );
        }
        self.pictures(picture).await;
    }
}

fn rectangle(value: &Value) -> [f64; 4] {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

/// Within a pixel: browsers place boxes on fractions of one.
fn is_inside([left, top, width, height]: [f64; 4], outer: [f64; 4]) -> bool {
    left >= outer[0] - 1.0
        && top >= outer[1] - 1.0
        && left + width <= outer[0] + outer[2] + 1.0
        && top + height <= outer[1] + outer[3] + 1.0
}
