//! The list as an address says it: filters and order. Everything is in the address, so that it can be kept and handed on.

use crate::access::ResourcePath;
use crate::api_keys::api_key::Tag;
use crate::api_keys::filter::{Filter, Search, Sort, Standing};
use crate::web::form::Pairs;

/// Where the list is.
pub const PATH: &str = "/api-keys";

/// Longest value that is looked at.
const LONGEST: usize = 1_024;

/// The fields of the filter bar.
const FIELDS: [&str; 5] = ["q", "tag", "status", "role", "resource"];

/// One of the filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The search field.
    Search,
    /// A tag.
    Tag,
    /// A tab.
    Status,
    /// A role.
    Role,
    /// A resource.
    Resource,
    /// "Created by me".
    Mine,
}

impl Part {
    /// The word on screen.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Search => "Text",
            Self::Tag => "Tag",
            Self::Status => "Status",
            Self::Role => "Role",
            Self::Resource => "Resource",
            Self::Mine => "Created by",
        }
    }
}

/// The list that somebody asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Which keys.
    pub filter: Filter,
    /// In which order, where they chose one.
    pub sort: Option<Sort>,
    /// Filters that make no sense: the list is not narrowed by them, and says so.
    pub misread: Vec<Misread>,
}

/// A filter that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Which one.
    pub part: Part,
    /// Its name in the address.
    name: &'static str,
    /// What stands there. Never a secret.
    pub text: String,
}

impl Asked {
    /// What a query, or the form of the filter bar, asks for. A secret in any field of it asks for its key.
    pub fn of(pairs: &Pairs) -> Self {
        let given = |name: &str| {
            let text = pairs.get(name).map(str::trim).filter(|text| !text.is_empty() && text.len() <= LONGEST);
            text.filter(|text| !Search::hides(text))
        };
        let pasted = FIELDS.into_iter().filter_map(|name| pairs.get(name)).find(|text| Search::hides(text));
        let filter = Filter {
            search: pasted.or_else(|| pairs.get("q")).and_then(Search::parse),
            tag: given("tag").map(|text| tag(text.split_once(':').unwrap_or((text, "")))),
            status: given("status").and_then(|word| word.parse().ok()),
            role: given("role").map(str::to_owned),
            resource: given("resource").and_then(|path| path.parse::<ResourcePath>().ok()),
            mine: given("mine").is_some(),
        };
        let misread = [
            (Part::Status, "status", filter.status.is_none()),
            (Part::Resource, "resource", filter.resource.is_none()),
        ];
        let misread = misread.into_iter().filter(|(.., is_missing)| *is_missing);
        let misread = misread.filter_map(|(part, name, _)| Some(Misread { part, name, text: given(name)?.to_owned() }));
        Self { misread: misread.collect(), filter, sort: given("sort").and_then(|word| word.parse().ok()) }
    }

    /// Whether a field holds a secret, which must not be seen again.
    pub fn holds_a_secret(pairs: &Pairs) -> bool {
        FIELDS.into_iter().filter_map(|name| pairs.get(name)).any(Search::hides)
    }

    /// The same list, asked for by what makes sense alone.
    pub fn understood(&self) -> Self {
        Self { misread: Vec::new(), ..self.clone() }
    }

    /// What stands in a filter that makes no sense; empty where it makes some.
    pub fn misread_as(&self, part: Part) -> String {
        self.misread.iter().find(|wrong| wrong.part == part).map_or_else(String::new, |wrong| wrong.text.clone())
    }

    /// The order of the list.
    pub fn sort(&self) -> Sort {
        self.sort.unwrap_or_else(|| Sort::usual(&self.filter))
    }

    /// The filters that apply, as the address has them.
    pub fn parts(&self) -> Vec<(Part, &'static str, String)> {
        let Filter { search, tag, status, role, resource, mine } = &self.filter;
        let parts = [
            search.as_ref().map(|search| (Part::Search, "q", search.as_str().to_owned())),
            tag.as_ref().map(|tag| (Part::Tag, "tag", tag.to_string())),
            status.map(|status| (Part::Status, "status", status.as_str().to_owned())),
            role.as_ref().map(|role| (Part::Role, "role", role.clone())),
            resource.as_ref().map(|path| (Part::Resource, "resource", path.to_string())),
            mine.then(|| (Part::Mine, "mine", "yes".to_owned())),
        ];
        parts.into_iter().flatten().collect()
    }

    /// The same list without one of its filters.
    pub fn without(&self, part: Part) -> Self {
        let mut asked = self.understood();
        match part {
            Part::Search => asked.filter.search = None,
            Part::Tag => asked.filter.tag = None,
            Part::Status => asked.filter.status = None,
            Part::Role => asked.filter.role = None,
            Part::Resource => asked.filter.resource = None,
            Part::Mine => asked.filter.mine = false,
        }
        asked
    }

    /// The same list behind another tab.
    pub fn with_status(&self, status: Option<Standing>) -> Self {
        Self { filter: Filter { status, ..self.filter.clone() }, ..self.understood() }
    }

    /// The same list in another order.
    pub fn with_sort(&self, sort: Sort) -> Self {
        Self { sort: Some(sort), ..self.understood() }
    }

    /// The query, without a question mark; empty for the whole list.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (_, name, value) in self.parts() {
            query.append_pair(name, &value);
        }
        for Misread { name, text, .. } in &self.misread {
            query.append_pair(name, text);
        }
        if let Some(sort) = self.sort {
            query.append_pair("sort", &sort.to_string());
        }
        query.finish()
    }

    /// The address of the list, or of another page about it.
    pub fn href_of(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The address of the list.
    pub fn href(&self) -> String {
        self.href_of(PATH)
    }
}

fn tag((key, value): (&str, &str)) -> Tag {
    Tag { key: key.trim().to_lowercase(), value: value.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::of(&Pairs::parse(query.as_bytes()).unwrap())
    }

    #[test]
    fn an_address_says_the_list_and_is_read_as_it_is_written() {
        let query = "q=erp&tag=env%3Aprod&status=never-used&role=ops&resource=organization%3Dacme&mine=yes&sort=-name";
        let whole = asked(query);
        assert_eq!(whole.query(), query);
        assert_eq!(whole.parts().len(), 6);
        assert_eq!(whole.without(Part::Tag).without(Part::Mine).parts().len(), 4);
        assert_eq!(asked("").href(), "/api-keys");
    }

    #[test]
    fn what_makes_no_sense_is_not_asked_for() {
        assert_eq!(asked("q=++&tag=+&status=&role=&resource=&sort=size&other=1"), Asked::default());
    }

    #[test]
    fn what_is_no_resource_and_no_status_is_kept_until_something_else_is_asked_for() {
        let wrong = asked("status=odd&resource=nonsense&sort=name");
        assert_eq!(wrong.filter, Filter::default());
        assert_eq!(wrong.query(), "status=odd&resource=nonsense&sort=name");
        assert_eq!(wrong.misread_as(Part::Resource), "nonsense");
        for next in [wrong.understood(), wrong.with_status(None), wrong.without(Part::Tag)] {
            assert_eq!(next.query(), "sort=name");
        }
    }

    #[test]
    fn no_address_holds_a_secret() {
        let typed = format!("q=ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
        assert_eq!(asked(&typed).href(), "/api-keys?q=4Jq9ZbT0kLw2");
        for field in ["tag", "status", "role", "resource"] {
            let typed = typed.replace("q=", &format!("q=erp&{field}="));
            assert_eq!(asked(&typed).href(), "/api-keys?q=4Jq9ZbT0kLw2");
        }
    }
}
