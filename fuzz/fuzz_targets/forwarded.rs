//! `X-Forwarded-For`: an untrusted peer is itself whatever it says, and behind a trusted one nobody can pass for a proxy.

#![no_main]

use std::net::IpAddr;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;
use keystead::api_keys::AllowedAddresses;
use keystead::web::client_address::{network, of};
use libfuzzer_sys::fuzz_target;

/// As the headers of a request, in order.
fn headers(lines: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append(HeaderName::from_static("x-forwarded-for"), value);
    }
    headers
}

fuzz_target!(|bytes: &[u8]| {
    // The first line is the peer, each of the others a header.
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let peer = lines.next().and_then(|line| std::str::from_utf8(line).ok()?.parse().ok());
    let peer = peer.unwrap_or(IpAddr::from([203, 0, 113, 9]));
    let lines: Vec<&[u8]> = lines.collect();
    let from = |peer, trusted: &[IpNet]| of(peer, &headers(&lines), trusted);
    let nets: Vec<IpNet> = ["10.0.0.0/8", "2001:db8::/32"].iter().map(|net| net.parse().expect("a network")).collect();
    let is_trusted = |address: IpAddr| nets.iter().any(|net| net.contains(&address.to_canonical()));
    assert_eq!(from(peer, &[]), peer.to_canonical());
    if !is_trusted(peer) {
        assert_eq!(from(peer, &nets), peer.to_canonical());
    }
    let proxy = IpAddr::from([10, 0, 0, 1]);
    let client = from(proxy, &nets);
    let texts: Vec<_> = lines.iter().map(|line| String::from_utf8_lossy(line)).collect();
    // It was said by somebody, or is the proxy's own.
    let said = |hop: &str| hop.contains(&client.to_string()) || hop.contains([':', '[']);
    assert!(client == proxy || texts.iter().any(|value| value.split(',').any(said)));
    // What the nearest trusted proxy adds is all that counts, in a line of its own or behind the client's: the rest comes from the
    // client.
    let added = [lines.as_slice(), &[b"203.0.113.7"]].concat();
    assert_eq!(of(proxy, &headers(&added), &nets), IpAddr::from([203, 0, 113, 7]));
    let readable: Vec<&[u8]> = lines.iter().copied().filter(|line| HeaderValue::from_bytes(line).is_ok()).collect();
    let joined = [readable.join(&b", "[..]).as_slice(), b", 203.0.113.7"].concat();
    assert_eq!(of(proxy, &headers(&[&joined]), &nets), IpAddr::from([203, 0, 113, 7]));
    assert!(!network(client).is_empty());
    // The other addresses that people type: what is read is printed, and read again.
    for text in &texts {
        let Ok(allowed) = AllowedAddresses::parse(text) else { continue };
        assert_eq!(AllowedAddresses::parse(&allowed.to_string()).as_ref(), Ok(&allowed));
    }
});
