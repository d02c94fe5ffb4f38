//! A gateway that runs: Debian's program, or Envoy from PyPI, with the recipe of its page.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

use tempfile::TempDir;

use super::recipe::{recipe, with};
use crate::support::eventually;

/// What the recipes say.
const KEYSTEAD: &str = "127.0.0.1:8080";
const API: &str = "127.0.0.1:9000";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Nginx,
    Caddy,
    Haproxy,
    Envoy,
}

/// Ended with the test.
pub struct Gateway {
    pub address: SocketAddr,
    process: Child,
    folder: TempDir,
}

impl Gateway {
    /// Waits until it listens.
    pub fn start(program: Program, keystead: &str, api: SocketAddr, replaced: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let (address, api) = (fresh_address(), api.to_string());
        let all = [&[(KEYSTEAD, keystead), (API, api.as_str())], replaced].concat();
        let mut command = match program {
            Program::Nginx => nginx(folder.path(), address, &all),
            Program::Caddy => caddy(folder.path(), address, &all),
            Program::Haproxy => haproxy(folder.path(), address, &all),
            Program::Envoy => envoy(folder.path(), address, &all),
        };
        let log = File::create(folder.path().join("log")).expect("a file");
        let also = log.try_clone().expect("a second handle");
        let home = folder.path();
        command.env("HOME", home).env("XDG_CONFIG_HOME", home).env("XDG_DATA_HOME", home).current_dir(home);
        let process = command.stdin(Stdio::null()).stdout(log).stderr(also).spawn();
        let process = process.unwrap_or_else(|error| panic!("{program:?}, see scripts/install-*: {error}"));
        let mut gateway = Self { address, process, folder };
        eventually("the gateway listens", || {
            let ended = gateway.process.try_wait().expect("a process of ours");
            assert!(ended.is_none(), "it ended: {}", gateway.log());
            TcpStream::connect(address).ok()
        });
        gateway
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines = log.lines().collect::<Vec<_>>();
            eprintln!("--- the gateway's log\n{}\n---", lines[lines.len().saturating_sub(20)..].join("\n"));
        }
    }
}

/// An address of this machine's loopback network that nobody else has: no two gateways take each other's port.
fn fresh_address() -> SocketAddr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let ip = Ipv4Addr::new(127, 128 | (high & 0x7f), low, NEXT.fetch_add(1, Ordering::Relaxed));
    SocketAddr::from((ip, 8000))
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("the file is written");
    path
}

/// Debian's nginx.conf includes what is in conf.d; this one stands in for it. One process, which ends as a whole.
fn nginx(folder: &Path, address: SocketAddr, replaced: &[(&str, &str)]) -> Command {
    let recipe =
        with(recipe("nginx.md", "nginx"), &[replaced, &[("listen 8000;", &format!("listen {address};"))]].concat());
    write(folder, "keystead.conf", &recipe);
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let places = places.map(|name| format!("    {name}_temp_path {name};\n")).concat();
    let main = write(
        folder,
        "nginx.conf",
        &format!(
            "daemon off;\nmaster_process off;\nuser root;\npid nginx.pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\n    access_log off;\n{places}    include keystead.conf;\n}}\n"
        ),
    );
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder).arg("-e").arg("stderr").arg("-c").arg(main);
    command
}

/// On one address alone, and without the port that it is administered on.
fn caddy(folder: &Path, address: SocketAddr, replaced: &[(&str, &str)]) -> Command {
    let recipe = with(recipe("caddy.md", "caddyfile"), replaced);
    let global = format!("{{\n\tadmin off\n\tdefault_bind {}\n}}\n", address.ip());
    let file = write(folder, "Caddyfile", &format!("{global}{recipe}"));
    let mut command = Command::new("/usr/bin/caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    command
}

fn haproxy(folder: &Path, address: SocketAddr, replaced: &[(&str, &str)]) -> Command {
    let script = recipe("haproxy.md", "lua");
    let (of_script, replaced): (Vec<_>, Vec<_>) = replaced.iter().copied().partition(|(old, _)| script.contains(old));
    let script = write(folder, "keystead.lua", &with(script, &of_script));
    let own = [
        ("bind :8000", format!("bind {address}")),
        ("/etc/haproxy/keystead.lua", script.to_str().expect("a readable path").to_owned()),
    ];
    let own = own.iter().map(|(old, new)| (*old, new.as_str())).collect::<Vec<_>>();
    let recipe = with(recipe("haproxy.md", "haproxy"), &[replaced, own].concat());
    let file = write(folder, "haproxy.cfg", &recipe);
    let mut command = Command::new("/usr/sbin/haproxy");
    command.arg("-db").arg("-f").arg(file);
    command
}

/// As `scripts/install-envoy` brings it. Its recipe has host and port apart, but for Keystead's address, which is in it both ways.
fn envoy(folder: &Path, address: SocketAddr, replaced: &[(&str, &str)]) -> Command {
    let apart = |address: &str| {
        let (host, port) = address.rsplit_once(':').expect("a host and a port");
        format!("address: {host}, port_value: {port}")
    };
    let mut all = vec![(apart("0.0.0.0:8000"), apart(&address.to_string()))];
    for (old, new) in replaced {
        if [KEYSTEAD, API].contains(old) {
            all.push((apart(old), apart(new)));
        }
        if *old != API {
            all.push(((*old).to_owned(), (*new).to_owned()));
        }
    }
    let all: Vec<_> = all.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    let file = write(folder, "envoy.yaml", &with(recipe("envoy.md", "yaml"), &all));
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("target/envoy/python/bin/envoy"));
    command.args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "warning", "--config-path"]).arg(file);
    command
}
