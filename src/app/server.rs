//! Mounts the features' routes and listens.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_session::SessionMiddleware;
use actix_session::config::CookieContentSecurity;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::api_keys::Listeners;
use crate::base::password::Hasher;
use crate::base::secret::Secret;
use crate::config::Config;
use crate::installation;
use crate::rate_limits::{Guesses, Limiter};
use crate::sessions::DatabaseSessions;
use crate::sign_in::{self, SessionPeople, SetUpGate, Throttle};
use crate::signing_keys::Ring;
use crate::usage::Recorder;
use crate::web::around::{around, nothing_here};
use crate::web::bodies::Bodies;
use crate::web::compression::compress;
use crate::web::cookies::{Cookies, Name};
use crate::web::routes::{Face, Route, mount};
use crate::web::{Portal, Settings, Stopping, static_files};
use crate::{account, api_keys, audit, compat, gateway, health, oauth, resources, roles, settings, users};

use super::beside;
use super::boot::{Opened, StartError};
use super::mailer::mailer;

/// Most passwords that are hashed at once: 19 MiB and a processor each.
const PASSWORDS_AT_ONCE: usize = 4;
/// How long a connection may be idle. Whichever end closes it first, a request of the client may be on its way, so it has to be the
/// client: of load balancers and proxies that cannot be configured, Google Cloud's waits longest, 600 seconds.
const IDLE: Duration = Duration::from_secs(620);
/// How long requests may take to finish when the process is asked to stop, in seconds.
const GRACE_SECONDS: u64 = 30;

/// Every route there is. Nothing is mounted otherwise.
pub fn all_routes() -> Vec<Route> {
    let features = [
        static_files::routes(),
        audit::pages::routes(),
        sign_in::routes(),
        account::routes(),
        users::routes(),
        api_keys::routes(),
        roles::routes(),
        resources::routes(),
        settings::routes(),
        oauth::routes(),
        gateway::routes(),
        compat::routes(),
        health::routes(),
    ];
    features.into_iter().flatten().collect()
}

/// A portal that listens.
pub struct Running {
    /// The address it listens on; the port is a real one also when 0 was asked for.
    pub address: SocketAddr,
    /// Its public URL.
    pub public_url: String,
    /// The link for the first administrator, while there is none.
    pub setup_link: Option<Secret>,
    /// Shared with all handlers.
    pub portal: Data<Portal>,
    server: Server,
    stopping: Data<Stopping>,
    uses: Arc<Recorder>,
}

/// Binds the address and starts the workers; `None` means one for each processor.
///
/// # Errors
/// One line that says what is in the way.
pub fn start(config: &Config, opened: Opened, workers: Option<usize>) -> Result<Running, StartError> {
    let listener = std::net::TcpListener::bind(config.listen)
        .map_err(|error| StartError::new(format!("cannot listen on {}: {error}", config.listen)))?;
    let address = listener.local_addr().map_err(StartError::new)?;
    let public_url = config.public_url_at(address);
    let setup_link = setup_link(&opened, public_url.as_str())?;
    let mailer = mailer(config, &public_url, &opened.entropy)?;
    let session_key = Key::from(&opened.keyring.session_cookie().map_err(StartError::new)?[..]);
    let sessions = DatabaseSessions::new(opened.db.clone(), Arc::clone(&opened.clock));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let throttle = Data::new(Throttle::new(&*opened.entropy));
    let portal = Data::new(Portal {
        cookies: Cookies::new(&public_url, &opened.keyring),
        hasher: Hasher::new(passwords_at_once(processors), &*opened.entropy).map_err(StartError::new)?,
        bodies: Bodies::default(),
        db: opened.db,
        clock: opened.clock,
        entropy: opened.entropy,
        keyring: opened.keyring,
        settings: Settings {
            public_url,
            environment: config.environment.clone(),
            insecure_http: config.insecure_http,
            trusted_proxies: config.trusted_proxies.clone(),
            gateway_addresses: config.gateway_addresses.clone(),
        },
        mailer,
        people: Arc::new(SessionPeople),
        nav: vec![api_keys::NAV, users::NAV, roles::NAV, resources::NAV, audit::pages::NAV, settings::NAV],
    });
    let (gate, stopping) = (Data::new(SetUpGate::default()), Data::new(Stopping::default()));
    let listeners = Data::new(Listeners::default());
    let (limiter, guesses) = (Data::new(Limiter::default()), Data::new(Guesses::new(&*portal.entropy)));
    let (ring, uses) = (Data::new(Ring::default()), Data::new(Recorder::default()));
    let public_url = portal.settings.public_url.to_string();
    let app = {
        let (portal, stopping, uses) = (Data::clone(&portal), Data::clone(&stopping), Data::clone(&uses));
        move || {
            let (pages, data): (Vec<Route>, Vec<Route>) = all_routes().into_iter().partition(Route::is_for_browsers);
            let session = SessionMiddleware::builder(sessions.clone(), session_key.clone())
                .cookie_name(portal.cookies.name(Name::Session).to_owned())
                .cookie_secure(portal.cookies.are_secure())
                .cookie_http_only(true)
                .cookie_same_site(SameSite::Lax)
                .cookie_content_security(CookieContentSecurity::Private)
                .build();
            App::new()
                .app_data(Data::clone(&portal))
                .app_data(Data::clone(&throttle))
                .app_data(Data::clone(&gate))
                .app_data(Data::clone(&ring))
                .app_data(Data::clone(&uses))
                .app_data(Data::clone(&limiter))
                .app_data(Data::clone(&guesses))
                .app_data(Data::clone(&listeners))
                .app_data(Data::clone(&stopping))
                .configure(|config| mount(config, data))
                .service(web::scope("/api").app_data(Face::Api).default_service(web::to(nothing_here)))
                .service(web::scope("/.well-known").app_data(Face::Api).default_service(web::to(nothing_here)))
                .service(web::scope("/{tenant}/.well-known").app_data(Face::Api).default_service(web::to(nothing_here)))
                .service(web::scope("/compat").app_data(Face::Compat).default_service(web::to(nothing_here)))
                .service(web::scope("/{tenant}/oauth2").app_data(Face::OAuth).default_service(web::to(nothing_here)))
                .service(
                    web::scope("")
                        .wrap(from_fn(compress))
                        .wrap(from_fn(sign_in::browser))
                        .wrap(session)
                        .configure(|config| mount(config, pages))
                        .default_service(web::to(nothing_here)),
                )
                .wrap(from_fn(around))
        }
    };
    let mut server = HttpServer::new(app)
        .keep_alive(IDLE)
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(GRACE_SECONDS)
        .disable_signals();
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    let server = server.listen(listener).map_err(StartError::new)?.run();
    Ok(Running { address, public_url, setup_link, portal, server, stopping, uses: uses.into_inner() })
}

/// One processor stays free for requests, where there are several.
fn passwords_at_once(processors: usize) -> usize {
    processors.saturating_sub(1).clamp(1, PASSWORDS_AT_ONCE)
}

/// A fresh code at each start, while there is no administrator.
fn setup_link(opened: &Opened, public_url: &str) -> Result<Option<Secret>, StartError> {
    let row = opened.db.read_here(installation::load)?;
    if row.is_some_and(|row| row.is_set_up) {
        return Ok(None);
    }
    let now = opened.clock.now();
    let code = opened.db.write_here(|tx| sign_in::issue(tx, &*opened.entropy, now))?;
    Ok(Some(Secret::new(format!("{public_url}/setup?code={}", code.expose()))))
}

/// Stops a portal that runs somewhere else.
#[derive(Clone)]
pub struct Stop {
    handle: ServerHandle,
    stopping: Data<Stopping>,
}

impl Stop {
    /// Says so at `/readyz` and ends connections with their next answer; then takes no more, and lets requests finish.
    pub async fn stop(&self) {
        self.stopping.begin().await;
        self.handle.stop(true).await;
    }

    /// Waits for nothing.
    pub async fn stop_at_once(&self) {
        self.handle.stop(false).await;
    }
}

impl Running {
    /// To stop it while [`Running::run`] waits.
    pub fn stopper(&self) -> Stop {
        Stop { handle: self.server.handle(), stopping: Data::clone(&self.stopping) }
    }

    /// Answers requests until it is stopped; then writes what is still in memory.
    ///
    /// # Errors
    /// When the server breaks down.
    pub async fn run(self) -> std::io::Result<()> {
        let beside = beside::start(&self.portal, &self.uses);
        let result = self.server.await;
        // It waits for a batch that is being written, so that none is dropped half way.
        let written = self.uses.write(&self.portal.db).await;
        drop(beside);
        if let Err(error) = written {
            tracing::warn!(%error, "the uses of keys of the last seconds are lost");
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashing_passwords_leaves_a_processor_free() {
        let permits = [1, 2, 3, 5, 64].map(passwords_at_once);
        assert_eq!(permits, [1, 1, 2, 4, 4]);
    }
}
