mod chromium;
mod webkit;

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};
use thirtyfour::{
    BrowserLogEntry, Capabilities, RequestData, SessionId, WebDriver, common::command::FormatRequestData,
};

/// A browser of its own, with an empty profile. Ends with the test.
pub struct Browser {
    driver: Option<WebDriver>,
    _program: Program,
}

/// The running driver and its browser.
enum Program {
    Chromium { _running: chromium::Chromium },
    WebKit { _running: webkit::WebKit },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    WebKit,
}

/// What kind of browser a person has.
#[derive(Clone, Copy)]
pub struct Kind {
    engine: Engine,
    javascript: bool,
    width: u32,
    height: u32,
}

impl Kind {
    /// A desk, a large window, JavaScript.
    pub const ORDINARY: Kind = Kind { engine: Engine::Chromium, javascript: true, width: 1440, height: 960 };
    pub const WITHOUT_JAVASCRIPT: Kind = Kind { javascript: false, ..Kind::ORDINARY };
    pub const WEBKIT: Kind = Kind { engine: Engine::WebKit, ..Kind::ORDINARY };
}

impl Browser {
    pub async fn open(kind: Kind) -> Browser {
        match kind.engine {
            Engine::Chromium => chromium::open(kind).await,
            Engine::WebKit => webkit::open(kind).await,
        }
    }

    async fn driven_by(program: Program, port: u16, capabilities: impl Into<Capabilities>) -> Browser {
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
            .client(straight_to_the_driver())
            .await
            .expect("the browser starts");
        Browser { driver: Some(driver), _program: program }
    }

    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the browser is open")
    }

    /// One command of the Chrome DevTools Protocol.
    pub async fn devtools(&self, command: &'static str, parameters: Value) {
        self.driver().cmd(DevTools { command, parameters }).await.unwrap_or_else(|error| panic!("{command}: {error}"));
    }

    /// What the console said since it was asked last.
    pub async fn console(&self) -> Vec<BrowserLogEntry> {
        self.driver().browser_log().await.expect("the console")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Its own way to end waits for an answer, which may never come after a failure. The program is ended instead.
            let _ = driver.leak();
        }
    }
}

/// A proxy in the environment is for other addresses.
fn straight_to_the_driver() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("an HTTP client")
}

fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|directory| directory.join(program))
        .find(|path| path.is_file())
}

#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::POST, format!("/session/{session}/goog/cdp/execute"))
            .add_body(json!({"cmd": self.command, "params": self.parameters}))
    }
}
