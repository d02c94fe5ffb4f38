//! The mailer of an installation, for the portal and for the commands of the shell.

use std::sync::Arc;

use url::{Host, Url};

use crate::base::random::Entropy;
use crate::config::Config;
use crate::mail::{Address, Mailer};
use crate::web::public_url::PublicUrl;

use super::boot::StartError;

/// What sends letters, where a mail server is set. They come from the host of the public URL unless the settings say
/// otherwise; a command of the shell takes [`Config::public_url_at`] the address that is set.
///
/// # Errors
/// One line that says what is in the way.
pub fn mailer(
    config: &Config,
    public_url: &PublicUrl,
    entropy: &Arc<dyn Entropy>,
) -> Result<Option<Mailer>, StartError> {
    let Some(smtp) = &config.smtp else { return Ok(None) };
    let from = smtp.from.clone().map_or_else(|| usual_sender(public_url), Ok)?;
    let mailer = Mailer::new(smtp.url.clone(), from, Arc::clone(entropy));
    mailer.map(Some).map_err(StartError::new)
}

fn usual_sender(public_url: &PublicUrl) -> Result<Address, StartError> {
    let url = Url::parse(public_url.as_str()).ok();
    let host = match url.as_ref().and_then(Url::host) {
        _ if public_url.is_loopback() => "localhost".to_owned(),
        Some(Host::Domain(name)) => name.to_owned(),
        Some(Host::Ipv4(address)) => format!("[{address}]"),
        Some(Host::Ipv6(address)) => format!("[IPv6:{address}]"),
        None => String::new(),
    };
    format!("keystead@{host}").parse().map_err(|_| {
        StartError::new(format!("no e-mail address can be made of the public URL {public_url}: set smtp_from"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_from_the_host_of_the_public_url() {
        for (url, from) in [
            ("https://keys.acme.example", "keystead@keys.acme.example"),
            ("https://keys.acme.example:8443", "keystead@keys.acme.example"),
            ("https://schlüssel.example", "keystead@xn--schlssel-95a.example"),
            ("http://127.0.0.1:8080", "keystead@localhost"),
            ("http://[::1]:8080", "keystead@localhost"),
            ("http://192.0.2.7:8080", "keystead@[192.0.2.7]"),
            ("http://[2001:db8::7]", "keystead@[IPv6:2001:db8::7]"),
        ] {
            assert_eq!(usual_sender(&url.parse().unwrap()).unwrap().to_string(), from, "{url}");
        }
    }
}
