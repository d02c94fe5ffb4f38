//! Chromium, by its driver.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel};

use super::{Browser, Kind, Program, on_path};
use crate::support::{patience::PATIENCE, portal::lines_of};

pub struct Chromium {
    driver: Child,
    port: u16,
    profile: TempDir,
}

pub async fn open(kind: Kind) -> Browser {
    let profile = tempfile::tempdir().expect("a temporary directory");
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed (Debian: chromium-driver)");
    let lines = lines_of(driver.stdout.take().expect("its output is piped"));
    let port = loop {
        let line = lines.recv_timeout(PATIENCE).expect("chromedriver says which port it chose");
        if let Some(port) = line
            .strip_prefix("ChromeDriver was started successfully on port ")
            .and_then(|rest| rest.trim_end_matches('.').parse().ok())
        {
            break port;
        }
    };
    let chromium = Chromium { driver, port, profile };

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
        &format!("--user-data-dir={}", chromium.profile.path().display()),
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
    Browser::driven_by(Program::Chromium { _running: chromium }, port, capabilities).await
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver ends Chromium, whatever state it is in; killing the driver would leave Chromium behind.
        let _ = shut_down(self.port);
        let start = Instant::now();
        while matches!(self.driver.try_wait(), Ok(None)) && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn shut_down(port: u16) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    connection.read_to_end(&mut Vec::new())?;
    Ok(())
}
