//! The people of the demo: one for each built-in role, one who has not come yet, and one who has left.

use crate::access::BuiltIn;

/// Somebody at Acme Works.
pub(super) struct Person {
    /// What stands before the @.
    pub local: &'static str,
    /// Their name.
    pub name: &'static str,
    /// The role that they hold on the whole organization.
    pub role: BuiltIn,
    /// So many days ago they were invited.
    pub invited: i64,
    /// Whether they have accepted.
    pub came: bool,
    /// So many days ago they left.
    pub left: Option<i64>,
}

impl Person {
    const fn new(local: &'static str, name: &'static str, role: BuiltIn, invited: i64) -> Self {
        Self { local, name, role, invited, came: true, left: None }
    }

    /// What they sign in with.
    pub fn email(&self) -> String {
        email(self.local)
    }
}

/// The address of somebody at Acme Works.
pub(super) fn email(local: &str) -> String {
    format!("{local}@acme.example")
}

/// The administrator, who is not invited but sets everything up.
pub(super) const ADA: Person = Person::new("ada", "Ada Keller", BuiltIn::Admin, 160);

/// All others, in the order in which they came.
pub(super) const OTHERS: [Person; 9] = [
    Person::new("olaf", "Olaf Brandt", BuiltIn::Ops, 158),
    Person::new("uma", "Uma Okafor", BuiltIn::ManageUsers, 157),
    Person { left: Some(23), ..Person::new("lev", "Lev Antonov", BuiltIn::Ops, 150) },
    Person::new("mika", "Mika Tanaka", BuiltIn::ManageApiCredentials, 141),
    Person::new("dana", "Dana Ruiz", BuiltIn::Developer, 120),
    Person::new("cleo", "Cleo Martin", BuiltIn::Ci, 118),
    Person::new("aurel", "Aurel Novak", BuiltIn::Auditor, 75),
    Person::new("max", "Max Weber", BuiltIn::Member, 33),
    Person { came: false, ..Person::new("nora", "Nora Lind", BuiltIn::Developer, 0) },
];

/// Those who can sign in, in the order of the roles.
pub(super) fn who_sign_in() -> Vec<&'static Person> {
    static ALL: [Person; 9] = OTHERS;
    static FIRST: Person = ADA;
    let mut all: Vec<&Person> = [&FIRST].into_iter().chain(&ALL).collect();
    all.retain(|person| person.came && person.left.is_none());
    all.sort_by_key(|person| BuiltIn::ALL.iter().position(|role| *role == person.role));
    all
}
