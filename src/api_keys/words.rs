//! What a key is found by: the words that are stored beside it, and how a search is written to compare with them.

use std::collections::BTreeSet;

use super::ApiKey;
use super::key_id::is_key_id;

/// How many characters of a hint stand behind the gap.
const ENDING: usize = 4;

/// In small letters, with a hyphen for whatever separates words.
pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase().replace(['.', '_', ' '], "-")
}

/// Every text whose beginning finds this key: its client id and its name from each of their words on, its key id, and the
/// end of its secret.
pub(super) fn of(key: &ApiKey) -> BTreeSet<String> {
    let ending: String = key.hint.chars().skip(key.hint.chars().count().saturating_sub(ENDING)).collect();
    let mut words: BTreeSet<String> = [folded(&key.key_id), folded(&ending)].into();
    for text in [folded(&key.client_id), folded(&key.name)] {
        let starts = text.match_indices('-').map(|(at, hyphen)| at + hyphen.len());
        words.extend(std::iter::once(0).chain(starts).map(|at| text[at..].to_owned()));
    }
    words.retain(|word| !word.is_empty() && !word.starts_with('-'));
    words
}

/// The id of the key whose secret is somewhere in this text, whole or without its end.
pub(super) fn key_id_in(text: &str) -> Option<&str> {
    text.match_indices("ks_").find_map(|(at, brand)| {
        let (environment, rest) = text[at + brand.len()..].split_once('_')?;
        let (key_id, _) = rest.split_once('_')?;
        let known = !environment.is_empty() && environment.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (known && is_key_id(key_id)).then_some(key_id)
    })
}

/// What the word that finds a key begins with, for what somebody typed. Of a hint, or of the beginning of a key, only the id
/// tells keys apart.
pub(super) fn beginning(typed: &str) -> String {
    let id = typed.trim().strip_prefix("ks_").and_then(|rest| rest.split_once('_')).map(|(_, rest)| rest);
    let id = id.map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default());
    match id.filter(|id| !id.is_empty()) {
        Some(id) => folded(id),
        None => folded(typed).trim_start_matches('-').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;

    #[test]
    fn a_key_is_found_by_each_of_its_words_its_id_and_the_end_of_its_secret() {
        let key = ApiKey {
            id: 1,
            key_id: "4Jq9ZbT0kLw2".into(),
            client_id: "ERP_orders-sync".into(),
            name: "Bestellungen  (Köln)".into(),
            environment: "live".into(),
            hint: "ks_live_4Jq9…x9Fd".into(),
            created_at: Timestamp::NEVER,
            creator: None,
            created_by: String::new(),
            expires_at: Timestamp::NEVER,
            disabled_at: None,
            disabled_reason: None,
            deleted_at: None,
            token_version: 1,
            version: 1,
            allowed_addresses: crate::api_keys::AllowedAddresses::default(),
            rate_limits: crate::rate_limits::RateLimits::default(),
        };
        let words: Vec<String> = of(&key).into_iter().collect();
        let expected =
            ["(köln)", "4jq9zbt0klw2", "bestellungen--(köln)", "erp-orders-sync", "orders-sync", "sync", "x9fd"];
        assert_eq!(words, expected);
    }
}
