//! The form of a role: what was typed, and the permissions of the portal in groups.

use crate::access::{Actor, Permission, PermissionSet};
use crate::roles::definition::{Definition, Typed};
use crate::roles::problem::Problems;
use crate::roles::role::Role;
use crate::web::Error;
use crate::web::form::Pairs;

/// Most bytes of the form: 200 application permissions fit, however long they are.
pub const LIMIT: usize = 65_536;

/// A permission with its words: what one can do, and what that means.
type Words = (Permission, &'static str, &'static str);

struct Group {
    key: &'static str,
    title: &'static str,
    hint: &'static str,
    permissions: &'static [Words],
}

const GROUPS: [Group; 4] = [
    Group {
        key: "api-keys",
        title: "API keys",
        hint: "Keys that external systems use",
        permissions: &[
            (Permission::ReadApiKeys, "See API keys", "The list, and the page of each key"),
            (Permission::ManageApiKeys, "Manage API keys", "Create, change and delete them, and give them roles"),
            (Permission::IntrospectTokens, "Introspect tokens", "Ask whether an access token is active"),
        ],
    },
    Group {
        key: "users-and-roles",
        title: "Users and roles",
        hint: "People who sign in, and what they may do",
        permissions: &[
            (Permission::ReadUsers, "See users", "The list, and the page of each user"),
            (Permission::ManageUsers, "Manage users", "Invite, change and remove them, and assign roles"),
            (Permission::ManageRoles, "Manage roles", "Create, change and delete them"),
        ],
    },
    Group {
        key: "resources",
        title: "Resources",
        hint: "What a role is held on",
        permissions: &[(Permission::ManageResources, "Manage resources", "Add, rename, move and remove them")],
    },
    Group {
        key: "oversight",
        title: "Oversight",
        hint: "What happened, and what is allowed",
        permissions: &[
            (Permission::ReadAudit, "Read the audit log", "Who did what, when and from where"),
            (Permission::ManageSettings, "Change the settings", "The rules of the whole organization"),
        ],
    },
];

/// What was typed, for showing it again.
#[derive(Debug, Default)]
pub struct RoleForm {
    /// The name.
    pub name: String,
    /// The slug; only of a role that is being made.
    pub slug: String,
    /// The description.
    pub description: String,
    /// The portal permissions that are ticked.
    pub ticked: PermissionSet,
    /// The application permissions, as typed.
    pub application: String,
    /// Whether user managers may give it.
    pub assignable: bool,
    /// Which version was opened; only of a role that is being changed.
    pub version: String,
}

impl RoleForm {
    /// As it was sent.
    pub fn of(pairs: &Pairs) -> Self {
        let is_ticked = |permission: &Permission| pairs.get(&format!("permission-{permission}")).is_some();
        Self {
            name: pairs.text("name"),
            slug: pairs.text("slug"),
            description: pairs.text("description"),
            ticked: Permission::ALL.into_iter().filter(is_ticked).collect(),
            application: pairs.text("application"),
            assignable: pairs.get("assignable").is_some(),
            version: pairs.text("version"),
        }
    }

    /// As the role is.
    pub fn showing(role: &Role) -> Self {
        let application: Vec<&str> = role.permissions.application.iter().map(|own| own.as_str()).collect();
        Self {
            name: role.name.clone(),
            slug: role.slug.clone(),
            description: role.description.clone(),
            ticked: role.permissions.portal,
            application: application.join("\n"),
            assignable: role.assignable,
            version: role.version.to_string(),
        }
    }

    /// What it means, if it holds together.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(&self) -> Result<Definition, Problems> {
        Definition::parse(Typed {
            name: &self.name,
            description: &self.description,
            portal: self.ticked,
            application: &self.application,
            assignable: self.assignable,
        })
    }

    /// "Add all" and "Remove all" of a group, where no script does it in place. Only what the actor holds is added.
    ///
    /// # Errors
    /// 400 when the form has no such button.
    pub fn press(&mut self, button: &str, actor: &Actor) -> Result<(), Error> {
        let group = |key: &str| GROUPS.iter().find(|group| group.key == key);
        let pressed = button.split_once(':').and_then(|(what, key)| Some((what, group(key)?)));
        match pressed {
            Some(("all", group)) => {
                let held = |(permission, ..): &&Words| actor.may(*permission, &actor.root);
                let held = group.permissions.iter().filter(held).map(|(permission, ..)| *permission);
                self.ticked = self.ticked.and(held.collect());
                Ok(())
            }
            Some(("none", group)) => {
                let all = group.permissions.iter().map(|(permission, ..)| *permission);
                self.ticked = self.ticked.without(all.collect());
                Ok(())
            }
            _ => Err(incomplete()),
        }
    }
}

/// 400 for a form that no page of ours sends.
pub fn incomplete() -> Error {
    Error::bad_request("This form is incomplete. Open “Roles” again.")
}

/// A group of tick boxes.
#[derive(Debug)]
pub struct GroupView {
    /// Its word in the values of its buttons.
    pub key: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it is about.
    pub hint: &'static str,
    /// One for each permission.
    pub boxes: Vec<BoxView>,
    /// Whether the actor holds any of them.
    pub any_held: bool,
    /// Whether any of them is ticked.
    pub any_ticked: bool,
}

/// A tick box.
#[derive(Debug)]
pub struct BoxView {
    /// The permission as it is stored.
    pub permission: &'static str,
    /// What one can do.
    pub label: &'static str,
    /// What that means.
    pub hint: &'static str,
    /// Whether the role contains it.
    pub ticked: bool,
    /// Whether the actor holds it on the whole organization: only then they put it into a role.
    pub held: bool,
}

/// All groups, with these permissions ticked.
pub fn groups(ticked: PermissionSet, actor: &Actor) -> Vec<GroupView> {
    let tick_box = |(permission, label, hint): &Words| BoxView {
        permission: permission.as_str(),
        label,
        hint,
        ticked: ticked.contains(*permission),
        held: actor.may(*permission, &actor.root),
    };
    let view = |group: &Group| {
        let boxes: Vec<BoxView> = group.permissions.iter().map(tick_box).collect();
        GroupView {
            key: group.key,
            title: group.title,
            hint: group.hint,
            any_held: boxes.iter().any(|tick_box| tick_box.held),
            any_ticked: boxes.iter().any(|tick_box| tick_box.ticked),
            boxes,
        }
    };
    GROUPS.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_stands_in_one_group() {
        let mut shown: Vec<Permission> =
            GROUPS.iter().flat_map(|group| group.permissions).map(|(permission, ..)| *permission).collect();
        shown.sort_unstable();
        let mut all = Permission::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(shown, all);
    }
}
