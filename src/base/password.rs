//! Argon2id behind a gate. Not the rules for choosing a password; those belong to the people who have one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::hash;
use super::random::{self, Entropy};
use super::secret::Secret;

/// How long a password may wait for its turn before the answer is "busy".
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes and checks password hashes: argon2id with 19 MiB, two passes, one lane (OWASP's first choice), a few at a time.
pub struct Hasher {
    permits: Arc<Semaphore>,
    spare: Arc<Spare>,
    dummy: String,
    runs: AtomicU64,
}

/// Memory of computations that are over, for the next ones: given back to the system's allocator it would stay with each
/// thread that ever ran one.
type Spare = Mutex<Vec<Vec<Block>>>;

/// The answer to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The password is the one that was hashed.
    Right,
    /// It is not, or there is no such account.
    Wrong,
}

/// Why a password could not be hashed or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Too many at once; try again in a few seconds.
    Busy,
    /// The stored hash is not one, or the library refused.
    Unusable,
}

impl std::fmt::Display for PasswordError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Busy => "too many passwords are being checked at once",
            Self::Unusable => "a password hash cannot be used",
        })
    }
}

impl std::error::Error for PasswordError {}

impl Hasher {
    /// A hasher that runs at most `permits` computations at once. Makes the dummy that unknown accounts are checked against.
    ///
    /// # Errors
    /// [`PasswordError::Unusable`] when the library refuses its own parameters.
    pub fn new(permits: usize, entropy: &dyn Entropy) -> Result<Self, PasswordError> {
        let salt = random::bytes::<16>(entropy);
        let unknown = random::base62(entropy, 43);
        let dummy = compute(&unknown, &salt, &mut Vec::new())?;
        let permits = Arc::new(Semaphore::new(permits));
        Ok(Self { permits, spare: Arc::default(), dummy, runs: AtomicU64::new(0) })
    }

    /// The PHC string to store for this password.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when no turn came in time.
    pub async fn hash(&self, password: &Secret, entropy: &dyn Entropy) -> Result<String, PasswordError> {
        let text = normalised(password);
        let salt = random::bytes::<16>(entropy);
        self.in_turn(move |memory| compute(&text, &salt, memory)).await
    }

    /// Whether the password is the one behind `stored`. With `None` (no such account, or a disabled one) the same work
    /// is done against a dummy, and the answer is [`Checked::Wrong`].
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when no turn came in time.
    pub async fn check(&self, password: &Secret, stored: Option<&str>) -> Result<Checked, PasswordError> {
        let text = normalised(password);
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.dummy).to_owned();
        self.in_turn(move |memory| {
            let right = is_right(&text, &stored, memory)?;
            Ok(if right && known { Checked::Right } else { Checked::Wrong })
        })
        .await
    }

    /// How many times argon2 ran: one for each attempt, whoever is asked for.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// The permit is owned by the computation, so that a caller who goes away does not make room for another one.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = tokio::time::timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_| PasswordError::Busy)?
            .map_err(|_| PasswordError::Busy)?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        let spare = Arc::clone(&self.spare);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut memory = spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let result = work(&mut memory);
            spare.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            result
        })
        .await
        .map_err(|_| PasswordError::Unusable)?
    }
}

/// NFKC, so that the same sentence typed on two keyboards is the same password (NIST SP 800-63B, 3.1.1.2).
fn normalised(password: &Secret) -> Zeroizing<String> {
    Zeroizing::new(password.expose().nfkc().collect())
}

fn compute(text: &str, salt: &[u8; 16], memory: &mut Vec<Block>) -> Result<String, PasswordError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|_| PasswordError::Unusable)?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    run(Algorithm::Argon2id, Version::V0x13, &params, text, salt, &mut output, memory)
        .ok_or(PasswordError::Unusable)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|_| PasswordError::Unusable)?,
        salt: Some(Salt::new(salt).map_err(|_| PasswordError::Unusable)?),
        hash: Some(Output::new(&output).map_err(|_| PasswordError::Unusable)?),
    };
    Ok(hash.to_string())
}

/// Whether the password is the one behind a PHC string, whatever parameters that was made with.
fn is_right(text: &str, stored: &str, memory: &mut Vec<Block>) -> Result<bool, PasswordError> {
    let mut attempt = || {
        let hash = PasswordHash::new(stored).ok()?;
        let (params, salt, expected) = (Params::try_from(&hash).ok()?, hash.salt?, hash.hash?);
        let version = Version::try_from(hash.version?).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let mut output = vec![0; expected.len()];
        run(algorithm, version, &params, text, salt.as_ref(), &mut output, memory)?;
        Some(hash::equal(&output, expected.as_bytes()))
    };
    attempt().ok_or(PasswordError::Unusable)
}

fn run(
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    text: &str,
    salt: &[u8],
    output: &mut [u8],
    memory: &mut Vec<Block>,
) -> Option<()> {
    memory.resize(params.block_count().max(memory.len()), Block::default());
    let argon = Argon2::new(algorithm, version, params.clone());
    argon.hash_password_into_with_memory(text.as_bytes(), salt, output, memory).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[tokio::test]
    async fn a_password_is_its_own_and_no_other() {
        let hasher = Hasher::new(2, &SystemEntropy).unwrap();
        let stored = hasher.hash(&secret("correct horse battery"), &SystemEntropy).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(hasher.check(&secret("correct horse battery"), Some(&stored)).await, Ok(Checked::Right));
        assert_eq!(hasher.check(&secret("correct horse batterz"), Some(&stored)).await, Ok(Checked::Wrong));
    }

    #[tokio::test]
    async fn an_unknown_account_costs_the_same_one_run() {
        let hasher = Hasher::new(2, &SystemEntropy).unwrap();
        let before = hasher.runs();
        assert_eq!(hasher.check(&secret("whatever it is"), None).await, Ok(Checked::Wrong));
        assert_eq!(hasher.runs(), before + 1);
    }

    #[tokio::test]
    async fn composed_and_decomposed_letters_are_the_same_password() {
        let hasher = Hasher::new(2, &SystemEntropy).unwrap();
        let stored = hasher.hash(&secret("caf\u{e9} au lait, s'il vous pla\u{ee}t"), &SystemEntropy).await.unwrap();
        let typed = secret("cafe\u{301} au lait, s'il vous plai\u{302}t");
        assert_eq!(hasher.check(&typed, Some(&stored)).await, Ok(Checked::Right));
    }

    #[tokio::test]
    async fn a_crowd_shares_the_memory_of_those_who_are_let_in() {
        let hasher = Arc::new(Hasher::new(2, &SystemEntropy).unwrap());
        let crowd: Vec<_> = (0..12)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move { hasher.check(&secret("somebody in a crowd"), None).await })
            })
            .collect();
        for somebody in crowd {
            assert_eq!(somebody.await.unwrap(), Ok(Checked::Wrong));
        }
        assert!(hasher.spare.lock().unwrap().len() <= 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_is_told_to_come_back() {
        let hasher = Hasher::new(1, &SystemEntropy).unwrap();
        let turn = Arc::clone(&hasher.permits).acquire_owned().await.unwrap();
        assert_eq!(hasher.check(&secret("somebody waiting"), None).await, Err(PasswordError::Busy));
        drop(turn);
        assert_eq!(hasher.check(&secret("somebody waiting"), None).await, Ok(Checked::Wrong));
    }
}
