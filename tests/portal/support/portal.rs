//! A portal that runs in this process, on a port and a database of its own.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::web::Data;
use keystead::app::{self, Stop};
use keystead::base::random::SystemEntropy;
use keystead::config::{Config, Sources};
use tempfile::TempDir;

use super::clock::TestClock;
use super::{Backend, log, statements};

/// A running portal. Stops with the test.
pub struct Portal {
    pub address: SocketAddr,
    pub clock: TestClock,
    /// What the handlers share; its `db` is for looking at rows.
    pub inner: Data<keystead::web::Portal>,
    pub database_url: String,
    /// The link that was printed, while nobody is set up.
    pub setup_link: Option<String>,
    pub client: reqwest::Client,
    pub folder: Arc<TempDir>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Portal {
    /// An empty one.
    pub fn start(backend: Backend) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary directory"));
        let database_url = backend.fresh(folder.path());
        Self::start_with(folder, database_url, TestClock::new(), &[])
    }

    /// One on a database that is there already.
    pub fn on(folder: Arc<TempDir>, database_url: String) -> Self {
        Self::start_with(folder, database_url, TestClock::new(), &[])
    }

    /// Another one on the same database, with other settings: what happens after a restart.
    pub fn restarted(&self, settings: &[(&str, &str)]) -> Self {
        Self::start_with(Arc::clone(&self.folder), self.database_url.clone(), self.clock.clone(), settings)
    }

    fn start_with(folder: Arc<TempDir>, database_url: String, clock: TestClock, settings: &[(&str, &str)]) -> Self {
        statements::listen();
        log::keep();
        let folder_name = folder.path().to_str().expect("a readable path").to_owned();
        let usual = [("listen", "127.0.0.1:0"), ("database_url", &database_url), ("data_dir", &folder_name)];
        let flags =
            usual.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = Config::load(Sources { flags, ..Sources::default() }).expect("good settings");
        let opened = app::open(&config, Arc::new(clock.clone()), Arc::new(SystemEntropy)).expect("the database opens");
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let running = app::start(&config, opened, Some(1)).expect("the portal starts");
                let link = running.setup_link.as_ref().map(|link| link.expose().to_owned());
                let told = (running.address, link, Data::clone(&running.portal), running.stopper());
                sender.send(told).expect("the test waits");
                running.run().await.expect("the portal runs");
            });
        });
        let (address, setup_link, inner, stop) = receiver.recv().expect("the portal starts");
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { address, clock, inner, database_url, setup_link, client, folder, stop, thread: Some(thread) }
    }

    /// Its origin: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // The server lives on another thread with its own runtime; telling it to stop needs only a message.
        let stop = self.stop.clone();
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stop.stop()))
            .join()
            .expect("it is told to stop");
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the portal stops");
        }
    }
}

/// Runs one test against an empty portal on this database.
pub fn run<F: Future<Output = ()>>(backend: Backend, test: impl FnOnce(Portal) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let portal = Portal::start(backend);
    runtime.block_on(test(portal));
}
