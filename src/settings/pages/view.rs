//! What the page of all settings shows, also behind an overlay.

use crate::api_keys::{self, ApiKeyError, Ending};
use crate::base::clock::Timestamp;
use crate::settings::problem::{SettingsProblem, TokenProblem};
use crate::settings::rules::Typed;
use crate::settings::token_rules::TypedTokens;
use crate::signing_keys::{self, PresentKey, Stage};
use crate::tenants::{self, SigningAlgorithm, Tenant};
use crate::web::actor::SignedIn;
use crate::web::numbers::thousands;
use crate::web::page::Moment;
use crate::web::{Error, Portal};

/// Keys are counted up to here; more are "10,000+".
const COUNTED: usize = 10_000;

/// What was typed, about which version, and what is wrong with it.
pub(super) enum Given {
    /// The page is only looked at.
    Nothing,
    /// The form of the rules for keys.
    Keys { typed: Typed, version: i64, problems: Vec<SettingsProblem> },
    /// The form of the rules for access tokens.
    Tokens { typed: TypedTokens, version: i64, problems: Vec<TokenProblem> },
}

/// What the longest life means for the keys that are there.
#[derive(Debug)]
pub(super) struct Effect {
    /// How many end later.
    pub later: String,
    /// How many there are.
    pub all: String,
    /// Whether it is one.
    pub one: bool,
}

/// A signing key that is published.
#[derive(Debug)]
pub(super) struct SigningKeyView {
    /// Its id.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// Where in its life it is.
    pub stage: StageView,
}

/// See [`Stage`].
#[derive(Debug)]
pub(super) enum StageView {
    /// It will sign.
    Next { from: Moment },
    /// It signs.
    Signs { since: Moment, until: Option<Moment> },
    /// It has signed.
    Retired { since: Moment, until: Moment },
}

/// Everything on the page.
#[derive(Debug)]
pub(super) struct SettingsView {
    /// The rules for keys as they are or were typed.
    pub keys: Typed,
    /// The version that they are about.
    pub keys_version: i64,
    /// What is wrong with them.
    pub keys_problems: Vec<SettingsProblem>,
    /// How they are now, where somebody else saved meanwhile.
    pub keys_now: Option<Typed>,
    /// The longest life, in days, as it is stored.
    pub longest: Option<i64>,
    /// What that means.
    pub effect: Effect,
    /// The rules for access tokens as they are or were typed.
    pub tokens: TypedTokens,
    /// The version that they are about.
    pub tokens_version: i64,
    /// What is wrong with them.
    pub tokens_problems: Vec<TokenProblem>,
    /// How they are now, where somebody else saved meanwhile.
    pub tokens_now: Option<TypedTokens>,
    /// The signing keys, newest first.
    pub signing_keys: Vec<SigningKeyView>,
    /// When the schedule makes the next one.
    pub next: Option<Moment>,
    /// When the one that is made begins to sign, while it does not yet.
    pub under_way: Option<Moment>,
    /// The id of the last one.
    pub last_kid: String,
}

impl SettingsView {
    /// Reads what is there.
    pub async fn read(portal: &Portal, who: &SignedIn, given: Given) -> Result<Self, Error> {
        let (actor, now) = (who.actor.clone(), portal.clock.now());
        let read = move |conn: &mut crate::db::Conn| {
            let tenant = tenants::by_id(conn, actor.tenant)?;
            let ending = api_keys::count_ending_after(conn, &actor, last_end(&tenant, now), COUNTED + 1)?;
            Ok::<_, ApiKeyError>((tenant, ending))
        };
        let (tenant, Ending { later, all }) = portal.db.read(read).await?;
        let actor = who.actor.clone();
        let present = portal.db.read(move |conn| signing_keys::present(conn, &actor, now)).await?;
        let moment = |at| Moment::local(at, now, &who.time_zone);
        let mut view = Self {
            keys: Typed::of_tenant(&tenant),
            keys_version: tenant.version,
            keys_problems: Vec::new(),
            keys_now: None,
            longest: tenant.longest_key_days,
            effect: Effect { later: counted(later), all: counted(all), one: later == 1 },
            tokens: TypedTokens::of_tenant(&tenant),
            tokens_version: tenant.version,
            tokens_problems: Vec::new(),
            tokens_now: None,
            next: next(&tenant, &present).map(moment),
            under_way: under_way(&present).map(moment),
            last_kid: present.first().map(|key| key.kid.clone()).unwrap_or_default(),
            signing_keys: present.into_iter().map(|key| SigningKeyView::new(key, moment)).collect(),
        };
        view.put(given, &tenant);
        Ok(view)
    }

    /// Puts what was typed in the place of what is. What was seen beside the present settings is of their version.
    fn put(&mut self, given: Given, tenant: &Tenant) {
        match given {
            Given::Nothing => {}
            Given::Keys { typed, version, problems } => {
                let is_stale = problems.contains(&SettingsProblem::Stale);
                self.keys = typed;
                self.keys_version = if is_stale { tenant.version } else { version };
                self.keys_now = is_stale.then(|| Typed::of_tenant(tenant));
                self.keys_problems = problems;
            }
            Given::Tokens { typed, version, problems } => {
                let is_stale = problems.contains(&TokenProblem::Stale);
                self.tokens = typed;
                self.tokens_version = if is_stale { tenant.version } else { version };
                self.tokens_now = is_stale.then(|| TypedTokens::of_tenant(tenant));
                self.tokens_problems = problems;
            }
        }
    }

    /// How much is wrong.
    pub fn problems(&self) -> usize {
        self.keys_problems.len() + self.tokens_problems.len()
    }

    /// What is wrong with this field of the rules for keys.
    pub fn wrong(&self, field: &str) -> Option<&SettingsProblem> {
        self.keys_problems.iter().find(|problem| problem.field() == field)
    }

    /// What is wrong with this field of the rules for access tokens.
    pub fn wrong_token(&self, field: &str) -> Option<&TokenProblem> {
        self.tokens_problems.iter().find(|problem| problem.field() == field)
    }
}

impl SigningKeyView {
    fn new(key: PresentKey, moment: impl Fn(Timestamp) -> Moment) -> Self {
        let stage = match key.stage {
            Stage::Next { from } => StageView::Next { from: moment(from) },
            Stage::Signs { since, until } => StageView::Signs { since: moment(since), until: until.map(moment) },
            Stage::Retired { since, until } => StageView::Retired { since: moment(since), until: moment(until) },
        };
        Self { kid: key.kid, algorithm: key.algorithm, stage }
    }
}

fn under_way(present: &[PresentKey]) -> Option<Timestamp> {
    present.iter().find_map(|key| if let Stage::Next { from } = key.stage { Some(from) } else { None })
}

/// When the schedule makes a key: by the last one.
fn next(tenant: &Tenant, present: &[PresentKey]) -> Option<Timestamp> {
    let begins = match present.first()?.stage {
        Stage::Next { from } => from,
        Stage::Signs { since, .. } | Stage::Retired { since, .. } => since,
    };
    tenant.signing_key_after(begins)
}

/// The last moment at which a key that is made now may end. Without a limit: the last before never.
fn last_end(tenant: &Tenant, now: Timestamp) -> Timestamp {
    let before_never = Timestamp::from_micros(Timestamp::NEVER.micros() - 1);
    tenant.longest_key_days.map_or(before_never, |days| now.plus_days(days))
}

fn counted(count: usize) -> String {
    if count > COUNTED { format!("{}+", thousands(COUNTED)) } else { thousands(count) }
}
