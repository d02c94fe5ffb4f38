//! What happened at Acme Works, in the order in which it happened: each step is a verb of its feature, done by somebody at a
//! moment of the past, so that the audit log tells the same story.

use crate::access::{Actor, PermissionSet, ResourcePath};
use crate::api_keys::{
    self, AllowedAddresses, ApiKeyError, Edit, Expiry, NewApiKey, Present, Rotation, Tag, client_id, reason::Reason,
};
use crate::app::{Opened, StartError};
use crate::base::clock::Timestamp;
use crate::base::random;
use crate::grants::Wanted;
use crate::rate_limits::RateLimits;
use crate::resources::{self, Segment};
use crate::roles::{self, Definition, Typed};
use crate::settings;
use crate::sign_in::{self, Accept, Proof, SetUp};
use crate::tenants::{self, Rules};
use crate::users::email::Email;
use crate::users::{self, Invite};

use super::chance::Chance;
use super::keys::{Fate, KEYS, Key};
use super::people::{ADA, OTHERS, Person};
use super::stage::{Stage, act};
use super::traffic::Made;
use super::tree::{OwnRole, RESOURCES, ROLES};

/// One thing that somebody did.
enum Step {
    MakesRole(&'static OwnRole),
    AddsResource(&'static str),
    Invites(&'static Person),
    IsGone(&'static Person),
    SetsRules,
    MakesKey(&'static Key),
    Befalls(&'static Key, &'static Fate),
}

/// The static lists, so that steps can point into them.
static PEOPLE: [Person; OTHERS.len()] = OTHERS;

/// Lets everything happen. Answers the keys with their secrets, to be used.
pub(super) fn play(
    opened: &Opened,
    environment: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<Vec<Made>, StartError> {
    let stage = set_up(opened, password_hash, now.plus_days(-ADA.invited))?;
    let mut story = Story { stage, environment, password_hash, now, key_ids: Vec::new() };
    let mut steps = steps(now);
    steps.sort_by_key(|(at, _)| *at);
    for (at, step) in steps {
        story.goes_on(at, &step)?;
    }
    story.sign_ins()?;
    story.made()
}

/// Words that belong to the program, and that its own rules accept.
fn word<T, E: std::fmt::Debug>(parsed: Result<T, E>) -> Result<T, StartError> {
    parsed.map_err(|problem| StartError::new(format!("the sample data do not hold together: {problem:?}")))
}

fn set_up<'a>(opened: &'a Opened, password_hash: &str, at: Timestamp) -> Result<Stage<'a>, StartError> {
    let new = SetUp {
        slug: word(tenants::Slug::parse("acme"))?,
        organization: "Acme Works".into(),
        name: ADA.name.into(),
        email: word(Email::parse(&ADA.email()))?,
        password_hash: password_hash.into(),
    };
    let act = act(opened, Actor::installation("keystead demo"), at);
    let account = opened.db.write_here(|tx| sign_in::set_up(tx, &act, &new, &Proof::Shell));
    let scope = account.map_err(StartError::new)?.tenant;
    Ok(Stage { opened, tenant: opened.db.read_here(|conn| tenants::by_id(conn, scope))? })
}

fn steps(now: Timestamp) -> Vec<(Timestamp, Step)> {
    let mut steps = Vec::new();
    let mut chance = Chance::of("story");
    // Some hours before the same time of that day.
    let mut ago = |days: i64| now.plus_days(-days).plus_seconds(-600 - chance.below(4 * 3_600));
    let began = now.plus_days(-ADA.invited);
    for (minute, role) in (10..).zip(&ROLES) {
        steps.push((began.plus_seconds(60 * minute), Step::MakesRole(role)));
    }
    for (minute, resource) in (30..).zip(RESOURCES) {
        steps.push((began.plus_seconds(60 * minute), Step::AddsResource(resource)));
    }
    for person in &PEOPLE {
        steps.push((ago(person.invited), Step::Invites(person)));
        steps.extend(person.left.map(|days| (ago(days), Step::IsGone(person))));
    }
    steps.push((ago(30), Step::SetsRules));
    for key in &KEYS {
        steps.push((ago(key.made), Step::MakesKey(key)));
        steps.extend(key.fate.iter().map(|(days, fate)| (ago(*days), Step::Befalls(key, fate))));
    }
    steps
}

struct Story<'a> {
    stage: Stage<'a>,
    environment: &'a str,
    password_hash: &'a str,
    now: Timestamp,
    key_ids: Vec<(&'static Key, String)>,
}

impl Story<'_> {
    fn goes_on(&mut self, at: Timestamp, step: &Step) -> Result<(), StartError> {
        match step {
            Step::MakesRole(role) => self.makes_role(at, role),
            Step::AddsResource(path) => self.adds_resource(at, path),
            Step::Invites(person) => self.invites(at, person),
            Step::IsGone(person) => self.is_gone(at, person),
            Step::SetsRules => self.sets_rules(at),
            Step::MakesKey(key) => self.makes_key(at, key),
            Step::Befalls(key, fate) => self.befalls(at, key, fate),
        }
    }

    fn makes_role(&self, at: Timestamp, role: &OwnRole) -> Result<(), StartError> {
        let slug = word(roles::Slug::parse(role.slug))?;
        let definition = word(Definition::parse(Typed {
            name: role.name,
            description: role.description,
            portal: PermissionSet::default(),
            application: role.application,
            assignable: false,
        }))?;
        self.stage.act(ADA.local, at, |tx, act| roles::create(tx, act, &slug, &definition)).map(drop)
    }

    fn adds_resource(&self, at: Timestamp, path: &str) -> Result<(), StartError> {
        let (above, last) = path.rsplit_once(':').unwrap_or(("", path));
        let (kind, name) = last.split_once('=').unwrap_or((last, ""));
        let wanted = resources::Wanted { parent: self.path(above)?, segment: word(Segment::parse(kind, name))? };
        self.stage.act(ADA.local, at, |tx, act| resources::add(tx, act, &wanted)).map(drop)
    }

    /// A path beneath the organization, or the organization.
    fn path(&self, beneath: &str) -> Result<ResourcePath, StartError> {
        let root = self.stage.tenant.root();
        if beneath.is_empty() { Ok(root) } else { word(format!("{root}:{beneath}").parse()) }
    }

    fn invites(&self, at: Timestamp, person: &Person) -> Result<(), StartError> {
        let invite = Invite {
            email: word(Email::parse(&person.email()))?,
            name: person.name.into(),
            wanted: vec![Wanted { role: person.role.slug().into(), resource: self.path("")? }],
        };
        let link = self.stage.act(ADA.local, at, |tx, act| users::invite(tx, act, &invite))?;
        if !person.came {
            return Ok(());
        }
        let accept =
            Accept { code: link.issued.code, name: person.name.into(), password_hash: self.password_hash.to_owned() };
        let opened = self.stage.opened;
        let act = act(opened, Actor::installation("keystead demo"), at.plus_seconds(5 * 60));
        opened.db.write_here(|tx| sign_in::accept(tx, &act, &accept)).map(drop).map_err(StartError::new)
    }

    fn is_gone(&self, at: Timestamp, person: &Person) -> Result<(), StartError> {
        let wanted = vec![Wanted { role: person.role.slug().into(), resource: self.path("")? }];
        let gone = self.stage.act(ADA.local, at, |tx, act| {
            let account = users::by_email(tx, &person.email())?.ok_or(users::UserError::NotFound)?;
            let user = users::by_id(tx, act.actor.tenant, account.id)?.ok_or(users::UserError::NotFound)?;
            let edit = users::Edit { name: user.name, wanted: wanted.clone(), active: false, version: user.version };
            users::save(tx, act, &user.public_id, &edit)
        });
        gone.map(drop)
    }

    fn sets_rules(&self, at: Timestamp) -> Result<(), StartError> {
        let rules =
            Rules { default_key_days: 90, longest_key_days: Some(365), contact: "integration@acme.example".into() };
        self.stage.act(ADA.local, at, |tx, act| {
            let version = tenants::by_id(tx, act.actor.tenant)?.version;
            settings::change(tx, act, &rules, version)
        })
    }

    fn makes_key(&mut self, at: Timestamp, key: &'static Key) -> Result<(), StartError> {
        let client_id = word(client_id::ClientId::parse(key.client_id))?;
        let new = NewApiKey {
            name: word(client_id::Name::parse(key.name, key.client_id))?,
            client_id,
            environment: self.environment.to_owned(),
            expiry: if key.life == 0 { Expiry::Never } else { Expiry::In(key.life) },
            wanted: self.wanted(key)?,
            tags: tags(key)?,
            allowed_addresses: word(AllowedAddresses::parse(key.allowed))?,
            rate_limits: RateLimits::of_stored(key.limits),
            intent: random::base62(&*self.stage.opened.entropy, 22),
        };
        let created = self.stage.act(key.by, at, |tx, act| api_keys::create(tx, act, &new))?;
        self.key_ids.push((key, created.key.key_id));
        Ok(())
    }

    fn wanted(&self, key: &Key) -> Result<Vec<Wanted>, StartError> {
        let wanted = |(role, path): &(&str, &str)| Ok(Wanted { role: (*role).into(), resource: self.path(path)? });
        key.grants.iter().map(wanted).collect()
    }

    fn befalls(&self, at: Timestamp, key: &Key, fate: &Fate) -> Result<(), StartError> {
        let known = self.key_ids.iter().find(|(made, _)| made.client_id == key.client_id);
        let key_id = word(known.map(|(_, id)| id).ok_or(key.client_id))?;
        let (wanted, tags, allowed) = (self.wanted(key)?, tags(key)?, word(AllowedAddresses::parse(key.allowed))?);
        self.stage.act(fate.by(), at, |tx, act| {
            let shown = api_keys::show(tx, &act.actor, key_id)?.listed.key;
            let version = shown.version;
            match fate {
                Fate::Rotated { overlap, .. } => {
                    let rotation = Rotation { present: Present::Overlaps(*overlap), version };
                    api_keys::rotate(tx, act, key_id, rotation).map(drop)
                }
                Fate::Extended { days, .. } => {
                    let name = client_id::Name::parse(key.name, key.client_id).map_err(|_| ApiKeyError::NotFound)?;
                    let edit = Edit {
                        name,
                        wanted: wanted.clone(),
                        tags: tags.clone(),
                        expiry: Expiry::In(*days),
                        allowed_addresses: allowed.clone(),
                        rate_limits: RateLimits::of_stored(key.limits),
                        version,
                    };
                    api_keys::edit(tx, act, key_id, &edit).map(drop)
                }
                Fate::Disabled { reason, .. } => {
                    let reason = Reason::parse(reason).unwrap_or_default();
                    api_keys::disable(tx, act, key_id, reason.as_ref()).map(drop)
                }
                Fate::Deleted { .. } => api_keys::delete(tx, act, key_id).map(drop),
            }
        })
    }

    /// Everybody was here in the last days.
    fn sign_ins(&self) -> Result<(), StartError> {
        let mut chance = Chance::of("sign-ins");
        for person in [&ADA].into_iter().chain(PEOPLE.iter().filter(|person| person.came)) {
            let hours = person.left.map_or(0, |days| days * 24 + 5) + chance.below(70);
            let at = self.now.plus_seconds(-3_600 * hours - chance.below(3_600));
            self.stage.act(person.local, at, |tx, act| match act.actor.who.id() {
                Some(id) => users::keep_sign_in(tx, act.actor.tenant, id, act.now),
                None => Ok(()),
            })?;
        }
        Ok(())
    }

    fn made(self) -> Result<Vec<Made>, StartError> {
        let read = |(key, key_id): (&'static Key, String)| {
            let shown = self.stage.opened.db.read_here(|conn| {
                let ada = self.stage.actor(conn, ADA.local)?;
                api_keys::show(conn, &ada, &key_id)
            });
            Ok(Made { key, shown: shown.map_err(StartError::new)?, tenant: self.stage.tenant.scope })
        };
        self.key_ids.into_iter().map(read).collect()
    }
}

fn tags(key: &Key) -> Result<Vec<Tag>, StartError> {
    key.tags.iter().map(|tag| word(Tag::parse(tag))).collect()
}
