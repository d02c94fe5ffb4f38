//! WebKitGTK's own small browser, by its driver, on a display of its own.

use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Capabilities;

use super::{Browser, Kind, Program};
use crate::support::patience::eventually;

pub struct WebKit {
    display: Child,
    driver: Child,
    _profile: TempDir,
}

pub async fn open(kind: Kind) -> Browser {
    let profile = tempfile::tempdir().expect("a temporary directory");
    let mut display = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is installed (Debian: xvfb)");
    let mut number = String::new();
    let output = display.stdout.take().expect("its output is piped");
    BufReader::new(output).read_line(&mut number).expect("Xvfb says which display it is");

    let port = free_port();
    let home = profile.path();
    let driver = Command::new("WebKitWebDriver")
        .arg(format!("--port={port}"))
        .env("DISPLAY", format!(":{}", number.trim()))
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_CACHE_HOME", home)
        .env("XDG_DATA_HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        // Its sandbox needs a user namespace, which root and containers seldom get.
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("WebKitWebDriver is installed (Debian: webkit2gtk-driver)");
    let webkit = WebKit { display, driver, _profile: profile };
    let listens = eventually(async || TcpStream::connect(("127.0.0.1", port)).map(Some)).await;
    listens.expect("WebKitWebDriver listens");

    let mut capabilities = Capabilities::new();
    let options = json!({"binary": browser(), "args": ["--automation"]});
    capabilities.set("webkitgtk:browserOptions", options).expect("a capability");
    let browser = Browser::driven_by(Program::WebKit { _running: webkit }, port, capabilities).await;
    let sized = browser.driver().set_window_rect(0, 0, kind.width, kind.height).await;
    sized.expect("the window has its size");
    browser
}

/// Debian keeps it beside the library, under the name of the machine's architecture.
fn browser() -> PathBuf {
    let libraries = std::fs::read_dir("/usr/lib").expect("libraries");
    let places = libraries.flatten().map(|entry| entry.path().join("webkit2gtk-4.1/MiniBrowser"));
    places.into_iter().find(|path| Path::is_file(path)).expect("MiniBrowser is installed (Debian: webkit2gtk-driver)")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

impl Drop for WebKit {
    fn drop(&mut self) {
        // Without its display the browser ends.
        for process in [&mut self.display, &mut self.driver] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
