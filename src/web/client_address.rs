//! The client's address: the peer's, unless the peer is a trusted proxy; then the nearest one that is not. And the network
//! that stands for it where tries are counted.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// The address to record, throttle and decide by.
pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    // A client may have put anything in front of what its proxy added, also bytes that are no text: a line of which one hop cannot
    // be read is read for the others.
    let lines = headers.get_all("x-forwarded-for").map(|value| String::from_utf8_lossy(value.as_bytes()));
    let lines: Vec<_> = lines.collect();
    resolve(peer, lines.iter().map(AsRef::as_ref), trusted)
}

/// The address, where `forwarded` are the values of `X-Forwarded-For`, in order.
fn resolve<'a>(peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut client = canonical(peer);
    // From the right: each hop was added by the one behind it, and only a trusted one is believed.
    // A list may have empty elements, which say nothing (RFC 9110, section 5.6.1).
    let hops = forwarded.rev().flat_map(|value| value.rsplit(',').map(str::trim)).filter(|hop| !hop.is_empty());
    for hop in hops {
        if !is_trusted(client) {
            break;
        }
        match parse(hop) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// An address as proxies write it: some append the port, some put IPv6 into brackets.
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(canonical)
}

/// An IPv4 address alone; an IPv6 address with its /64, which is one customer.
pub fn network(address: IpAddr) -> String {
    match canonical(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// An IPv4 address inside IPv6 is that IPv4 address.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seeded::{STORIES, Seeded};

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        resolve(peer.parse().unwrap(), forwarded.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_says() {
        assert_eq!(client("203.0.113.7", &["198.51.100.1"], &[]), "203.0.113.7");
        assert_eq!(client("203.0.113.7", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.7");
    }

    #[test]
    fn one_ipv6_customer_is_one_network() {
        let of = |address: &str| network(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!((of("203.0.113.7"), of("::ffff:203.0.113.7")), ("203.0.113.7".into(), "203.0.113.7".into()));
    }

    #[test]
    fn behind_trusted_proxies_the_nearest_untrusted_hop_is_the_client() {
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 203.0.113.7, 10.0.0.2"], &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "203.0.113.7"], &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(client("::ffff:10.0.0.1", &["203.0.113.7"], &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["203.0.113.7:4711"], &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:4711"], &["10.0.0.0/8"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]"], &["10.0.0.0/8"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.7,", " , "], &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["nonsense,,"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }

    /// Any address of either kind, and often one that has a meaning.
    fn address(chance: &Seeded) -> IpAddr {
        match chance.below(4) {
            0 => IpAddr::from(<[u8; 4]>::try_from(&chance.next().to_be_bytes()[..4]).unwrap()),
            1 => IpAddr::from((u128::from(chance.next()) << 64 | u128::from(chance.next())).to_be_bytes()),
            2 => format!("::ffff:10.0.0.{}", chance.below(256)).parse().unwrap(),
            _ => format!("10.{}.0.1", chance.below(256)).parse().unwrap(),
        }
    }

    #[test]
    fn whatever_is_said_an_untrusted_peer_is_itself() {
        let trusted: [IpNet; 2] = ["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let said: Vec<String> = (0..chance.below(4))
                .map(|_| match chance.below(2) {
                    0 => chance.text(40),
                    _ => format!("{}, {}", address(&chance), address(&chance)),
                })
                .collect();
            let said = || said.iter().map(String::as_str);
            let peer = address(&chance);
            assert_eq!(resolve(peer, said(), &[]), peer.to_canonical());
            if !trusted.iter().any(|net| net.contains(&peer.to_canonical())) {
                assert_eq!(resolve(peer, said(), &trusted), peer.to_canonical());
            }
            // Behind a trusted proxy, what the proxy adds counts, and nothing of what was said before it.
            let (proxy, client) = ("10.0.0.1".parse().unwrap(), format!("203.0.113.{}", chance.below(256)));
            let added = said().chain([client.as_str()]);
            assert_eq!(resolve(proxy, added, &trusted).to_string(), client);
            let in_one = format!("{},{client}", said().collect::<Vec<_>>().join(","));
            assert_eq!(resolve(proxy, [in_one.as_str()].into_iter(), &trusted).to_string(), client);
        }
    }
}
