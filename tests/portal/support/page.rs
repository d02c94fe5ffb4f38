//! An answer as a person sees it.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};

/// A page, or a redirect.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// Has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// Holds this text, as the reader sees it.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.text().contains(words), "{words:?} is not in:\n{}", self.text());
        self
    }

    /// Does not hold this text, not even in its source.
    #[track_caller]
    pub fn says_nothing_of(self, words: &str) -> Self {
        assert!(!self.body.contains(words) && !self.text().contains(words), "{words:?} is in:\n{}", self.text());
        self
    }

    /// Sends the browser on to this path.
    #[track_caller]
    pub fn redirects_to(self, path: &str) -> Self {
        assert_eq!(self.status.as_u16(), 303, "{}", self.text());
        assert_eq!(self.header("location"), path);
        self
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("not text"))
    }

    /// All `Set-Cookie` lines.
    pub fn cookies(&self) -> Vec<String> {
        self.headers.get_all("set-cookie").iter().filter_map(|value| Some(value.to_str().ok()?.to_owned())).collect()
    }

    /// The value of a hidden or visible field.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        self.try_field(name).unwrap_or_else(|| panic!("there is no field {name} in:\n{}", self.body))
    }

    /// The value of a field, if there is one.
    pub fn try_field(&self, name: &str) -> Option<String> {
        let tag =
            self.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&format!("name=\"{name}\"")))?;
        let value = tag.split_once(" value=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default());
        Some(unescape(value))
    }

    /// The text of the element with this id, tags left out.
    #[track_caller]
    pub fn element(&self, id: &str) -> String {
        let body = without_isolation(&self.body);
        let (_, rest) =
            body.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no element {id} in:\n{}", self.body));
        let (_, rest) = rest.split_once('>').expect("the tag ends");
        unescape(rest.split("</").next().unwrap_or_default()).trim().to_owned()
    }

    /// The code inside the one-time link that the page shows.
    #[track_caller]
    pub fn link_code(&self) -> String {
        let link = self.element("secret");
        let code = link.rsplit_once("/invitations/").map(|(_, code)| code.to_owned());
        code.unwrap_or_else(|| panic!("{link:?} is no link"))
    }

    /// Whether an element has this id.
    pub fn has_element(&self, id: &str) -> bool {
        self.body.contains(&format!("id=\"{id}\""))
    }

    /// All values of an attribute, in the order of the page.
    pub fn attributes(&self, name: &str) -> Vec<String> {
        let start = format!(" {name}=\"");
        let value = |rest: &str| unescape(rest.split('"').next().unwrap_or_default());
        self.body.split(start.as_str()).skip(1).map(value).collect()
    }

    /// Where the link with this relation leads: `next`, `prev`.
    pub fn link_to(&self, relation: &str) -> Option<String> {
        let mut tags = self.body.split('<').filter(|tag| tag.starts_with("a "));
        let tag = tags.find(|tag| tag.contains(&format!(" rel=\"{relation}\"")))?;
        let href = tag.split_once(" href=\"")?.1.split('"').next()?;
        Some(unescape(href))
    }

    /// The source of the tick box with this name.
    #[track_caller]
    pub fn tick_box(&self, name: &str) -> String {
        let tag =
            self.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&format!("name=\"{name}\"")));
        tag.unwrap_or_else(|| panic!("there is no {name} in:\n{}", self.text())).to_owned()
    }

    /// The source of the list row that has this attribute, such as `data-client-id="billing-sync"`.
    #[track_caller]
    pub fn row(&self, attribute: &str) -> Self {
        let rows = self.body.split("<tr").map(|row| row.split("</tr>").next().unwrap_or_default());
        let row = rows.into_iter().find(|row| row.contains(attribute));
        let row = row.unwrap_or_else(|| panic!("no row {attribute} in:\n{}", self.text()));
        Self { body: format!("<tr{row}</tr>"), ..self.clone() }
    }

    /// The source without the tokens of its forms, which are fresh in each answer.
    pub fn without_tokens(&self) -> String {
        let mut parts = self.body.split("name=\"csrf\" value=\"");
        let first = parts.next().unwrap_or_default().to_owned();
        let rest: String = parts.map(|part| part.split_once('"').map_or("", |(_, rest)| rest)).collect();
        format!("{first}{rest}")
    }

    /// Status, headers and source, without what is different in each answer anyway.
    pub fn bare(&self) -> (u16, Vec<String>, String) {
        let own = ["date", "x-request-id"];
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = self.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
        let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {}", text(value))).collect();
        headers.sort_unstable();
        let id = self.header("x-request-id");
        let source = self.without_tokens();
        (self.status.as_u16(), headers, if id.is_empty() { source } else { source.replace(id, "REQUEST") })
    }

    /// What a reader sees, more or less: no tags, single spaces.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for letter in without_isolation(&self.body).chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // A tag between a word and its full stop is no space to a reader.
        unescape(&text).replace(" .", ".").replace(" ,", ",")
    }
}

/// Without the marks around names and ids, which stand inside of words and quotes.
fn without_isolation(body: &str) -> String {
    body.replace("<bdi>", "").replace("<bdi translate=\"no\">", "").replace("</bdi>", "")
}

fn unescape(text: &str) -> String {
    text.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'")
}
