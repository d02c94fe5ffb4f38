//! The table of settings: their words, variables, defaults and meanings.

/// A row of the table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its word in `keystead.toml`; the flag has hyphens instead of underscores.
    pub name: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// What it is when nobody says anything, in words.
    pub default: &'static str,
    /// What it means.
    pub help: &'static str,
}

macro_rules! settings {
    ($($name:literal $variable:literal $default:literal $help:literal;)+) => {
        /// All settings, in the order of `--help` and of the README.
        pub const SETTINGS: &[Setting] = &[$(Setting { name: $name, variable: $variable, default: $default, help: $help }),+];
    };
}

settings! {
    "listen" "KEYSTEAD_LISTEN" "127.0.0.1:8080" "Address and port to listen on";
    "database_url" "DATABASE_URL" "sqlite:data/keystead.db" "sqlite:PATH or postgres://USER@HOST/NAME";
    "database_url_file" "KEYSTEAD_DATABASE_URL_FILE" "" "A file that holds the database URL, where it contains a password";
    "data_dir" "KEYSTEAD_DATA_DIR" "data" "Directory of the SQLite database and the installation secret";
    "public_url" "KEYSTEAD_PUBLIC_URL" "the listen address, on loopback" "Where browsers and clients find the portal";
    "environment" "KEYSTEAD_ENVIRONMENT" "live" "The word inside new keys: 1 to 16 of a-z and 0-9";
    "secret_file" "KEYSTEAD_SECRET_FILE" "data/keystead.secret" "The installation secret; made at the first start";
    "trusted_proxies" "KEYSTEAD_TRUSTED_PROXIES" "" "Networks whose X-Forwarded-For is believed, separated by commas";
    "gateway_addresses" "KEYSTEAD_GATEWAY_ADDRESSES" "everybody" "Networks that may ask the check endpoint, separated by commas";
    "insecure_http" "KEYSTEAD_INSECURE_HTTP" "false" "Serve plain HTTP beyond loopback: with a banner, and not with an https public URL";
    "smtp_url" "KEYSTEAD_SMTP_URL" "" "The mail server: smtp://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST:465 or smtp://HOST:25?tls=none";
    "smtp_url_file" "KEYSTEAD_SMTP_URL_FILE" "" "A file that holds the URL of the mail server, where it contains a password";
    "smtp_from" "KEYSTEAD_SMTP_FROM" "keystead@ the host of the public URL" "The address that letters come from";
    "log" "KEYSTEAD_LOG" "info" "What is logged: a level, or directives such as keystead=debug";
    "log_format" "KEYSTEAD_LOG_FORMAT" "text" "text or json";
}

/// The variable that names another file than `keystead.toml`.
pub const CONFIG_VARIABLE: &str = "KEYSTEAD_CONFIG";
