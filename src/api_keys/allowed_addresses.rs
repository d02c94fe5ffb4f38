//! The networks from which a key may be used.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::problem::AddressProblem;

/// Most entries of one key.
pub const MOST_ADDRESSES: usize = 50;

/// How many bits stand before the IPv4 address in an IPv4-mapped one (RFC 4291, section 2.5.5.2).
const MAPPED: u8 = 96;

/// Addresses and ranges from which a key may be used; without any it may be used from anywhere. Each once, in order, with the
/// bits behind the prefix cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedAddresses(Option<Vec<IpNet>>);

impl AllowedAddresses {
    /// Reads what a person typed: one entry per line, or several with commas between them.
    ///
    /// # Errors
    /// What is wrong with the first line that is none, or with their number.
    pub fn parse(text: &str) -> Result<Self, AddressProblem> {
        let mut networks = Vec::new();
        for (line, entries) in text.lines().enumerate() {
            for entry in entries.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                networks.push(network(line + 1, entry)?);
            }
        }
        networks.sort_unstable();
        networks.dedup();
        if networks.len() > MOST_ADDRESSES {
            return Err(AddressProblem::TooMany { count: networks.len() });
        }
        Ok(Self((!networks.is_empty()).then_some(networks)))
    }

    /// As the database has it. What is stored and cannot be read allows nothing: never more than was meant.
    pub(super) fn of_stored(text: &str) -> Self {
        let read = |entry: &str| {
            let network: Option<IpNet> = entry.parse().ok();
            if network.is_none() {
                tracing::error!(entry, "a key's allowed addresses cannot be read; this entry allows nothing");
            }
            network
        };
        Self((!text.is_empty()).then(|| text.split(' ').filter_map(read).collect()))
    }

    /// For the database: CIDR notation, separated by spaces; empty for anywhere.
    pub(super) fn stored(&self) -> String {
        self.networks().iter().map(IpNet::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Whether the key may be used from anywhere.
    pub const fn is_anywhere(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the key may be used from this address. An IPv4-mapped one is the IPv4 address that it maps.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.as_ref().is_none_or(|networks| networks.iter().any(|network| network.contains(&address)))
    }

    /// Whether every address from which the key may be used is one of the other's, too.
    pub fn is_within(&self, other: &Self) -> bool {
        let covered = |network: &IpNet| other.networks().iter().any(|wider| wider.contains(network));
        other.is_anywhere() || (!self.is_anywhere() && self.networks().iter().all(covered))
    }

    /// Each entry as people write it: a single address without a prefix.
    pub fn in_words(&self) -> Vec<String> {
        let words = |network: &IpNet| match network.prefix_len() == network.max_prefix_len() {
            true => network.addr().to_string(),
            false => network.to_string(),
        };
        self.networks().iter().map(words).collect()
    }

    fn networks(&self) -> &[IpNet] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// For a form: one entry per line.
impl fmt::Display for AllowedAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words().join("\n"))
    }
}

fn network(line: usize, entry: &str) -> Result<IpNet, AddressProblem> {
    let text = || entry.chars().take(64).collect::<String>();
    let (address, prefix) = entry.split_once('/').map_or((entry, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.trim().parse().map_err(|_| AddressProblem::NotAnAddress { line, text: text() })?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = match prefix.map(str::trim) {
        None => most,
        Some(digits) => digits
            .parse()
            .ok()
            .filter(|length| *length <= most && digits.bytes().all(|digit| digit.is_ascii_digit()))
            .ok_or_else(|| AddressProblem::Prefix { line, text: text(), most })?,
    };
    let range = match address {
        IpAddr::V4(address) => Ipv4Net::new(address, length).map(|net| IpNet::V4(net.trunc())),
        IpAddr::V6(address) => match unmapped(address, length) {
            Some(range) => range,
            None => Ipv6Net::new(address, length).map(|net| IpNet::V6(net.trunc())),
        },
    };
    range.map_err(|_| AddressProblem::Prefix { line, text: text(), most })
}

/// The IPv4 range that a range of IPv4-mapped addresses stands for.
fn unmapped(address: Ipv6Addr, length: u8) -> Option<Result<IpNet, ipnet::PrefixLenError>> {
    let (address, length) = (address.to_ipv4_mapped()?, length.checked_sub(MAPPED)?);
    Some(Ipv4Net::new(address, length).map(|net| IpNet::V4(net.trunc())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seeded::{STORIES, Seeded};

    fn words(text: &str) -> Vec<String> {
        AllowedAddresses::parse(text).unwrap().in_words()
    }

    #[test]
    fn lines_and_commas_separate_addresses_and_ranges() {
        let text = " 203.0.113.17/28 \r\n\n2001:DB8::1, 10.0.0.1\n10.0.0.1/32";
        assert_eq!(words(text), ["10.0.0.1", "203.0.113.16/28", "2001:db8::1"]);
        assert_eq!(words(" , \n"), [""; 0]);
        assert!(AllowedAddresses::parse("\n").unwrap().is_anywhere());
    }

    #[test]
    fn a_mapped_address_is_the_one_that_it_maps() {
        assert_eq!(words("::ffff:203.0.113.7"), ["203.0.113.7"]);
        assert_eq!(words("::ffff:203.0.113.7/120"), ["203.0.113.0/24"]);
        assert_eq!(words("::ffff:0:0/90"), ["::ffc0:0:0/90".parse::<IpNet>().unwrap().trunc().to_string()]);
        let allowed = AllowedAddresses::parse("203.0.113.0/24").unwrap();
        assert!(allowed.contains("::ffff:203.0.113.9".parse().unwrap()));
        assert!(!allowed.contains("203.0.114.9".parse().unwrap()));
        assert!(!allowed.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_range_is_named_with_its_line() {
        let wrong = |text: &str| AllowedAddresses::parse(text).unwrap_err();
        let prefix = |line, text: &str, most| AddressProblem::Prefix { line, text: text.into(), most };
        assert_eq!(wrong("203.0.113.16/28\n203.0.113.0/36"), prefix(2, "203.0.113.0/36", 32));
        assert_eq!(wrong("2001:db8::/129"), prefix(1, "2001:db8::/129", 128));
        for bad in ["10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0"] {
            assert_eq!(wrong(bad), prefix(1, bad, 32));
        }
        for bad in ["example.com", "10.0.0", "10.0.0.256", "010.0.0.1", "fe80::1%eth0", "10.0.0.1 10.0.0.2", "/8"] {
            assert_eq!(wrong(bad), AddressProblem::NotAnAddress { line: 1, text: bad.into() });
        }
    }

    #[test]
    fn there_are_at_most_fifty_of_them_each_counted_once() {
        let lines = |count: usize| (0..count).map(|last| format!("10.0.0.{last}\n")).collect::<String>();
        assert_eq!(words(&format!("{}10.0.0.0", lines(50))).len(), 50);
        assert_eq!(AllowedAddresses::parse(&lines(51)), Err(AddressProblem::TooMany { count: 51 }));
    }

    #[test]
    fn fewer_addresses_are_within_more() {
        let of = |text: &str| AllowedAddresses::parse(text).unwrap();
        for (narrow, wide) in
            [("", ""), ("10.0.0.1", ""), ("10.0.0.1\n10.1.0.0/16", "10.0.0.0/8\n::/0"), ("::1", "::/8")]
        {
            assert!(of(narrow).is_within(&of(wide)), "{narrow:?} within {wide:?}");
        }
        for (wide, narrow) in
            [("", "10.0.0.1"), ("10.0.0.0/8", "10.0.0.0/16"), ("10.0.0.1\n10.0.0.2", "10.0.0.1"), ("10.0.0.1", "::/0")]
        {
            assert!(!of(wide).is_within(&of(narrow)), "{wide:?} within {narrow:?}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back_and_what_cannot_be_read_allows_nothing() {
        let allowed = AllowedAddresses::parse("10.0.0.1\n2001:db8::/32").unwrap();
        assert_eq!(allowed.stored(), "10.0.0.1/32 2001:db8::/32");
        assert_eq!(AllowedAddresses::of_stored(&allowed.stored()), allowed);
        assert!(AllowedAddresses::of_stored("").contains("10.0.0.1".parse().unwrap()));
        assert!(!AllowedAddresses::of_stored("nonsense").contains("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_printed_and_what_is_stored_is_read_as_the_same() {
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let entry = |_| {
                let bits = u128::from(chance.next()) << 64 | u128::from(chance.next());
                let (address, most) = match chance.below(3) {
                    0 => (IpAddr::from(u32::try_from(bits >> 96).unwrap().to_be_bytes()), 32),
                    1 => (IpAddr::from(bits.to_be_bytes()), 128),
                    _ => (format!("::ffff:10.0.{}.7", chance.below(256)).parse().unwrap(), 128),
                };
                let between = *chance.one(&["\n", "\r\n", ",", " , "]);
                match chance.below(2) {
                    0 => format!("{address}{between}"),
                    _ => format!("{address}/{}{between}", chance.below(most + 1)),
                }
            };
            let typed: String = (0..chance.below(12)).map(entry).collect();
            let allowed = AllowedAddresses::parse(&typed).expect(&typed);
            assert_eq!(AllowedAddresses::parse(&allowed.to_string()).as_ref(), Ok(&allowed), "{typed}");
            assert_eq!(AllowedAddresses::of_stored(&allowed.stored()), allowed, "{typed}");
            assert!(allowed.is_within(&allowed) && allowed.networks().iter().all(|net| allowed.contains(net.addr())));
        }
    }

    #[test]
    fn no_text_is_more_than_refused() {
        for seed in 0..STORIES {
            let text = Seeded::new(seed).text(60);
            if let Ok(allowed) = AllowedAddresses::parse(&text) {
                assert_eq!(AllowedAddresses::parse(&allowed.to_string()), Ok(allowed), "{text:?}");
            }
        }
    }
}
