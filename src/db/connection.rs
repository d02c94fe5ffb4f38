//! One connection, to SQLite or to PostgreSQL. Which one is said by the URL's scheme, never found out by trying.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;

/// How long a server may take from the first packet to a connection that can be used.
const OPENING: Duration = Duration::from_secs(3);

/// A connection to either database. Queries are written once against it.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl Conn {
    /// Whether the connection is of no more use.
    pub(super) fn is_lost(&mut self) -> bool {
        match self {
            Self::Postgres(c) => c.is_broken(),
            Self::Sqlite(c) => c.is_broken(),
        }
    }
}

/// Where the database is. Printed without the password.
#[derive(Clone, PartialEq, Eq)]
pub enum Url {
    /// A file of this process alone.
    Sqlite(PathBuf),
    /// A server, as libpq understands it.
    Postgres(String),
}

/// The text is neither `sqlite:PATH` nor `postgres://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlError;

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is neither sqlite:PATH nor postgres://USER@HOST/NAME, or holds a special character that is not written as %40")
    }
}

impl std::error::Error for UrlError {}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let usable = !path.is_empty() && path != ":memory:" && !path.contains(['?', '\0']);
            return usable.then(|| Self::Sqlite(path.into())).ok_or(UrlError);
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")).ok_or(UrlError)?;
        (!text.contains('\0') && is_unambiguous(rest)).then(|| Self::Postgres(text.to_owned())).ok_or(UrlError)
    }
}

/// Whether nothing of a password can be taken for something else. A special letter that is not percent-encoded would make
/// part of it the host, the port or the path, and those are named in messages.
fn is_unambiguous(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, hosts) = authority.split_once('@').unwrap_or(("", authority));
    let is_encoded = |escape: &str| escape.len() >= 2 && escape.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let has_good_port = |host: &str| {
        let (_, port) = host.rsplit_once(']').unwrap_or(("", host));
        port.split_once(':').is_none_or(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
    };
    rest.matches('@').count() == authority.matches('@').count()
        && user.matches(':').count() <= 1
        && !hosts.contains('@')
        && !rest.contains(char::is_whitespace)
        && rest.split('%').skip(1).all(is_encoded)
        && hosts.split(',').all(has_good_port)
}

impl Url {
    /// The same database, whose server shows this name for the connection unless the URL has one of its own.
    pub(super) fn named(&self, name: &str) -> Self {
        match self {
            Self::Postgres(url) if !url.contains("application_name=") => {
                Self::Postgres(with_parameter(url, "application_name", name))
            }
            other => other.clone(),
        }
    }
}

fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{name}={value}")
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let (place, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
                // Where a password may reach into the query, nothing is shown.
                let place = match place.rsplit_once('@') {
                    Some((_, place)) => place,
                    None if query.contains('@') => "…",
                    None => place,
                };
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a connection is for. On SQLite a reader cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// Makes connections for a pool.
#[derive(Debug)]
pub(super) struct Manager {
    pub url: Url,
    pub purpose: Purpose,
}

impl Manager {
    fn open_sqlite(&self, path: &std::path::Path) -> Result<SqliteConnection, diesel::r2d2::Error> {
        let mut conn =
            SqliteConnection::establish(&path.to_string_lossy()).map_err(diesel::r2d2::Error::ConnectionError)?;
        // The busy time-out first: switching to WAL needs the lock. FULL, because with NORMAL a deleted key may be back
        // after a power cut.
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .and_then(|()| match self.purpose {
                Purpose::Read => conn.batch_execute("PRAGMA query_only = ON;"),
                Purpose::Write => Ok(()),
            })
            .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }

    /// For a server, whose connections read and write.
    pub(super) const fn for_writing(url: Url) -> Self {
        Self { url, purpose: Purpose::Write }
    }

    fn open_postgres(url: &str) -> Result<PgConnection, diesel::r2d2::Error> {
        let mut conn = PgConnection::establish(&with_time_limits(url)).map_err(without_url)?;
        conn.batch_execute("SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning;")
            .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }
}

/// The URL with time limits for connecting, and for noticing that the other side is gone, where it does not set its own.
/// libpq would wait for minutes, and for hours.
fn with_time_limits(url: &str) -> String {
    const LIMITS: [(&str, &str); 5] = [
        ("connect_timeout", "2"),
        ("keepalives_idle", "2"),
        ("keepalives_interval", "1"),
        ("keepalives_count", "2"),
        ("tcp_user_timeout", "4000"),
    ];
    let mut limited = url.to_owned();
    for (name, value) in LIMITS {
        if !url.contains(&format!("{name}=")) {
            limited = with_parameter(&limited, name, value);
        }
    }
    limited
}

/// Opens a connection on a thread of its own: libpq's time limit ends with the handshake, and what is said next may be lost.
fn in_time(url: String) -> Result<PgConnection, diesel::r2d2::Error> {
    let (told, opened) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody listens after the time is over.
        let _ = told.send(Manager::open_postgres(&url));
    });
    let silent = || ConnectionError::BadConnection("the server does not answer".into());
    opened.recv_timeout(OPENING).unwrap_or_else(|_| Err(diesel::r2d2::Error::ConnectionError(silent())))
}

/// What libpq says of a URL that it cannot read quotes from it.
fn without_url(error: ConnectionError) -> diesel::r2d2::Error {
    let words = error.to_string();
    let quotes = ["connection option", "URI", "percent-encoded", "port number"].iter().any(|sign| words.contains(sign));
    let error = if quotes {
        let words = "the URL is malformed; write special characters of the password as %XX";
        ConnectionError::BadConnection(words.into())
    } else {
        error
    };
    diesel::r2d2::Error::ConnectionError(error)
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        match &self.url {
            Url::Sqlite(path) => self.open_sqlite(path).map(Conn::Sqlite),
            Url::Postgres(url) => in_time(url.clone()).map(Conn::Postgres),
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_lost()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides() {
        assert_eq!("sqlite:data/x.db".parse(), Ok(Url::Sqlite("data/x.db".into())));
        assert_eq!("sqlite:///var/x.db".parse(), Ok(Url::Sqlite("/var/x.db".into())));
        assert!(matches!("postgres://ada@db/keystead".parse(), Ok(Url::Postgres(_))));
        for bad in ["", "sqlite:", "sqlite::memory:", "mysql://x", "data/x.db", "postgres:x"] {
            assert_eq!(bad.parse::<Url>(), Err(UrlError), "{bad}");
        }
    }

    #[test]
    fn no_part_of_a_strange_password_is_printed() {
        for text in [
            "postgres://ada:s3cr?et@127.0.0.1:1/x",
            "postgres://ada:s3cr#et@127.0.0.1:1/x",
            "postgres://ada:s3cr@et@127.0.0.1:1/x",
            "postgres://127.0.0.1:1/x?password=s3cr@et",
        ] {
            let shown = text.parse::<Url>().map_or_else(|error| error.to_string(), |url| url.to_string());
            assert!(!shown.contains("s3cr") && !shown.contains("et@"), "{shown}");
        }
        let Err(error) = Manager::open_postgres("postgres://ada:s3cr?et@127.0.0.1:1/x") else { panic!("it opens") };
        assert!(!error.to_string().contains("s3cr"), "{error}");
    }

    #[test]
    fn time_limits_are_added_unless_they_are_set() {
        let limited = with_time_limits("postgres://db/keystead?connect_timeout=9");
        assert!(limited.starts_with("postgres://db/keystead?connect_timeout=9&keepalives_idle=2&"), "{limited}");
        assert_eq!(limited.matches("connect_timeout").count(), 1);
        assert!(with_time_limits("postgres://db/keystead").contains("keystead?connect_timeout=2&"));
    }

    #[test]
    fn a_server_may_be_named_in_every_way_that_is_clear() {
        for good in [
            "postgres://",
            "postgres:///keystead",
            "postgresql://ada:s3%40cr3t@db.example:5432/keystead?sslmode=verify-full",
            "postgres://ada@%2Fvar%2Frun%2Fpostgresql/keystead",
            "postgres://ada@[fd00::1]:5432/keystead",
            "postgres://ada@one:5432,two:5433,[::1]/keystead?target_session_attrs=read-write",
            "postgres://ada:@db/keystead",
        ] {
            assert_eq!(good.parse(), Ok(Url::Postgres(good.into())), "{good}");
        }
        for bad in ["a#b", "a?b", "a/b", "a@b", "a%b", "a:b", "a b", "5?b", "5/b", "5#b"] {
            assert_eq!(format!("postgres://ada:{bad}@db/keystead").parse::<Url>(), Err(UrlError), "{bad}");
        }
    }

    #[test]
    fn a_url_prints_without_its_password() {
        let url: Url = "postgres://ada:s3cr3t@db.example:5432/keystead?password=s3cr3t".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db.example:5432/keystead postgres://db.example:5432/keystead");
    }
}
