//! The configurations, taken from the documentation itself.

use std::fs;
use std::path::PathBuf;

/// The recipe in a page of docs/gateways: its first block of a language.
#[track_caller]
pub fn recipe(page: &str, language: &str) -> String {
    block(page, language, 0)
}

/// What a page adds to its recipe: the second block.
#[track_caller]
pub fn addition(page: &str, language: &str) -> String {
    block(page, language, 1)
}

#[track_caller]
fn block(page: &str, language: &str, number: usize) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/gateways").join(page);
    let text = fs::read_to_string(&path).expect("the page is there");
    let fence = format!("\n```{language}\n");
    let block = text.split(fence.as_str()).nth(number + 1).and_then(|rest| rest.split_once("\n```"));
    block.map_or_else(|| panic!("{page} has no block {number} of {language}"), |(block, _)| format!("{block}\n"))
}

/// Puts other addresses in the place of those in a recipe. Each of them has to be there.
#[track_caller]
pub fn with(mut text: String, replaced: &[(&str, &str)]) -> String {
    for (old, new) in replaced {
        assert!(text.contains(old), "there is no {old} in:\n{text}");
        text = text.replace(old, new);
    }
    text
}
