//! Some of the portal's permissions: a set that is copied and joined without asking for memory, for it is looked at in every
//! decision. What the tenant names itself is in no such set.

use super::permission::Permission;

/// A set of the portal's permissions: one bit for each, in the order of [`Permission::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PermissionSet(u16);

const fn bit(permission: Permission) -> u16 {
    1 << permission as u16
}

impl PermissionSet {
    /// Adds one; answers whether it is new.
    pub fn insert(&mut self, permission: Permission) -> bool {
        let is_new = !self.contains(permission);
        self.0 |= bit(permission);
        is_new
    }

    /// Whether this one is in it.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is here and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is here or in the other.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Each of them, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::default(), |set, permission| Self(set.0 | bit(permission)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_has_a_place_of_its_own() {
        let mut set = PermissionSet::default();
        assert!(set.is_empty());
        for (number, permission) in Permission::ALL.into_iter().enumerate() {
            assert!(!set.contains(permission));
            assert!(set.insert(permission) && !set.insert(permission));
            assert_eq!(set.len(), number + 1);
        }
        assert!(set.iter().eq(Permission::ALL));
        assert_eq!(Permission::ALL.into_iter().collect::<PermissionSet>(), set);
    }

    #[test]
    fn sets_are_joined_and_taken_from_each_other() {
        let of = |permissions: &[Permission]| permissions.iter().copied().collect::<PermissionSet>();
        let (keys, people) = (of(&[Permission::ReadApiKeys, Permission::ManageApiKeys]), of(&[Permission::ReadUsers]));
        let both = keys.and(people);
        assert_eq!(both.len(), 3);
        assert_eq!(both.without(keys), people);
        assert_eq!(people.without(both), PermissionSet::default());
    }
}
