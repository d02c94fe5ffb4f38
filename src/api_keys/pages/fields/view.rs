//! The form of a key as a page shows it.

use crate::access::{Actor, Permission};
use crate::api_keys::Tag;
use crate::api_keys::actions::Shown;
use crate::api_keys::expiry::offered;
use crate::api_keys::problem::{AddressProblem, ExpiryProblem, KeyProblem, NameProblem, TagProblem};
use crate::audit::LastChange;
use crate::base::clock::Timestamp;
use crate::base::zone::Zone;
use crate::grants::MayDo;
use crate::grants::form::{Choice, GrantRow, RowsView, beneath};
use crate::rate_limits::{LimitProblem, RateLimits};
use crate::roles::Role;
use crate::web::moment::day_in_words;
use crate::web::page::{Here, Moment};

use super::limits::{self, LimitView};
use super::{KEEP, KeyFields, Offer, TagRow};

/// A life that is offered.
#[derive(Debug)]
pub struct PresetView {
    /// Its days.
    pub days: i64,
    /// `90 days`.
    pub label: String,
    /// The day on which it ends.
    pub until: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// How the key is now, for each field in which that is not what was typed.
#[derive(Debug, Default)]
pub struct Now {
    /// The name.
    pub name: Option<String>,
    /// The grants.
    pub grants: Option<Vec<String>>,
    /// Whether some of them are in no row.
    pub has_other_grants: bool,
    /// The end.
    pub expires: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The allowed addresses.
    pub addresses: Option<Vec<String>>,
    /// The rate limits.
    pub limits: Option<Vec<String>>,
    /// Who changed the key last, and when.
    pub last_change: Option<(String, Moment)>,
    /// Whether there is anything to be said of it: somebody else saved meanwhile.
    pub is_shown: bool,
}

/// The form.
#[derive(Debug)]
pub struct FieldsView {
    /// The client id: as typed in the wizard, as it is in the panel.
    pub client_id: String,
    /// What was typed.
    pub typed: KeyFields,
    /// The rows "role on resource".
    pub rows: RowsView,
    /// What the rows let the key do at this moment.
    pub may_do: Vec<MayDo>,
    /// The lives that are offered.
    pub presets: Vec<PresetView>,
    /// The end that the key has, if it is there already: it can stay.
    pub present: Option<String>,
    /// Whether a key may live for ever.
    pub allows_never: bool,
    /// The last day on which a key may end.
    pub last_day: Option<String>,
    /// The zone of the days.
    pub zone: String,
    /// Tags that other keys have.
    pub suggestions: Vec<Tag>,
    /// The row that is added.
    pub blank_tag: TagRow,
    /// What is wrong.
    pub problems: Vec<KeyProblem>,
    /// How the key is now.
    pub now: Now,
    /// The person asked for the form as it is, with other rows or with the words.
    pub again: bool,
}

impl FieldsView {
    /// From what was typed, what there is to choose from, and who looks. `present` is the end that the key has.
    pub fn new(
        client_id: String,
        typed: KeyFields,
        offer: Offer,
        (actor, zone): (&Actor, &Zone),
        (now, present): (Timestamp, Option<Timestamp>),
        problems: Vec<KeyProblem>,
    ) -> Self {
        let until = |at: Timestamp| Moment::local(at, now, zone).date;
        let preset = |days: i64| PresetView {
            days,
            label: if days == 1 { "1 day".to_owned() } else { format!("{days} days") },
            until: until(now.plus_days(days)),
            selected: days.to_string() == typed.expiry,
        };
        let longest = offer.tenant.longest_key_days;
        Self {
            client_id,
            may_do: may_do(actor, &typed.rows, &offer.roles),
            presets: offered(&offer.tenant).into_iter().map(preset).collect(),
            present: present.map(|at| at.unless_never().map_or_else(|| "No expiry".to_owned(), until)),
            allows_never: longest.is_none(),
            last_day: longest.map(|days| day_in_words(zone.day_of(now.plus_days(days)))),
            zone: zone.name().to_owned(),
            rows: rows(actor, &typed.rows, &offer, &problems),
            suggestions: offer.tags,
            blank_tag: TagRow::default(),
            typed,
            problems,
            now: Now::default(),
            again: false,
        }
    }

    /// Says of each field in which the key is another one than what was typed how it is now.
    #[must_use]
    pub fn beside(mut self, shown: &Shown, change: Option<LastChange>, actor: &Actor, here: Here<'_>) -> Self {
        let (key, typed) = (&shown.listed.key, &self.typed);
        let held: Vec<GrantRow> = shown.grants.iter().map(GrantRow::from).collect();
        let rows: Vec<&GrantRow> = typed.rows.iter().filter(|row| !row.is_empty()).collect();
        let has_other_grants = held.iter().any(|row| !rows.contains(&row));
        let same_grants = !has_other_grants && rows.iter().all(|row| held.contains(row));
        let words = || {
            let on = |grant: &crate::access::Grant| {
                format!("{} on {}", grant.role_name, beneath(&actor.root, &grant.resource))
            };
            shown.grants.iter().map(on).collect()
        };
        let tags = || shown.listed.tags.iter().map(Tag::to_string).collect();
        let same_tags = super::tags::parse(&typed.tags).is_ok_and(|mut typed| {
            typed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
            typed == shown.listed.tags
        });
        let addresses = &key.allowed_addresses;
        let same_addresses = crate::api_keys::AllowedAddresses::parse(&typed.addresses).as_ref() == Ok(addresses);
        let same_limits = RateLimits::parse(&typed.limits).as_ref() == Ok(&key.rate_limits);
        let end = || match key.expires_at.unless_never() {
            Some(at) => here.moment(at).exact,
            None => "no expiry".to_owned(),
        };
        self.now = Now {
            name: (key.name != typed.name.trim()).then(|| key.name.clone()),
            grants: (!same_grants).then(words),
            has_other_grants,
            expires: (typed.expiry != KEEP).then(end),
            tags: (!same_tags).then(tags),
            addresses: (!same_addresses).then(|| addresses.in_words()),
            limits: (!same_limits).then(|| key.rate_limits.in_words()),
            last_change: change.map(|change| (change.by, here.moment(change.at))),
            is_shown: true,
        };
        self
    }

    /// What is wrong with the name.
    pub fn name_problem(&self) -> Option<NameProblem> {
        self.problems.iter().find_map(|problem| match problem {
            KeyProblem::Name(wrong) => Some(*wrong),
            _ => None,
        })
    }

    /// What is wrong with the end.
    pub fn expiry_problem(&self) -> Option<ExpiryProblem> {
        self.problems.iter().find_map(|problem| match problem {
            KeyProblem::Expiry(wrong) => Some(*wrong),
            _ => None,
        })
    }

    /// Whether the day is what is wrong with it.
    pub fn day_is_wrong(&self) -> bool {
        self.expiry_problem().is_some_and(|problem| problem != ExpiryProblem::NotOffered)
    }

    /// What is wrong with a tag.
    pub fn tag_problem(&self, row: &usize) -> Option<TagProblem> {
        self.problems.iter().find_map(|problem| match problem {
            KeyProblem::Tag { number, problem } if number == row => Some(problem.clone()),
            _ => None,
        })
    }

    /// Nothing is wrong with a tag that is not there yet.
    pub const fn no_tag_problem(&self) -> Option<TagProblem> {
        None
    }

    /// What is wrong with the addresses.
    pub fn address_problem(&self) -> Option<AddressProblem> {
        self.problems.iter().find_map(|problem| match problem {
            KeyProblem::Addresses(wrong) => Some(wrong.clone()),
            _ => None,
        })
    }

    /// The rate limits.
    pub fn limits(&self) -> Vec<LimitView> {
        limits::views(&self.typed.limits, &self.limit_problems())
    }

    /// What is wrong with the rate limits.
    pub fn limit_problems(&self) -> Vec<&LimitProblem> {
        let problems = self.problems.iter();
        let of_limits = problems.filter_map(|problem| match problem {
            KeyProblem::Limit(wrong) => Some(wrong),
            _ => None,
        });
        of_limits.collect()
    }

    /// Whether the part "Advanced" is open: something in it wants to be seen.
    pub fn advanced_is_open(&self) -> bool {
        let typed = &self.typed;
        let has_limits = typed.limits.iter().any(|limit| !limit.requests.is_empty() || !limit.burst.is_empty());
        let is_wrong = self.address_problem().is_some() || !self.limit_problems().is_empty();
        let differs = self.now.addresses.is_some() || self.now.limits.is_some();
        is_wrong || differs || has_limits || !typed.addresses.trim().is_empty()
    }

    /// The keys of the suggestions, each once.
    pub fn suggested_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.suggestions.iter().map(|tag| tag.key.as_str()).collect();
        keys.dedup();
        keys
    }

    /// The id of the field to which a problem belongs.
    pub fn target(&self, problem: &KeyProblem) -> String {
        match problem {
            KeyProblem::ClientId(_) => "client-id".to_owned(),
            KeyProblem::Name(_) | KeyProblem::Stale => "name".to_owned(),
            KeyProblem::Row { number, problem } => format!("grant-{}-{number}", problem.field()),
            KeyProblem::Expiry(ExpiryProblem::NotOffered) | KeyProblem::BeyondYours(_) => match self.presets.first() {
                _ if self.present.is_some() => "expiry-keep".to_owned(),
                Some(first) => format!("expiry-{}", first.days),
                None => "expiry-custom".to_owned(),
            },
            KeyProblem::Expiry(_) => "expires-on".to_owned(),
            KeyProblem::Tag { number, problem } => format!("tag-{}-{number}", problem.field()),
            KeyProblem::Addresses(_) => "allowed-addresses".to_owned(),
            KeyProblem::Limit(problem) => limits::target(problem),
        }
    }
}

/// The rows with the roles and resources that this person may give.
fn rows(actor: &Actor, rows: &[GrantRow], offer: &Offer, problems: &[KeyProblem]) -> RowsView {
    let givable = |role: &&Role| actor.may_give_somewhere(&role.on(&actor.root));
    let (offered, others): (Vec<&Role>, Vec<&Role>) = offer.roles.iter().partition(givable);
    let choices = |roles: Vec<&Role>| {
        roles.into_iter().map(|role| Choice { value: role.slug.clone(), label: role.name.clone() }).collect()
    };
    // Nothing can be given where one manages no keys.
    let mut paths = offer.paths.clone();
    paths.retain(|path| actor.may(Permission::ManageApiKeys, path));
    let mut view = RowsView::new(rows.to_vec(), choices(offered), choices(others), &actor.root, &paths);
    let row = |problem: &KeyProblem| match problem {
        KeyProblem::Row { number, problem } => Some((*number, problem.clone())),
        _ => None,
    };
    view.problems = problems.iter().filter_map(row).collect();
    view
}

/// What the rows mean, as far as they are filled in.
fn may_do(actor: &Actor, rows: &[GrantRow], roles: &[Role]) -> Vec<MayDo> {
    let grant = |row: &GrantRow| {
        let wanted = row.wanted().ok()?;
        let role = roles.iter().find(|role| role.slug == wanted.role)?;
        Some(MayDo::of(&actor.root, &role.on(&wanted.resource)))
    };
    let mut found: Vec<MayDo> = rows.iter().filter_map(grant).collect();
    found.dedup();
    found
}
