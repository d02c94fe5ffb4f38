//! What every page shares: the frame around it, and the way from a template to an answer.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::access::Permission;

use super::actor::SignedIn;
use super::cookies::Name;
use super::csrf::{self, Binding};
use super::{Error, Portal};

pub use super::flash::{Flash, FlashButton, FlashKind};
pub use super::moment::{Here, Moment};

/// An entry of the main navigation; each feature with a page exports one.
#[derive(Debug, Clone, Copy)]
pub struct NavEntry {
    /// Its address.
    pub href: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Its symbol in the sprite.
    pub icon: &'static str,
    /// Who sees it.
    pub permission: Permission,
}

/// The frame of a page for somebody who is signed in.
#[derive(Debug)]
pub struct Shell {
    /// The tenant's organization.
    pub organization: String,
    /// The person's name.
    pub user_name: String,
    /// The person's e-mail address.
    pub user_email: String,
    /// The token of the forms on this page.
    pub csrf: String,
    /// The message from before a redirect.
    pub flash: Option<Flash>,
    /// What the person may open.
    pub nav: Vec<NavItem>,
    /// Whether the page is the one of the own account.
    pub account_is_current: bool,
    /// Shows the banner about plain HTTP.
    pub insecure_http: bool,
}

/// One line of the navigation.
#[derive(Debug)]
pub struct NavItem {
    /// Its address.
    pub href: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Its symbol.
    pub icon: &'static str,
    /// Whether the page is beneath it.
    pub current: bool,
}

impl Shell {
    /// The frame for this request.
    pub fn new(req: &HttpRequest, portal: &Portal, who: &SignedIn) -> Self {
        let is_current =
            |href: &str| req.path() == href || req.path().strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        let nav = portal
            .nav
            .iter()
            .filter(|entry| who.require(entry.permission).is_ok())
            .map(|entry| NavItem {
                href: entry.href,
                label: entry.label,
                icon: entry.icon,
                current: is_current(entry.href),
            })
            .collect();
        Self {
            organization: who.organization.clone(),
            user_name: who.name.clone(),
            user_email: who.actor.label.clone(),
            csrf: csrf_token(req, portal),
            flash: Flash::of(req, portal),
            nav,
            account_is_current: is_current("/account"),
            insecure_http: portal.settings.insecure_http,
        }
    }
}

impl Shell {
    /// The way on from an error: the part of the portal that its address is in, otherwise the first that may be opened.
    pub fn start(&self) -> Option<&NavItem> {
        self.nav.iter().find(|item| item.current).or(self.nav.first())
    }
}

/// A token for the forms of this page; empty where the request has nothing to tie it to.
pub fn csrf_token(req: &HttpRequest, portal: &Portal) -> String {
    let binding = req.extensions().get::<Binding>().cloned();
    binding.map(|binding| csrf::token(portal.keyring.csrf(), &binding, &*portal.entropy)).unwrap_or_default()
}

/// Renders the template. A message that was shown is gone with this answer.
///
/// # Errors
/// 500 when the template fails.
pub fn html(
    req: &HttpRequest,
    portal: &Portal,
    status: StatusCode,
    template: &impl Template,
) -> Result<HttpResponse, Error> {
    let body = template.render().map_err(Error::internal)?;
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    end_flash(req, portal, &mut response);
    Ok(response.body(body))
}

/// A message is shown once.
pub(super) fn end_flash(req: &HttpRequest, portal: &Portal, response: &mut HttpResponseBuilder) {
    if req.cookie(portal.cookies.name(Name::Flash)).is_some() {
        response.cookie(portal.cookies.end(Name::Flash));
    }
}

/// After a post: the page to get, and what it says above its heading.
pub fn redirect(portal: &Portal, to: &str, flash: Option<Flash>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, to));
    if let Some(flash) = flash {
        response.cookie(flash.into_cookie(portal));
    }
    response.finish()
}
