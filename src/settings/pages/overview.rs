//! `/settings`: the rules for keys, and what they mean for those that are there.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::{self, ApiKeyError, Ending};
use crate::base::clock::Timestamp;
use crate::settings::SettingsError;
use crate::settings::actions;
use crate::settings::problem::SettingsProblem;
use crate::settings::rules::Typed;
use crate::tenants::{self, Tenant};
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

/// Keys are counted up to here; more are "10,000+".
const COUNTED: usize = 10_000;

/// What the longest life means for the keys that are there.
#[derive(Debug)]
struct Effect {
    /// How many end later.
    later: String,
    /// How many there are.
    all: String,
    /// Whether it is one.
    one: bool,
}

#[derive(Template)]
#[template(path = "settings/overview.html")]
struct SettingsPage {
    shell: Shell,
    typed: Typed,
    version: i64,
    /// The longest life, in days, as it is stored.
    longest: Option<i64>,
    effect: Effect,
    problems: Vec<SettingsProblem>,
    /// How the settings are now, where somebody else saved meanwhile.
    now: Option<Typed>,
}

impl Typed {
    fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            default_days: pairs.text("default_days"),
            limit: pairs.text("limit"),
            longest_days: pairs.text("longest_days"),
            contact: pairs.text("contact"),
        }
    }
}

/// The page.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    view(&req, &portal, &who, StatusCode::OK, None, Vec::new()).await
}

/// "Save".
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    let typed = Typed::of_pairs(&form.0);
    // A form without its version is one of no version.
    let version = form.0.text("version").parse().unwrap_or_default();
    let rules = match typed.parse() {
        Ok(rules) => rules,
        Err(problems) => {
            let given = Some((typed, version));
            return view(&req, &portal, &who, StatusCode::UNPROCESSABLE_ENTITY, given, problems).await;
        }
    };
    match who.write(&req, &portal, move |tx, act| actions::change(tx, act, &rules, version)).await? {
        Ok(()) => Ok(page::redirect(&portal, "/settings", Some(Flash::ok("The settings are saved.")))),
        Err(SettingsError::Stale) => {
            let problems = vec![SettingsProblem::Stale];
            view(&req, &portal, &who, StatusCode::CONFLICT, Some((typed, version)), problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page, also with what is wrong. `given` is what was typed and which version that was about, where something was.
async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    given: Option<(Typed, i64)>,
    problems: Vec<SettingsProblem>,
) -> Result<HttpResponse, Error> {
    let (actor, now) = (who.actor.clone(), portal.clock.now());
    let read = move |conn: &mut crate::db::Conn| {
        let tenant = tenants::by_id(conn, actor.tenant)?;
        let ending = api_keys::count_ending_after(conn, &actor, last_end(&tenant, now), COUNTED + 1)?;
        Ok::<_, ApiKeyError>((tenant, ending))
    };
    let (tenant, Ending { later, all }) = portal.db.read(read).await?;
    let is_stale = problems.contains(&SettingsProblem::Stale);
    let (typed, version) = match given {
        // What was seen beside it is the version that is now.
        Some((typed, _)) if is_stale => (typed, tenant.version),
        Some(given) => given,
        None => (Typed::of_tenant(&tenant), tenant.version),
    };
    let page = SettingsPage {
        shell: Shell::new(req, portal, who),
        typed,
        version,
        longest: tenant.longest_key_days,
        effect: Effect { later: counted(later), all: counted(all), one: later == 1 },
        now: is_stale.then(|| Typed::of_tenant(&tenant)),
        problems,
    };
    page::html(req, portal, status, &page)
}

/// The last moment at which a key that is made now may end. Without a limit: the last before never.
fn last_end(tenant: &Tenant, now: Timestamp) -> Timestamp {
    let before_never = Timestamp::from_micros(Timestamp::NEVER.micros() - 1);
    tenant.longest_key_days.map_or(before_never, |days| now.plus_days(days))
}

fn counted(count: usize) -> String {
    match count {
        count if count > COUNTED => "10,000+".to_owned(),
        count if count >= 1_000 => format!("{},{:03}", count / 1_000, count % 1_000),
        count => count.to_string(),
    }
}

impl SettingsPage {
    /// What is wrong with this field.
    fn wrong(&self, field: &str) -> Option<&SettingsProblem> {
        self.problems.iter().find(|problem| problem.field() == field)
    }
}
