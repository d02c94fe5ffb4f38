//! The variables that Kubernetes puts into each pod for a Service named `keystead` or `keystead-…`. They begin like ours.

use std::net::{IpAddr, SocketAddr};

const PROTOCOLS: [&str; 3] = ["tcp", "udp", "sctp"];

/// Whether this is one of them, by its name and by its value:
/// `…_SERVICE_HOST`, `…_SERVICE_PORT`, `…_SERVICE_PORT_{NAME}`, `…_PORT`, and `…_PORT_{NUMBER}_{PROTOCOL}` alone and with
/// `_PROTO`, `_PORT` or `_ADDR`.
pub(super) fn is_service_link(name: &str, value: &str) -> bool {
    let Some(rest) = name.strip_prefix("KEYSTEAD_") else { return false };
    let words = rest.split('_').collect::<Vec<_>>();
    let is_part_of_a_name =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !words.iter().all(is_part_of_a_name) {
        return false;
    }
    // The name of the Service may go on after `keystead`, so the ends are looked at.
    match &words[..] {
        [.., "PORT", number, protocol] if is_port(number, protocol) => is_url(value),
        [.., "PORT", number, protocol, "PROTO"] if is_port(number, protocol) => PROTOCOLS.contains(&value),
        [.., "PORT", number, protocol, "PORT"] if is_port(number, protocol) => value == *number,
        [.., "PORT", number, protocol, "ADDR"] if is_port(number, protocol) => value.parse::<IpAddr>().is_ok(),
        [.., "SERVICE", "HOST"] => value.parse::<IpAddr>().is_ok(),
        words if words.windows(2).any(|two| two == ["SERVICE", "PORT"]) => is_number(value),
        [.., "PORT"] => is_url(value),
        _ => false,
    }
}

fn is_port(number: &str, protocol: &str) -> bool {
    is_number(number) && PROTOCOLS.contains(&protocol.to_ascii_lowercase().as_str())
}

fn is_number(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

/// `tcp://10.0.0.7:8080`
fn is_url(value: &str) -> bool {
    let parts = value.split_once("://");
    parts.is_some_and(|(protocol, rest)| PROTOCOLS.contains(&protocol) && rest.parse::<SocketAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SETTINGS;

    const VALUES: [&str; 6] = ["tcp://10.0.0.7:8080", "10.0.0.7", "fd00::7", "8080", "tcp", ""];

    #[test]
    fn no_setting_is_named_like_one() {
        for setting in SETTINGS {
            assert!(!VALUES.iter().any(|value| is_service_link(setting.variable, value)), "{}", setting.variable);
        }
    }

    #[test]
    fn name_and_value_both_have_to_fit() {
        for (name, value) in [
            ("KEYSTEAD_PORT", "8080"),
            ("KEYSTEAD_PORT", "http://10.0.0.7:8080"),
            ("KEYSTEAD_PORT", "tcp://10.0.0.7"),
            ("KEYSTEAD_SERVICE_HOST", "keys.acme.example"),
            ("KEYSTEAD_SERVICE_PORT", "many"),
            ("KEYSTEAD_PORT_8080_TCP_PORT", "9090"),
            ("KEYSTEAD_PORT_8080_HTTP", "tcp://10.0.0.7:8080"),
            ("KEYSTEAD_PORT_8080_TCP_NAME", "10.0.0.7"),
            ("KEYSTEAD__PORT", "tcp://10.0.0.7:8080"),
            ("KEYSTEAD_listen_PORT", "tcp://10.0.0.7:8080"),
            ("KEYSTEAD_LISTEN_ADDR", "10.0.0.7"),
        ] {
            assert!(!is_service_link(name, value), "{name}={value}");
        }
    }
}
