//! Numbers as pages write them.

/// `4,812`
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `4,812`, `24.2k`, `1.3M`: for where there is little room.
pub fn short(number: usize) -> String {
    match number {
        0..10_000 => thousands(number),
        10_000..1_000_000 => format!("{}.{}k", number / 1_000, number % 1_000 / 100),
        _ => format!("{}.{}M", thousands(number / 1_000_000), number % 1_000_000 / 100_000),
    }
}

/// `3 users`, `1 user`; `1,000+ users` where there may be more than were counted.
pub fn counted(number: usize, more: bool, noun: &str) -> String {
    let plural = if number == 1 && !more { "" } else { "s" };
    format!("{}{} {noun}{plural}", thousands(number), if more { "+" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (number, text) in
            [(0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (10_000, "10,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), text);
        }
        assert_eq!([0, 9_999, 10_000, 24_230, 999_999].map(short), ["0", "9,999", "10.0k", "24.2k", "999.9k"]);
        assert_eq!([1_000_000, 12_345_678].map(short), ["1.0M", "12.3M"]);
        assert_eq!(counted(1, false, "user"), "1 user");
        assert_eq!(counted(2, false, "API key"), "2 API keys");
        assert_eq!(counted(1_000, true, "user"), "1,000+ users");
        assert_eq!(counted(1, true, "user"), "1+ users");
    }
}
