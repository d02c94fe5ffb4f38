//! The configurations, taken from the documentation itself.

use std::fs;
use std::path::PathBuf;

/// The only block of a language in a page of docs/gateways.
#[track_caller]
pub fn block(page: &str, language: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/gateways").join(page);
    let text = fs::read_to_string(&path).expect("the page is there");
    let fence = format!("\n```{language}\n");
    let mut blocks = text.split(fence.as_str()).skip(1);
    let block = blocks.next().and_then(|rest| rest.split_once("\n```")).map(|(block, _)| format!("{block}\n"));
    assert!(blocks.next().is_none(), "{page} has two blocks of {language}");
    block.unwrap_or_else(|| panic!("{page} has no block of {language}"))
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
