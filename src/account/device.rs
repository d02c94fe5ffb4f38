//! What a browser calls itself, in words that a person recognises it by. A guess for reading; nothing is decided by it.

/// The first that is found wins: most browsers also claim to be the older ones further down.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// `Firefox on Linux`.
pub(super) fn in_words(device: Option<&str>) -> String {
    let Some(text) = device.filter(|text| !text.is_empty()) else { return "Unknown browser".into() };
    let find =
        |words: &[(&str, &'static str)]| words.iter().find(|(sign, _)| text.contains(sign)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        // Not a browser that we know: its own first word, such as "curl/8.5".
        (None, None) => text.split_whitespace().next().unwrap_or_default().chars().take(40).collect(),
    }
}

/// Whether it is held in a hand.
pub(super) fn is_phone(device: Option<&str>) -> bool {
    device.is_some_and(|text| ["iPhone", "Android", "Mobile"].iter().any(|sign| text.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_by_name_and_system() {
        for (device, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                "Safari on iOS",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(in_words(Some(device)), words);
        }
        assert_eq!(in_words(None), "Unknown browser");
        assert!(is_phone(Some("Mozilla/5.0 (iPhone; …)")) && !is_phone(Some("curl/8")));
    }
}
