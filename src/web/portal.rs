//! What every handler is given: the database, time, chance, keys and the settings of the web side.

use std::sync::Arc;

use actix_web::HttpRequest;
use ipnet::IpNet;

use crate::access::{Act, Actor, Origin};
use crate::base::clock::Clock;
use crate::base::keyring::Keyring;
use crate::base::password::Hasher;
use crate::base::random::Entropy;
use crate::db::Db;
use crate::mail::Mailer;

use super::actor::People;
use super::bodies::Bodies;
use super::cookies::Cookies;
use super::page::NavEntry;
use super::public_url::PublicUrl;
use super::request_info::RequestInfo;

/// Settings that requests are answered by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers and clients find the portal.
    pub public_url: PublicUrl,
    /// The word inside keys: `live`.
    pub environment: String,
    /// Plain HTTP beyond loopback was asked for: shown in a banner.
    pub insecure_http: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may ask the check endpoints; empty means everybody.
    pub gateway_addresses: Vec<IpNet>,
}

/// The running portal, shared by all handlers.
pub struct Portal {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The keys derived from the installation secret.
    pub keyring: Arc<Keyring>,
    /// The names and rules of its cookies.
    pub cookies: Cookies,
    /// Passwords.
    pub hasher: Hasher,
    /// Request bodies that are arriving.
    pub bodies: Bodies,
    /// What sends letters, where there is a mail server.
    pub mailer: Option<Mailer>,
    /// Settings.
    pub settings: Settings,
    /// Who is signed in; told by the feature that knows.
    pub people: Arc<dyn People>,
    /// The main navigation.
    pub nav: Vec<NavEntry>,
}

impl Portal {
    /// An act of this actor, now, in this request.
    pub fn act(&self, req: &HttpRequest, actor: Actor) -> Act {
        Act {
            actor,
            now: self.clock.now(),
            origin: origin(req),
            entropy: Arc::clone(&self.entropy),
            keyring: Arc::clone(&self.keyring),
        }
    }
}

/// Where the request came from.
pub fn origin(req: &HttpRequest) -> Origin {
    let info = RequestInfo::of(req);
    Origin { address: info.address.map(|address| address.to_string()), request_id: Some(info.request_id) }
}
