//! The rows of tags in a form.

use crate::api_keys::Tag;
use crate::api_keys::problem::TagProblem;
use crate::api_keys::tag::MOST_TAGS;
use crate::web::form::Pairs;

/// One row as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagRow {
    /// Before the colon.
    pub key: String,
    /// After it.
    pub value: String,
}

impl From<&Tag> for TagRow {
    fn from(tag: &Tag) -> Self {
        Self { key: tag.key.clone(), value: tag.value.clone() }
    }
}

impl TagRow {
    /// Nothing was typed in it: as good as no row.
    pub fn is_empty(&self) -> bool {
        self.key.trim().is_empty() && self.value.trim().is_empty()
    }

    /// What it means. A whole tag may stand in the first field.
    fn tag(&self) -> Result<Tag, TagProblem> {
        if self.value.trim().is_empty() { Tag::parse(&self.key) } else { Tag::new(&self.key, &self.value) }
    }
}

/// The rows of a form, in the order of their numbers; there may be gaps, where the script took a row out.
pub(super) fn rows_of(pairs: &Pairs) -> Vec<TagRow> {
    let number = |name: &str| -> Option<usize> { name.strip_prefix("tag-key-")?.parse().ok() };
    let mut numbers: Vec<usize> = pairs.names().filter_map(number).collect();
    numbers.sort_unstable();
    let row = |number: usize| TagRow {
        key: pairs.text(&format!("tag-key-{number}")),
        value: pairs.text(&format!("tag-value-{number}")),
    };
    numbers.into_iter().map(row).collect()
}

/// Adds a row, or takes one out, where the button asked for that: `add-tag`, `remove-tag-2`. Answers whether it did.
pub(super) fn rearrange(rows: &mut Vec<TagRow>, action: &str) -> bool {
    if action == "add-tag" {
        if rows.len() < MOST_TAGS {
            rows.push(TagRow::default());
        }
        return true;
    }
    let Some(number) = action.strip_prefix("remove-tag-") else { return false };
    if let Some(at) = number.parse::<usize>().ok().filter(|at| *at < rows.len()) {
        rows.remove(at);
    }
    true
}

/// The tags of the rows, without the empty ones. The same tag twice is one.
///
/// # Errors
/// The number of each row that is none, with the reason.
pub(super) fn parse(rows: &[TagRow]) -> Result<Vec<Tag>, Vec<(usize, TagProblem)>> {
    let (mut tags, mut problems): (Vec<Tag>, Vec<_>) = (Vec::new(), Vec::new());
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        match row.tag() {
            Ok(tag) if tags.contains(&tag) => {}
            Ok(tag) if tags.iter().any(|other| other.key == tag.key) => {
                problems.push((number, TagProblem::Twice { key: tag.key }));
            }
            Ok(_) if tags.len() == MOST_TAGS => {
                problems.push((number, TagProblem::OneTooMany));
                break;
            }
            Ok(tag) => tags.push(tag),
            Err(problem) => problems.push((number, problem)),
        }
    }
    if problems.is_empty() { Ok(tags) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(pairs: &[(&str, &str)]) -> Vec<TagRow> {
        pairs.iter().map(|(key, value)| TagRow { key: (*key).into(), value: (*value).into() }).collect()
    }

    #[test]
    fn a_key_comes_once_and_there_are_at_most_five() {
        let tags = parse(&rows(&[("env", "prod"), ("", " "), ("team:ot", ""), ("ENV", "prod")])).unwrap();
        assert_eq!(tags.iter().map(Tag::to_string).collect::<Vec<_>>(), ["env:prod", "team:ot"]);
        let twice = TagProblem::Twice { key: "env".into() };
        assert_eq!(parse(&rows(&[("env", "prod"), ("Env", "test")])), Err(vec![(1, twice)]));
        let six = rows(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "1"), ("f", "1"), ("g", "1")]);
        assert_eq!(parse(&six), Err(vec![(5, TagProblem::OneTooMany)]));
    }

    #[test]
    fn a_button_adds_a_row_or_takes_one_out() {
        let mut typed = rows(&[("env", "prod")]);
        for _ in 0..6 {
            assert!(rearrange(&mut typed, "add-tag"));
        }
        assert_eq!(typed.len(), 5);
        assert!(rearrange(&mut typed, "remove-tag-0") && rearrange(&mut typed, "remove-tag-9"));
        assert_eq!(typed, vec![TagRow::default(); 4]);
        assert!(!rearrange(&mut typed, "add-grant"));
    }
}
