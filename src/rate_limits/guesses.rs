//! What wrong secrets may cost. A secret is looked up before it is refused, so that a right one is never refused for what others
//! present; the look-ups of those that were not right lately happen a few at a time, and the others wait their turn. A network that
//! presents too many wrong ones is told to slow down.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::clock::Timestamp;
use crate::base::hash::MacKey;
use crate::base::random::{self, Entropy};
use crate::web::Error;
use crate::web::client_address::network;
use crate::web::error::Kind;

use super::bucket::Bucket;
use super::decision::seconds;
use super::rate_limit::{RateLimit, Unit};
use super::right_secrets::RightSecrets;

/// Wrong secrets from one network, a second.
pub const GUESSES_PER_SECOND: u32 = 20;
/// Wrong secrets from one network at once, after a time without any.
pub const GUESSES_AT_ONCE: u32 = 100;

const LIMIT: RateLimit = RateLimit::new(GUESSES_PER_SECOND, Unit::Second, GUESSES_AT_ONCE);

/// Look-ups at the same time of secrets that were not right lately. Fewer than there are connections to either database.
pub const LOOK_UPS: usize = 3;
/// Secrets that wait for such a look-up at the same time.
pub const WAITING: usize = 4_096;
/// Of these, the most from one network, so that one leaves room for the others.
pub const WAITING_FROM_ONE: usize = 512;
/// How long a secret waits at most.
pub const PATIENCE: Duration = Duration::from_secs(3);

const SLOTS: usize = 1 << 15;

/// Counts wrong secrets by network, in a table of fixed size: two networks in one slot share its counter.
pub struct Guesses {
    key: MacKey,
    networks: Mutex<Vec<Network>>,
    right: RightSecrets,
    look_ups: Arc<Semaphore>,
    waiting: Semaphore,
}

#[derive(Debug, Clone, Copy, Default)]
struct Network {
    wrong: Bucket,
    waiting: usize,
}

/// A secret that was presented.
pub struct Attempt<'a> {
    guesses: &'a Guesses,
    network: usize,
    mac: u64,
    at: Timestamp,
}

/// The right to look a secret up now. To be held until the database has answered, also where nobody waits for that any more.
#[derive(Debug, Default)]
pub struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

/// Too many secrets wait for a look-up, or this one waited for too long. Nothing is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        let words = "Too many keys are being looked up at the moment. Try again in a few seconds.";
        Self::new(Kind::Unavailable, words).because("too many secrets wait for a look-up")
    }
}

/// The secret is wrong, as were too many others from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyGuesses {
    /// Seconds to wait.
    pub retry_after: u64,
}

impl TooManyGuesses {
    /// A sentence for whoever has to wait.
    pub fn message(self) -> String {
        let plural = if self.retry_after == 1 { "" } else { "s" };
        format!("Too many wrong keys came from this address. Try again in {} second{plural}.", self.retry_after)
    }
}

impl From<TooManyGuesses> for Error {
    fn from(refused: TooManyGuesses) -> Self {
        Self::too_many_requests(refused.retry_after, refused.message())
    }
}

impl Guesses {
    /// With all counters at zero, and no secret known.
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self {
            key: MacKey::new(&random::bytes(entropy)),
            networks: Mutex::new(vec![Network::default(); SLOTS]),
            right: RightSecrets::new(),
            look_ups: Arc::new(Semaphore::new(LOOK_UPS)),
            waiting: Semaphore::new(WAITING),
        }
    }

    /// A secret that is presented from there.
    pub fn attempt(&self, from: Option<IpAddr>, secret: &str, at: Timestamp) -> Attempt<'_> {
        let network = self.mac(b"network", &from.map(network).unwrap_or_default());
        let network = usize::try_from(network).unwrap_or_default() % SLOTS;
        Attempt { guesses: self, network, mac: self.mac(b"secret", secret), at }
    }

    fn networks(&self) -> MutexGuard<'_, Vec<Network>> {
        self.networks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mac(&self, what: &[u8], text: &str) -> u64 {
        let mac = self.key.mac(&[what, &[0], text.as_bytes()]);
        let mut first = [0; 8];
        first.copy_from_slice(&mac[..8]);
        // 0 is an empty place.
        u64::from_be_bytes(first).max(1)
    }
}

impl Attempt<'_> {
    /// Whether this secret was right lately: then it waits for nobody.
    pub fn was_right(&self) -> bool {
        self.guesses.right.know(self.mac)
    }

    /// Waits until it may be looked up: first come, first served.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn turn(&self) -> Result<Turn, Busy> {
        if self.was_right() {
            return Ok(Turn::default());
        }
        let _place = self.wait()?;
        let _room = self.guesses.waiting.try_acquire().map_err(|_| Busy)?;
        let permit = Arc::clone(&self.guesses.look_ups).acquire_owned();
        match tokio::time::timeout(PATIENCE, permit).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: Some(permit) }),
            _ => Err(Busy),
        }
    }

    /// Tells what came of the look-up: whether it is the secret of the key that was meant, whatever became of the key.
    ///
    /// # Errors
    /// Of a wrong one, where too many others came from there.
    pub fn settle(&self, is_right: bool) -> Result<(), TooManyGuesses> {
        if is_right {
            self.guesses.right.remember(self.mac);
            return Ok(());
        }
        self.guesses.right.forget(self.mac);
        let mut networks = self.guesses.networks();
        let wrong = networks[self.network].wrong.filled(LIMIT, self.at.micros());
        if !wrong.holds_one(LIMIT) {
            return Err(TooManyGuesses { retry_after: seconds(wrong.wait(LIMIT)).max(1) });
        }
        networks[self.network].wrong = wrong.less_one(LIMIT);
        Ok(())
    }

    fn wait(&self) -> Result<Waiting<'_>, Busy> {
        let waiting = &mut self.guesses.networks()[self.network].waiting;
        if *waiting >= WAITING_FROM_ONE {
            return Err(Busy);
        }
        *waiting += 1;
        Ok(Waiting(self))
    }
}

/// One that is counted among those of its network that wait.
struct Waiting<'a>(&'a Attempt<'a>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let waiting = &mut self.0.guesses.networks()[self.0.network].waiting;
        *waiting = waiting.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;
    use crate::base::random::SystemEntropy;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn attempt<'a>(guesses: &'a Guesses, address: &str, secret: &str, now: Timestamp) -> Attempt<'a> {
        guesses.attempt(Some(address.parse().unwrap()), secret, now)
    }

    /// Presents wrong secrets. Answers how many of them were not told to slow down.
    fn guess(guesses: &Guesses, address: &str, often: u32, now: Timestamp) -> u32 {
        let one = |number: &u32| attempt(guesses, address, &format!("wrong {number}"), now).settle(false).is_ok();
        u32::try_from((0..often).filter(one).count()).unwrap()
    }

    #[test]
    fn after_a_hundred_wrong_ones_there_are_twenty_a_second() {
        let guesses = Guesses::new(&SystemEntropy);
        assert_eq!(guess(&guesses, "203.0.113.7", 1_000, NOW), GUESSES_AT_ONCE);
        let refused = attempt(&guesses, "203.0.113.7", "wrong", NOW).settle(false).unwrap_err();
        assert_eq!(refused.message(), "Too many wrong keys came from this address. Try again in 1 second.");
        for second in 1..10 {
            assert_eq!(guess(&guesses, "203.0.113.7", 1_000, NOW.plus_seconds(second)), GUESSES_PER_SECOND);
        }
        assert_eq!(guess(&guesses, "203.0.113.8", 1_000, NOW), GUESSES_AT_ONCE, "a neighbour has its own");
    }

    #[test]
    fn one_ipv6_customer_is_one_address() {
        let guesses = Guesses::new(&SystemEntropy);
        let accepted: u32 = (0..500).map(|host| guess(&guesses, &format!("2001:db8:1:2::{host:x}"), 1, NOW)).sum();
        assert_eq!(accepted, GUESSES_AT_ONCE);
        assert_eq!(guess(&guesses, "2001:db8:1:3::1", 1, NOW), 1);
    }

    #[test]
    fn right_secrets_are_never_refused_and_use_nothing_up() {
        let guesses = Guesses::new(&SystemEntropy);
        for number in 0..10_000 {
            assert_eq!(attempt(&guesses, "10.0.0.1", &format!("right {number}"), NOW).settle(true), Ok(()));
        }
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), GUESSES_AT_ONCE);
        assert_eq!(attempt(&guesses, "10.0.0.1", "right", NOW).settle(true), Ok(()));
    }

    #[test]
    fn a_right_secret_that_is_presented_as_that_of_another_is_known_no_more() {
        let guesses = Guesses::new(&SystemEntropy);
        let right = attempt(&guesses, "10.0.0.1", "right", NOW);
        right.settle(true).unwrap();
        assert!(right.was_right());
        right.settle(false).unwrap();
        assert!(!right.was_right());
    }

    #[tokio::test]
    async fn a_few_are_looked_up_at_once_and_the_next_waits_its_turn() {
        let guesses = Guesses::new(&SystemEntropy);
        let stranger = |number: usize| attempt(&guesses, "203.0.113.7", &format!("{number}"), NOW);
        let turns = join_all((0..LOOK_UPS).map(|number| async move { stranger(number).turn().await.unwrap() })).await;
        let next = attempt(&guesses, "203.0.113.8", "never seen", NOW);
        let mut waits = Box::pin(next.turn());
        assert!(waits.as_mut().now_or_never().is_none());
        // One that was right lately does not wait.
        let known = attempt(&guesses, "203.0.113.7", "known", NOW);
        known.settle(true).unwrap();
        assert!(known.turn().now_or_never().is_some_and(|turn| turn.is_ok()));
        drop(turns);
        assert!(waits.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn the_room_for_those_that_wait_is_bounded_and_one_network_cannot_fill_it() {
        let guesses = Guesses::new(&SystemEntropy);
        let from = |address: &str| attempt(&guesses, address, "never seen", NOW);
        let turns = join_all((0..LOOK_UPS).map(|_| async { from("203.0.113.7").turn().await.unwrap() })).await;
        let flood: Vec<_> = (0..WAITING_FROM_ONE).map(|_| from("203.0.113.7")).collect();
        let mut flood: Vec<_> = flood.iter().map(|attempt| Box::pin(attempt.turn())).collect();
        assert!(flood.iter_mut().all(|waits| waits.as_mut().now_or_never().is_none()));
        assert_eq!(from("203.0.113.7").turn().await.err(), Some(Busy));
        let (other, third) = (from("203.0.113.8"), from("203.0.113.9"));
        let mut other = Box::pin(other.turn());
        assert!(other.as_mut().now_or_never().is_none(), "there is room");
        // Those that hang up leave their place to others.
        drop(flood);
        let mut again = Box::pin(third.turn());
        assert!(again.as_mut().now_or_never().is_none());
        // Where the database does not answer, nobody waits for long.
        assert_eq!((other.await.err(), again.await.err()), (Some(Busy), Some(Busy)));
        drop(turns);
        assert!(from("203.0.113.7").turn().await.is_ok());
    }
}
