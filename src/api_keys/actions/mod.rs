//! The verbs on keys, a file for each: every one checks the permission, does it, and records it.

mod create;
mod delete;
mod edit;
mod list;
mod numbered;
mod pause;
mod read;
mod reuse;
mod revoke;
mod rotate;
mod rotation;
mod selected;
mod sight;
mod suggest;
mod tags;
mod usage;

pub use create::{Created, NewApiKey, create};
pub use delete::{delete, delete_confirmed};
pub use edit::{Edit, edit};
pub use list::{Count, Found, Listing, ending_soon, list};
pub use numbered::{Numbered, show_numbered};
pub use pause::{disable, enable};
pub use read::{Ending, Listed, Shown, count_ending_after, deletion_of, last_change_of, show};
pub use revoke::revoke_secret;
pub use rotate::{OVERLAPS, Present, Rotation, rotate};
pub use rotation::{cancel_rotation, finish_rotation};
pub use selected::{Tagged, delete_all, disable_all, show_all, tag_all};
pub use sight::show_to_change;
pub use suggest::{TagPart, tag_suggestions, tags_like};
pub use tags::{Added, add_tag};
pub use usage::{days_of, first_use, secret_uses_of, still_knocking, usage_of};

use serde_json::{Value, json};

use crate::access::Act;
use crate::audit::Target;
use crate::db::{self, Conn};

use super::{ApiKey, Tag, store};

use sight::{all_to_change, to_change, to_see};

fn target(key: &ApiKey) -> Target {
    Target { kind: "api_key", id: key.key_id.clone(), label: key.client_id.clone() }
}

/// The tags of a key, by their keys.
fn tags_of(conn: &mut Conn, act: &Act, key: &ApiKey) -> Result<Vec<Tag>, db::Error> {
    Ok(store::tags_of(conn, act.actor.tenant, &[key.id])?.remove(&key.id).unwrap_or_default())
}

/// For the audit log.
fn tags_in_words(tags: &[Tag]) -> Value {
    json!(tags.iter().map(Tag::to_string).collect::<Vec<_>>())
}
