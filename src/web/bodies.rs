//! One bound for all request bodies that are still arriving, so that clients who never finish theirs do not fill the memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Most bytes of unfinished bodies that are held at once.
const MOST: usize = 16 * 1_024 * 1_024;

/// The bodies that are arriving, by their order.
#[derive(Default)]
pub struct Bodies(Mutex<Arriving>);

#[derive(Default)]
struct Arriving {
    bytes: usize,
    begun: u64,
    bodies: BTreeMap<u64, Body>,
}

struct Body {
    bytes: usize,
    gives_way: Arc<Notify>,
}

/// A body that is arriving. It counts until it is dropped or has to give way.
pub struct Arrival<'a> {
    of: &'a Bodies,
    number: u64,
    gives_way: Arc<Notify>,
}

impl Bodies {
    /// A body begins to arrive.
    pub fn begin(&self) -> Arrival<'_> {
        let mut arriving = self.lock();
        arriving.begun += 1;
        let (number, gives_way) = (arriving.begun, Arc::new(Notify::new()));
        arriving.bodies.insert(number, Body { bytes: 0, gives_way: Arc::clone(&gives_way) });
        Arrival { of: self, number, gives_way }
    }

    fn lock(&self) -> MutexGuard<'_, Arriving> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrival<'_> {
    /// More of it has come. Where all together are too much, the oldest give way: most clients send a body in one go, so those
    /// are the ones that wait for their client.
    pub fn grow(&self, bytes: usize) {
        let mut arriving = self.of.lock();
        if let Some(body) = arriving.bodies.get_mut(&self.number) {
            body.bytes += bytes;
            arriving.bytes += bytes;
        }
        while arriving.bytes > MOST
            && let Some((_, oldest)) = arriving.bodies.pop_first()
        {
            arriving.bytes -= oldest.bytes;
            oldest.gives_way.notify_one();
        }
    }

    /// Waits until it has to give way.
    pub async fn gives_way(&self) {
        self.gives_way.notified().await;
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        let mut arriving = self.of.lock();
        if let Some(body) = arriving.bodies.remove(&self.number) {
            arriving.bytes -= body.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn the_oldest_unfinished_body_gives_way_and_finished_ones_do_not_count() {
        let bodies = Bodies::default();
        for _ in 0..3 {
            bodies.begin().grow(MOST);
        }
        let (oldest, older, newest) = (bodies.begin(), bodies.begin(), bodies.begin());
        for arrival in [&newest, &oldest, &older] {
            arrival.grow(MOST / 2);
        }
        assert!(oldest.gives_way().now_or_never().is_some());
        assert!(older.gives_way().now_or_never().is_none() && newest.gives_way().now_or_never().is_none());
        drop((oldest, older, newest));
        assert_eq!(bodies.lock().bytes, 0);
        assert!(bodies.lock().bodies.is_empty());
    }
}
