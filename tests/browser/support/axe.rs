//! Looks for barriers: what keeps people with a screen reader, with weak eyes or without a mouse from using a page, as far as
//! a program can tell.

use super::Person;

/// Where `scripts/install-browser-packages` puts it.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/browser/node_modules/axe-core/axe.min.js");

/// WCAG 2.0 to 2.2, A and AA, and what is good practice besides.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

impl Person {
    /// What is in the way on the page that is open: one sentence for each element.
    pub async fn meets_barriers(&self) -> Vec<String> {
        if self.evaluates("return typeof axe").await == "undefined" {
            let source = std::fs::read_to_string(SOURCE)
                .unwrap_or_else(|error| panic!("{SOURCE}: {error}; scripts/install-browser-packages brings it"));
            self.evaluates(&source).await;
        }
        let run = format!(
            "return axe.run(document, {{ runOnly: {RULES}, resultTypes: ['violations'] }}).then(found =>
                found.violations.flatMap(({{ id, help, nodes }}) => nodes.map(({{ html, target, failureSummary }}) =>
                    `${{id}} (${{help}}) at ${{target.join(' ')}}: ${{html.slice(0, 200)}}: ${{failureSummary}}`)))"
        );
        serde_json::from_value(self.evaluates(&run).await).expect("sentences")
    }
}
