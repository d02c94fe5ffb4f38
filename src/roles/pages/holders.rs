//! Who holds a role, as its pages say it.

use crate::access::{Actor, Permission};
use crate::grants::COUNTED;
use crate::roles::role::{Holders, Holding};

/// Those who hold it.
#[derive(Debug)]
pub struct HoldersView {
    /// Whether there is anybody.
    pub any: bool,
    /// People, who are named to everybody who may see the role.
    pub users: KindView,
    /// Keys, which are named to users who see all keys.
    pub api_keys: KindView,
}

/// Those of one kind.
#[derive(Debug)]
pub struct KindView {
    /// How many: `no`, `7`, `1,000+`.
    pub count: String,
    /// Whether it is exactly one.
    pub one: bool,
    /// The first of them.
    pub first: Vec<HolderView>,
    /// Whether there are more.
    pub more: bool,
}

/// One of them.
#[derive(Debug)]
pub struct HolderView {
    /// The e-mail address or the client id.
    pub label: String,
    /// Its page, for whoever may open it.
    pub href: Option<String>,
}

impl HoldersView {
    /// With at most `most` of each kind by name.
    pub fn new(holders: Holders, actor: &Actor, most: usize) -> Self {
        let (opens_users, opens_keys) =
            (actor.may_open(Permission::ReadUsers), actor.may(Permission::ReadApiKeys, &actor.root));
        let keys_by_name = if opens_keys { most } else { 0 };
        Self {
            any: !holders.users.is_empty() || !holders.api_keys.is_empty(),
            users: KindView::new(holders.users, most, opens_users.then_some("/users")),
            api_keys: KindView::new(holders.api_keys, keys_by_name, opens_keys.then_some("/api-keys")),
        }
    }
}

impl KindView {
    fn new(all: Vec<Holding>, most: usize, beneath: Option<&str>) -> Self {
        let count = all.len();
        let holder = |holding: Holding| HolderView {
            href: beneath.map(|beneath| format!("{beneath}/{}", holding.public_id)),
            label: holding.label,
        };
        let first: Vec<HolderView> = all.into_iter().take(most).map(holder).collect();
        Self {
            count: if count == 0 { "no".into() } else { counted(count) },
            one: count == 1,
            more: !first.is_empty() && first.len() < count,
            first,
        }
    }
}

/// A number that was counted up to [`COUNTED`] and one more.
pub fn counted(count: usize) -> String {
    match count {
        more if more > COUNTED => "1,000+".into(),
        COUNTED => "1,000".into(),
        fewer => fewer.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_exact_up_to_a_thousand() {
        assert_eq!([0, 7, 999, 1_000, 1_001].map(counted), ["0", "7", "999", "1,000", "1,000+"]);
    }
}
