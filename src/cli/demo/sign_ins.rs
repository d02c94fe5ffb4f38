//! What the demo prints: a sign-in for each kind of user.

use std::io::Write;

use crate::base::secret::Secret;

use super::people::who_sign_in;

/// On standard output, after the line that says where the portal is.
pub(super) fn print(public_url: &str, password: &Secret) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "It is full of made-up data, and forgets everything when it is stopped.")?;
    writeln!(out, "Sign in at {public_url}/login as one of them:")?;
    writeln!(out)?;
    writeln!(out, "  {:<24}{:<24}Password", "Role", "E-mail")?;
    for person in who_sign_in() {
        writeln!(out, "  {:<24}{:<24}{}", person.role.name(), person.email(), password.expose())?;
    }
    writeln!(out)?;
    out.flush()
}
