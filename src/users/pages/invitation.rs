//! `/users/{user id}/invitation`: "Resend invitation", or a link to choose another password. It is mailed; where no mail can
//! be sent it is shown once, in the answer to the post, to be handed over by whoever asked for it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::base::paging::Page;
use crate::invitations::Purpose;
use crate::mail::Letter;
use crate::users::actions::{self, Link};
use crate::users::filter::Filter;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, ListView};

#[derive(Template)]
#[template(path = "users/invitation.html")]
struct LinkPage<'a> {
    shell: Shell,
    list: ListView,
    public_id: &'a str,
    email: &'a str,
    is_reset: bool,
    url: &'a str,
    until: Moment,
    /// Why it was not mailed although it could have been.
    mail_problem: Option<String>,
}

#[derive(Template)]
#[template(path = "users/invitation.txt", escape = "none")]
struct LetterText<'a> {
    organization: &'a str,
    inviter: &'a str,
    is_reset: bool,
    url: &'a str,
    until: &'a str,
}

/// Makes a link; the one before is dead.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form<65_536>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageUsers)?;
    let public_id = path.into_inner();
    let link = who.write(&req, &portal, move |tx, act| actions::link(tx, act, &public_id)).await??;
    answer(&req, &portal, &who, link).await
}

/// Mails the link, after it is in the database; shows it where that is not possible.
pub(super) async fn answer(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    link: Link,
) -> Result<HttpResponse, Error> {
    let Link { user, purpose, issued } = link;
    let url = format!("{}/invitations/{}", portal.settings.public_url, issued.code.expose());
    let until = Moment::new(issued.expires_at, portal.clock.now());
    let is_reset = purpose == Purpose::PasswordReset;
    let mut mail_problem = None;
    if let Some(mailer) = &portal.mailer {
        let letter = letter(who, &user.email, is_reset, &url, &until)?;
        match mailer.send(letter).await {
            Ok(()) => {
                let flash = Flash::ok(if is_reset {
                    format!(
                        "A link to choose a new password is on its way to {}. It is valid for 24 hours.",
                        user.email
                    )
                } else {
                    format!("An invitation is on its way to {}. It is valid for 24 hours.", user.email)
                });
                return Ok(page::redirect(portal, &format!("/users/{}", user.public_id), Some(flash)));
            }
            Err(error) => {
                tracing::warn!(%error, "a link to choose a password could not be mailed");
                mail_problem = Some(error.to_string());
            }
        }
    }
    let list = overview::list(portal, who, Filter::default(), Page::First).await?;
    let page = LinkPage {
        shell: Shell::new(req, portal, who),
        list,
        public_id: &user.public_id,
        email: &user.email,
        is_reset,
        url: &url,
        until,
        mail_problem,
    };
    page::html(req, portal, StatusCode::OK, &page)
}

fn letter(who: &SignedIn, to: &str, is_reset: bool, url: &str, until: &Moment) -> Result<Letter, Error> {
    let organization = &who.organization;
    let text = LetterText { organization, inviter: &who.actor.label, is_reset, url, until: &until.exact };
    Ok(Letter {
        to: to.to_owned(),
        subject: if is_reset {
            format!("Choose a new password for Keystead at {organization}")
        } else {
            format!("You are invited to Keystead at {organization}")
        },
        text: text.render().map_err(Error::internal)?,
    })
}
