use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{
    BrowserLogEntry, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, RequestData, SessionId,
    WebDriver, common::command::FormatRequestData,
};

use super::{patience::PATIENCE, portal::lines_of};

/// A Chromium of its own, with an empty profile. Ends with the test.
pub struct Browser {
    driver: Option<WebDriver>,
    process: Child,
    port: u16,
    _profile: TempDir,
}

/// What kind of browser a person has.
pub struct Kind {
    javascript: bool,
    width: u32,
    height: u32,
}

impl Kind {
    /// A desk, a large window, JavaScript.
    pub const ORDINARY: Kind = Kind { javascript: true, width: 1440, height: 960 };
    pub const WITHOUT_JAVASCRIPT: Kind = Kind { javascript: false, ..Kind::ORDINARY };
}

impl Browser {
    pub async fn open(kind: Kind) -> Browser {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (Debian: chromium-driver)");
        let lines = lines_of(process.stdout.take().expect("its output is piped"));
        let port = loop {
            let line = lines.recv_timeout(PATIENCE).expect("chromedriver says which port it chose");
            if let Some(port) = line
                .strip_prefix("ChromeDriver was started successfully on port ")
                .and_then(|rest| rest.trim_end_matches('.').parse().ok())
            {
                break port;
            }
        };
        let mut browser = Browser { driver: None, process, port, _profile: profile };

        let mut capabilities = DesiredCapabilities::chrome();
        for flag in [
            "--headless=new",
            // Chromium refuses its sandbox to root, and containers seldom allow one.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &format!("--user-data-dir={}", browser._profile.path().display()),
            &format!("--window-size={},{}", kind.width, kind.height),
        ] {
            capabilities.add_arg(flag).expect("a flag");
        }
        if let Some(binary) = on_path("chromium") {
            capabilities.set_binary(&binary.display().to_string()).expect("a path");
        }
        if !kind.javascript {
            capabilities
                .add_experimental_option("prefs", json!({"profile.managed_default_content_settings.javascript": 2}))
                .expect("a preference");
        }
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a log level");

        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
            .client(straight_to_the_driver())
            .await
            .expect("Chromium starts");
        browser.driver = Some(driver);
        browser
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
            // Its own way to end waits for an answer, which may never come after a failure.
            let _ = driver.leak();
        }
        // The driver ends Chromium, whatever state it is in; killing the driver would leave Chromium behind.
        let _ = shut_down(self.port);
        let start = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn shut_down(port: u16) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    connection.read_to_end(&mut Vec::new())?;
    Ok(())
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
