//! The rules for scanners in the documentation find what is minted, and nothing that is shown later.

use std::fs;

use keystead::api_keys::secret_text;
use keystead::base::random::SystemEntropy;
use regex::Regex;

/// What stands between these words and the next quote, in a file of the documentation.
fn rule(file: &str, before: &str, quote: &str) -> Regex {
    let path = format!("{}/docs/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let rule = text.split_once(before).and_then(|(_, rest)| rest.split_once(quote)).expect("a rule").0;
    Regex::new(rule).expect("a regular expression")
}

#[test]
fn scanners_find_every_key_by_the_documented_rules() {
    let rules = [
        rule("scanners/gitleaks.toml", "regex = '''", "'''"),
        rule("scanners/trufflehog.yaml", "key: '", "'"),
        rule("leaks.md", "```\n", "\n```"),
    ];
    for environment in ["live", "test", "x", "sixteencharslong"] {
        let minted = secret_text::mint(&SystemEntropy, environment);
        let text = minted.text.expose();
        for rule in &rules {
            for around in [text.to_owned(), format!("KEY=\"{text}\"\n"), format!("https://x.example/?key={text}&y")] {
                assert_eq!(rule.find(&around).map(|found| found.as_str()), Some(text), "{rule}");
            }
            for not in [
                secret_text::hint(environment, &minted.key_id, &minted.text),
                text[..60].to_owned(),
                format!("{text}0"),
            ] {
                assert!(!rule.is_match(&not), "{rule}: {not}");
            }
        }
    }
    let allowed =
        [rule("scanners/gitleaks.toml", "regexes = ['''", "'''"), rule("scanners/trufflehog.yaml", "- 'ks_", "'")];
    let example = "ks_test_0123456789AB_000000000000000000000000000000000000000000028Azp4";
    assert!(allowed.iter().all(|rule| rule.is_match(example)));
}
