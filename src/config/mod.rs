//! Settings: flag, then environment, then `keystead.toml`, then default. One table names them all; whatever is not in it, or
//! makes no sense, stops the start with one line.

mod service_links;
mod settings;
mod sources;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::{IpNet, Ipv4Net};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::db;
use crate::mail::{Address, SmtpUrl};
use crate::web::public_url::PublicUrl;

use sources::{Said, parsed, said, secret};

pub use settings::{CONFIG_VARIABLE, SETTINGS, Setting};
pub use sources::Sources;

/// What is wrong with the settings, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

fn wrong<T>(words: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(words.into()))
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How letters are sent.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Through which server.
    pub url: SmtpUrl,
    /// From which address; `None` means one at the host of the public URL.
    pub from: Option<Address>,
}

/// The settings of this process, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Which database.
    pub database: db::Url,
    /// Where files live.
    pub data_dir: PathBuf,
    /// Where the portal is found; `None` means the listen address.
    pub public_url: Option<PublicUrl>,
    /// The word inside keys.
    pub environment: String,
    /// Where the installation secret lives.
    pub secret_file: PathBuf,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may ask the check endpoint; empty means everybody.
    pub gateway_addresses: Vec<IpNet>,
    /// Plain HTTP beyond loopback.
    pub insecure_http: bool,
    /// How letters are sent; `None` means not at all.
    pub smtp: Option<Smtp>,
    /// The log filter.
    pub log: String,
    /// The look of log lines.
    pub log_format: LogFormat,
}

impl Config {
    /// Reads and checks all settings.
    ///
    /// # Errors
    /// One line that names what is wrong, where it was said, and what would be right.
    pub fn load(sources: Sources) -> Result<Self, ConfigError> {
        Self::check(&said(sources)?)
    }

    fn check(said: &BTreeMap<&'static str, Said>) -> Result<Self, ConfigError> {
        let listen =
            parsed(said, "listen", "is not an address and port such as 127.0.0.1:8080", |text| text.parse().ok())?
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let data_dir = PathBuf::from(said.get("data_dir").map_or("data", |said| said.value.as_str()));
        let environment = parsed(said, "environment", "is not 1 to 16 of a-z and 0-9", |text| {
            let fits =
                (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            fits.then(|| text.to_owned())
        })?;
        let networks = |name| parsed(said, name, "is not a list of addresses or networks such as 10.0.0.0/8", networks);
        let bad_url = "is not an http or https address without a path, such as https://keys.acme.example";
        let config = Self {
            listen,
            database: database(said, &data_dir)?,
            public_url: parsed(said, "public_url", bad_url, |text| text.parse().ok())?,
            environment: environment.unwrap_or_else(|| "live".into()),
            secret_file: said
                .get("secret_file")
                .map_or_else(|| data_dir.join("keystead.secret"), |said| said.value.clone().into()),
            trusted_proxies: networks("trusted_proxies")?.unwrap_or_default(),
            gateway_addresses: networks("gateway_addresses")?.unwrap_or_default(),
            insecure_http: parsed(said, "insecure_http", "is neither true nor false", |text| text.parse().ok())?
                .unwrap_or(false),
            smtp: smtp(said)?,
            log: parsed(
                said,
                "log",
                "is not a level such as info, nor a list of directives such as keystead=debug",
                |text| is_log_filter(text).then(|| text.to_owned()),
            )?
            .unwrap_or_else(|| "info".into()),
            log_format: parsed(said, "log_format", "is neither text nor json", |text| match text {
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            })?
            .unwrap_or(LogFormat::Text),
            data_dir,
        };
        config.check_exposure()?;
        Ok(config)
    }

    /// Passwords and keys do not travel in the clear unless somebody said so.
    fn check_exposure(&self) -> Result<(), ConfigError> {
        let https = self.public_url.as_ref().is_some_and(PublicUrl::is_https);
        if self.insecure_http && https {
            return wrong("insecure_http is set, but public_url is https: take one of them out");
        }
        if let Some(url) =
            self.public_url.as_ref().filter(|url| !url.is_https() && !url.is_loopback() && !self.insecure_http)
        {
            return wrong(format!(
                "public_url {url} is plain HTTP beyond this machine: use https, or set insecure_http=true if everybody on the way may read the keys"
            ));
        }
        if https && self.trusted_proxies.is_empty() {
            return wrong(
                "public_url is https, so a proxy stands in front: name its address with trusted_proxies, or everybody looks like the proxy",
            );
        }
        if self.listen.ip().is_loopback() {
            return Ok(());
        }
        let listen = self.listen;
        if self.public_url.is_none() {
            return wrong(format!(
                "listen {listen} is reachable from other machines: set public_url to the address they use"
            ));
        }
        if !self.insecure_http && self.trusted_proxies.is_empty() {
            return wrong(format!(
                "listen {listen} is reachable from other machines without TLS: name the proxy in front of it with trusted_proxies, or set insecure_http=true"
            ));
        }
        Ok(())
    }

    /// The public URL, given the address that is really listened on.
    pub fn public_url_at(&self, listening: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::of_listener(listening))
    }
}

fn database(said: &BTreeMap<&'static str, Said>, data_dir: &Path) -> Result<db::Url, ConfigError> {
    let url = secret(said, "database_url", "database_url_file")?;
    Ok(url.unwrap_or_else(|| db::Url::Sqlite(data_dir.join("keystead.db"))))
}

fn smtp(said: &BTreeMap<&'static str, Said>) -> Result<Option<Smtp>, ConfigError> {
    let from = parsed(said, "smtp_from", "is not an e-mail address", |text| text.parse().ok())?;
    let url = secret(said, "smtp_url", "smtp_url_file")?;
    Ok(url.map(|url| Smtp { url, from }))
}

/// The library takes a word that is no level for a target, and what names no target of Keystead's logs nothing of Keystead: each
/// directive needs its level here, and one of them has to be about everything or about Keystead.
fn is_log_filter(text: &str) -> bool {
    let directives = text.split(',').map(str::trim).filter(|directive| !directive.is_empty());
    let (levels, targets): (Vec<&str>, Vec<&str>) =
        directives.partition(|directive| directive.parse::<LevelFilter>().is_ok());
    let is_ours = |target: &&str| {
        target.strip_prefix("keystead").is_some_and(|rest| rest.starts_with("::") || rest.starts_with(['=', '[']))
    };
    let has_level = |target: &&str| target.rsplit_once('=').is_some_and(|(_, level)| !level.is_empty());
    (!levels.is_empty() || targets.iter().any(is_ours))
        && targets.iter().all(has_level)
        && EnvFilter::try_new(text).is_ok()
}

/// At least one network: an empty list that somebody wrote was meant to say something else.
fn networks(text: &str) -> Option<Vec<IpNet>> {
    let network = |text: &str| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().map(IpNet::from).ok());
    let list: Option<Vec<IpNet>> = text.split(',').map(|text| network(text.trim()).map(canonical)).collect();
    list.filter(|list| !list.is_empty())
}

/// An IPv4 network written inside IPv6 is that IPv4 network, as clients' addresses are.
fn canonical(net: IpNet) -> IpNet {
    match (net, net.prefix_len().checked_sub(96)) {
        (IpNet::V6(v6), Some(length)) => {
            let mapped = v6.addr().to_ipv4_mapped().and_then(|address| Ipv4Net::new(address, length).ok());
            mapped.map_or(net, IpNet::V4)
        }
        _ => net,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: &[(&str, &str)], environment: &[(&str, &str)]) -> Result<Config, String> {
        let flags = flags.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Config::load(Sources { flags, environment, file: None }).map_err(|error| error.to_string())
    }

    #[test]
    fn with_nothing_configured_it_is_this_machine_and_an_embedded_database() {
        let config = load(&[], &[("PATH", "/bin")]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database, db::Url::Sqlite("data/keystead.db".into()));
        assert_eq!(config.secret_file, PathBuf::from("data/keystead.secret"));
        assert_eq!(config.public_url_at(config.listen).as_str(), "http://127.0.0.1:8080");
    }

    #[test]
    fn a_flag_beats_the_environment_and_the_environment_beats_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keystead.toml");
        std::fs::write(
            &file,
            "environment = \"file\"\nlog_format = \"json\"\ntrusted_proxies = [\"10.0.0.1\", \"fd00::/8\"]\n",
        )
        .unwrap();
        let sources = |flags: &[(&str, &str)], variables: &[(&str, &str)]| Sources {
            flags: flags.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            environment: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            file: Some(file.clone()),
        };
        let from_file = Config::load(sources(&[], &[("KEYSTEAD_ENVIRONMENT", "")])).unwrap();
        assert_eq!(
            (from_file.environment.as_str(), from_file.log_format, from_file.trusted_proxies.len()),
            ("file", LogFormat::Json, 2)
        );
        let from_variable = Config::load(sources(&[], &[("KEYSTEAD_ENVIRONMENT", "variable")])).unwrap();
        assert_eq!(from_variable.environment, "variable");
        let from_flag =
            Config::load(sources(&[("environment", "flag")], &[("KEYSTEAD_ENVIRONMENT", "variable")])).unwrap();
        assert_eq!(from_flag.environment, "flag");
    }

    #[test]
    fn what_is_unknown_or_malformed_is_named_in_one_line() {
        for (flags, variables, named) in [
            (&[][..], &[("KEYSTEAD_LISTN", "x")][..], "KEYSTEAD_LISTN"),
            (&[], &[("KEYSTEAD_LISTEN", "8080")], "KEYSTEAD_LISTEN"),
            (&[("environment", "Live")], &[], "--environment"),
            (&[("trusted_proxies", "10.0.0.0/33")], &[], "--trusted-proxies"),
            (&[("gateway_addresses", " , ")], &[], "--gateway-addresses"),
            (&[("gateway_addresses", "")], &[], "--gateway-addresses"),
            (&[("public_url", "keys.acme.example")], &[], "--public-url"),
            (&[("log_format", "xml")], &[], "--log-format"),
            (&[("log", "verbose")], &[], "--log"),
            (&[("log", "info,keystead=")], &[], "--log"),
            (&[("log", "info,keystead")], &[], "--log"),
            (&[("log", "keystad=debug")], &[], "--log"),
            (&[("log", " , ")], &[], "--log"),
            (&[("data_dir", "data\r")], &[], "--data-dir"),
            (&[("insecure_http", "maybe")], &[], "--insecure-http"),
        ] {
            let message = load(flags, variables).unwrap_err();
            assert!(message.contains(named) && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn an_unknown_word_in_the_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keystead.toml");
        for (text, named) in [("listn = \"x\"", "listn"), ("listen = 8080", "listen"), ("listen = ", "line 1")] {
            std::fs::write(&file, text).unwrap();
            let error =
                Config::load(Sources { file: Some(file.clone()), ..Sources::default() }).unwrap_err().to_string();
            assert!(error.contains(named) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_database_url_is_never_repeated() {
        let message = load(&[], &[("DATABASE_URL", "mysql://root:hunter2@db/x")]).unwrap_err();
        assert!(message.contains("DATABASE_URL") && !message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_mail_server_is_named_or_there_is_none() {
        assert!(load(&[("smtp_from", "keys@acme.example")], &[]).unwrap().smtp.is_none());
        let url = ("KEYSTEAD_SMTP_URL", "smtps://ops:hunter2@mail.acme.example");
        let smtp = load(&[("smtp_from", "keys@acme.example")], &[url]).unwrap().smtp.unwrap();
        assert_eq!(smtp.url.to_string(), "smtps://mail.acme.example:465");
        assert_eq!(smtp.from.unwrap().to_string(), "keys@acme.example");
        assert!(load(&[], &[url]).unwrap().smtp.unwrap().from.is_none());
    }

    #[test]
    fn beyond_loopback_somebody_has_to_say_how_it_is_protected() {
        let outside = ("listen", "0.0.0.0:8080");
        assert!(load(&[outside], &[]).unwrap_err().contains("public_url"));
        assert!(load(&[outside, ("public_url", "https://k.example")], &[]).unwrap_err().contains("trusted_proxies"));
        assert!(load(&[outside, ("public_url", "https://k.example"), ("trusted_proxies", "10.0.0.1")], &[]).is_ok());
        assert!(load(&[("public_url", "https://k.example")], &[]).unwrap_err().contains("trusted_proxies"));
        assert!(load(&[outside, ("public_url", "http://k.lan:8080")], &[]).unwrap_err().contains("insecure_http"));
        assert!(load(&[outside, ("public_url", "http://k.lan:8080"), ("insecure_http", "true")], &[]).is_ok());
        assert!(
            load(&[("public_url", "https://k.example"), ("insecure_http", "true")], &[]).unwrap_err().contains("https")
        );
    }
}
