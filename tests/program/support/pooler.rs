//! PgBouncer in front of the test server.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{Backend, eventually};

/// Debian's PgBouncer with a new, empty database behind it. Ended with the test.
pub struct Pooler {
    /// The database's URL through it.
    pub url: String,
    /// Its URL without it.
    pub direct: String,
    process: Child,
    _folder: TempDir,
}

impl Pooler {
    /// With `pool_mode=session`, `transaction` or `statement`.
    pub fn start(mode: &str) -> Self {
        let direct = Backend::Postgres.fresh(Path::new(""));
        let rest = direct.strip_prefix("postgres://postgres@").expect("the URL of scripts/with-postgres");
        let (folder, name) = rest.split_once('/').expect("a database");
        let server = folder.replace("%2F", "/");
        let port = free_port();
        let folder = tempfile::tempdir().expect("a temporary directory");
        // PgBouncer reads it as another user.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        let file = folder.path().join("pgbouncer.ini");
        let settings = format!(
            "[databases]\n{name} = host={server} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        );
        fs::write(&file, settings).expect("its settings");
        let mut command = pgbouncer();
        command.arg(&file).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("pgbouncer is installed, see scripts/install-test-packages");
        let url = format!("postgres://postgres@127.0.0.1:{port}/{name}");
        let pooler = Self { url, direct: direct.clone(), process, _folder: folder };
        eventually("PgBouncer listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        pooler
    }
}

/// It refuses to run as root, as PostgreSQL does.
fn pgbouncer() -> Command {
    let program = "/usr/sbin/pgbouncer";
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", program]);
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
