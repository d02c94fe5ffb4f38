//! What these clients send, and what is wrong with it, in words.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::access::ResourcePath;
use crate::api_keys::client_id::Name;
use crate::api_keys::problem::{NameProblem, TagProblem};
use crate::api_keys::tag::MOST_TAGS;
use crate::api_keys::{ApiKeyError, Tag};
use crate::grants::Wanted;
use crate::grants::form::MOST;
use crate::roles::Role;
use crate::web::Error;
use crate::web::form::media_type;
use crate::web::json::{self, Json};

/// A JSON body; some of these clients do not say that it is one.
///
/// # Errors
/// 400, 413 and 415.
pub async fn read<T: DeserializeOwned + 'static>(req: &HttpRequest, payload: Payload) -> Result<T, Error> {
    let mut payload = payload.into_inner();
    match media_type(req) {
        None => json::read(req, &mut payload).await,
        Some(_) => Ok(<Json<T> as actix_web::FromRequest>::from_request(req, &mut payload).await?.0),
    }
}

/// A key as it shall be. What is not said stays as it is; fields that mean nothing here, such as `internal`, are passed over.
#[derive(Debug, Deserialize)]
pub struct Body {
    name: Option<String>,
    grants: Option<Vec<GrantBody>>,
    tags: Option<Vec<TagBody>>,
}

#[derive(Debug, Deserialize)]
struct TagBody {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
struct GrantBody {
    nrn: String,
    role_slug: Option<String>,
    #[serde(default, deserialize_with = "number")]
    role_id: Option<i64>,
    actions: Option<Value>,
    inherits: Option<Value>,
}

/// Their documentation writes it as a text, their clients as a number.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text.parse().map_err(serde::de::Error::custom)?),
        value => Some(value.as_i64().ok_or_else(|| serde::de::Error::custom("no number"))?),
    })
}

/// What shall be, as far as it makes sense by itself.
#[derive(Debug)]
pub struct Asked {
    /// The name.
    pub name: Option<Name>,
    /// What it holds.
    pub grants: Option<Vec<GrantAsked>>,
    /// What it is found by.
    pub tags: Option<Vec<Tag>>,
}

/// One role on one resource.
#[derive(Debug)]
pub struct GrantAsked {
    resource: ResourcePath,
    role: RoleAsked,
}

#[derive(Debug)]
enum RoleAsked {
    Slug(String),
    Id(i64),
    /// As it was answered.
    Both(String, i64),
}

impl Body {
    /// Checks every part.
    ///
    /// # Errors
    /// 400, for the first thing that is wrong.
    pub fn parse(self) -> Result<Asked, Error> {
        Ok(Asked {
            name: self.name.map(|name| parse_name(&name)).transpose()?,
            grants: self.grants.map(parse_grants).transpose()?,
            tags: self.tags.map(parse_tags).transpose()?,
        })
    }
}

impl GrantAsked {
    /// In our words. `roles` are the tenant's.
    ///
    /// # Errors
    /// 400 where there is no role with that number.
    pub fn wanted(&self, roles: &[Role]) -> Result<Wanted, Error> {
        let with_id = |id: &i64| {
            let role = roles.iter().find(|role| role.id == *id);
            role.ok_or_else(|| Error::bad_request(format!("There is no role with the id {id}.")))
        };
        let role = match &self.role {
            RoleAsked::Slug(slug) => slug.clone(),
            RoleAsked::Id(id) => with_id(id)?.slug.clone(),
            RoleAsked::Both(slug, id) if with_id(id)?.slug == *slug => slug.clone(),
            RoleAsked::Both(..) => {
                return Err(Error::bad_request("role_slug and role_id of a grant are those of two roles."));
            }
        };
        Ok(Wanted { role, resource: self.resource.clone() })
    }
}

fn parse_name(text: &str) -> Result<Name, Error> {
    if text.trim().is_empty() {
        return Err(Error::bad_request("name is empty."));
    }
    Name::parse(text, "").map_err(|problem| {
        Error::bad_request(match problem {
            NameProblem::TooLong { .. } => "name is longer than 100 characters.",
            NameProblem::ControlCharacter => "name holds a line break or an invisible character.",
            NameProblem::Secret => "name holds a key, which everybody would see.",
        })
    })
}

fn parse_grants(grants: Vec<GrantBody>) -> Result<Vec<GrantAsked>, Error> {
    if grants.len() > MOST {
        return Err(Error::bad_request(format!("A key can have {MOST} grants.")));
    }
    grants.into_iter().map(parse_grant).collect()
}

fn parse_grant(grant: GrantBody) -> Result<GrantAsked, Error> {
    if grant.actions.is_some() || grant.inherits.is_some() {
        let words = "A grant names a role here, by role_slug or role_id: actions and inherits are not known.";
        return Err(Error::bad_request(words));
    }
    let role = match (grant.role_slug, grant.role_id) {
        (Some(slug), None) => RoleAsked::Slug(slug),
        (None, Some(id)) => RoleAsked::Id(id),
        (Some(slug), Some(id)) => RoleAsked::Both(slug, id),
        (None, None) => return Err(Error::bad_request("A grant names a role, by role_slug or role_id.")),
    };
    // No role is called like that, and not every text may be asked of a database.
    if let RoleAsked::Slug(slug) | RoleAsked::Both(slug, _) = &role
        && (slug.len() > 64 || slug.contains(char::is_control))
    {
        return Err(Error::bad_request("role_slug is no slug of a role."));
    }
    let not_a_path = |_| Error::bad_request("nrn is no path of a resource, such as organization=acme:account=main.");
    Ok(GrantAsked { resource: grant.nrn.parse().map_err(not_a_path)?, role })
}

fn parse_tags(tags: Vec<TagBody>) -> Result<Vec<Tag>, Error> {
    let mut parsed: Vec<Tag> = Vec::new();
    for tag in tags {
        let tag = Tag::new(&tag.key, &tag.value).map_err(|problem| Error::bad_request(in_words(&problem)))?;
        if parsed.contains(&tag) {
            continue;
        }
        if parsed.iter().any(|other| other.key == tag.key) {
            return Err(Error::bad_request(in_words(&TagProblem::Twice { key: tag.key })));
        }
        if parsed.len() == MOST_TAGS {
            return Err(ApiKeyError::TooManyTags.into());
        }
        parsed.push(tag);
    }
    Ok(parsed)
}

fn in_words(problem: &TagProblem) -> String {
    match problem {
        TagProblem::SecretKey | TagProblem::SecretValue => "A tag holds a key, which everybody would see.".into(),
        TagProblem::Twice { key } => format!("There are two tags with the key {key}."),
        TagProblem::NoValue { key } | TagProblem::ValueTooLong { key, .. } | TagProblem::ValueHidden { key } => {
            format!("The value of the tag {key} has to be 1 to 64 visible characters.")
        }
        _ => "The key of a tag is 1 to 32 letters, digits, dots, hyphens and underscores, and begins with a letter or \
              a digit."
            .into(),
    }
}
