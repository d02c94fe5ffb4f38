//! `X-Forwarded-For`: an untrusted peer is itself whatever it says, and behind a trusted one nobody can pass for a proxy.

#![no_main]

use std::net::IpAddr;

use ipnet::IpNet;
use keystead::api_keys::AllowedAddresses;
use keystead::web::client_address::{network, resolve};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // The first line is the peer, each of the others a header.
    let mut lines = text.split('\n');
    let peer = lines.next().and_then(|line| line.parse().ok()).unwrap_or(IpAddr::from([203, 0, 113, 9]));
    let forwarded: Vec<&str> = lines.collect();
    let from = |peer, trusted: &[IpNet]| resolve(peer, forwarded.iter().copied(), trusted);
    let nets: Vec<IpNet> = ["10.0.0.0/8", "2001:db8::/32"].iter().map(|net| net.parse().expect("a network")).collect();
    let is_trusted = |address: IpAddr| nets.iter().any(|net| net.contains(&address.to_canonical()));
    assert_eq!(from(peer, &[]), peer.to_canonical());
    if !is_trusted(peer) {
        assert_eq!(from(peer, &nets), peer.to_canonical());
    }
    let proxy = IpAddr::from([10, 0, 0, 1]);
    let client = from(proxy, &nets);
    // It was said by somebody, or is the proxy's own.
    let said = |hop: &str| hop.contains(&client.to_string()) || hop.contains([':', '[']);
    assert!(client == proxy || forwarded.iter().any(|value| value.split(',').any(said)));
    // What the nearest trusted proxy adds is all that counts: the rest comes from the client.
    let added = [forwarded.as_slice(), &["203.0.113.7"]].concat();
    assert_eq!(resolve(proxy, added.into_iter(), &nets), IpAddr::from([203, 0, 113, 7]));
    assert!(!network(client).is_empty());
    // The other addresses that people type: what is read is printed, and read again.
    for text in &forwarded {
        let Ok(allowed) = AllowedAddresses::parse(text) else { continue };
        assert_eq!(AllowedAddresses::parse(&allowed.to_string()).as_ref(), Ok(&allowed));
    }
});
