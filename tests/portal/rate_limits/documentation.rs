//! What the documentation promises is what the code does.

use keystead::rate_limits::{
    GUESSES_AT_ONCE, GUESSES_PER_SECOND, LOOK_UPS, MOST, PATIENCE, SECRETS, WAITING, WAITING_FROM_ONE,
};

const PAGE: &str = include_str!("../../../docs/rate-limits.md");

/// The number in the row of the table that begins with these words.
#[track_caller]
fn promised(words: &str) -> u64 {
    let row = PAGE.lines().find_map(|line| line.strip_prefix(&format!("| {words} | "))).expect(words);
    let digits: String = row.chars().take_while(|letter| *letter != '|').filter(char::is_ascii_digit).collect();
    digits.parse().expect(row)
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_code() {
    assert_eq!(promised("Requests of a limit, at most"), u64::from(MOST));
    assert_eq!(promised("Wrong secrets from one network, a second"), u64::from(GUESSES_PER_SECOND));
    assert_eq!(promised("Wrong secrets from one network, at once"), u64::from(GUESSES_AT_ONCE));
    for (words, number) in [
        ("Look-ups at the same time of secrets that were not right lately", LOOK_UPS),
        ("Secrets that wait for such a look-up, at most", WAITING),
        ("Of these, from one network, at most", WAITING_FROM_ONE),
        ("Right secrets that a node remembers, at most", SECRETS),
    ] {
        assert_eq!(promised(words), u64::try_from(number).expect("a number"), "{words}");
    }
    assert_eq!(promised("Seconds that a secret waits, at most"), PATIENCE.as_secs());
}
