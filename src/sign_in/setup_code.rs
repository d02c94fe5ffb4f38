//! The one-time code that proves, on `/setup`, that somebody reads this server's output.

use crate::base::clock::Timestamp;
use crate::base::hash;
use crate::base::random::{self, Entropy};
use crate::base::secret::Secret;
use crate::db::{Error, Tx};
use crate::installation::{self, Installation};

use super::problem::CodeProblem;

/// How long a code is good for.
pub const LIFE_SECONDS: i64 = 60 * 60;

/// Makes a code (256 bits) and keeps its hash; the one before is dead.
///
/// # Errors
/// When the database refuses.
pub fn issue(tx: &mut Tx<'_>, entropy: &dyn Entropy, now: Timestamp) -> Result<Secret, Error> {
    let code = Secret::new(format!("ksi_{}", random::base62(entropy, 43)));
    installation::keep_setup_code(tx, code.expose(), now.plus_seconds(LIFE_SECONDS))?;
    Ok(code)
}

/// Whether this is the code that was printed last, and still good.
pub(super) fn check(installation: &Installation, code: &str, now: Timestamp) -> Result<(), CodeProblem> {
    if code.is_empty() {
        return Err(CodeProblem::Missing);
    }
    let Some((hash, expires_at)) = &installation.setup_code else { return Err(CodeProblem::Wrong) };
    if !hash::equal(hash, &hash::sha256(code.as_bytes())) {
        return Err(CodeProblem::Wrong);
    }
    if *expires_at <= now { Err(CodeProblem::Expired) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_an_hour() {
        let start = Timestamp::from_micros(1_000);
        let end = start.plus_seconds(LIFE_SECONDS);
        let installation = Installation {
            secret_fingerprint: vec![],
            setup_code: Some((hash::sha256(b"ksi_x").to_vec(), end)),
            is_set_up: false,
        };
        assert_eq!(check(&installation, "ksi_x", end.plus_seconds(-1)), Ok(()));
        assert_eq!(check(&installation, "ksi_x", end), Err(CodeProblem::Expired));
        assert_eq!(check(&installation, "ksi_y", start), Err(CodeProblem::Wrong));
        assert_eq!(check(&installation, "", start), Err(CodeProblem::Missing));
    }
}
