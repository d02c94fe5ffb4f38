//! The cookie by which a browser that signed in to an account is known again. It opens nothing; it only has a counter of its
//! own when tries are throttled.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;

use crate::base::hash;
use crate::base::random;
use crate::web::Portal;
use crate::web::cookies::Name;

const DAYS: i64 = 90;

/// The browser's id, if it carries one for this account that is not too old.
pub fn known(req: &HttpRequest, portal: &Portal, account: &str) -> Option<String> {
    let cookie = req.cookie(portal.cookies.name(Name::Device))?;
    let (id, tag) = cookie.value().rsplit_once('.')?;
    let (_, ends) = id.split_once('.')?;
    let lives = ends.parse::<i64>().is_ok_and(|ends| ends > portal.clock.now().seconds());
    (lives && hash::equal(tag.as_bytes(), self::tag(portal, id, account).as_bytes())).then(|| id.to_owned())
}

/// The cookie after a sign-in. Its own end is in it, whatever the browser makes of the one beside it.
pub fn remember(portal: &Portal, account: &str) -> Cookie<'static> {
    let ends = portal.clock.now().plus_days(DAYS).seconds();
    let id = format!("{}.{ends}", random::base62(&*portal.entropy, 22));
    let tag = tag(portal, &id, account);
    let mut cookie = portal.cookies.make(Name::Device, format!("{id}.{tag}"));
    cookie.set_max_age(Duration::days(DAYS));
    cookie
}

fn tag(portal: &Portal, id: &str, account: &str) -> String {
    let mac = portal.keyring.device().mac(&[id.as_bytes(), b".", account.as_bytes()]);
    mac[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
