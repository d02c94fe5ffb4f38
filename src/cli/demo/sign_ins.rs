//! What the demo prints: a sign-in for each kind of user.

use crate::app::StartError;
use crate::base::secret::Secret;
use crate::cli::output;

use super::people::{Person, who_sign_in};

/// On standard output, after the line that says where the portal is.
pub(super) fn print(public_url: &str, password: &Secret) -> Result<(), StartError> {
    let head = [
        "It is full of made-up data, and forgets everything when it is stopped.".to_owned(),
        format!("Sign in at {public_url}/login as one of them:"),
        String::new(),
        format!("  {:<24}{:<24}Password", "Role", "E-mail"),
    ];
    let sign_in =
        |person: &'static Person| format!("  {:<24}{:<24}{}", person.role.name(), person.email(), password.expose());
    let sign_ins = who_sign_in().into_iter().map(sign_in);
    output::print(head.into_iter().chain(sign_ins).chain([String::new()]))
}
