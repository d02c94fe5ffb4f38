//! The text of a key, in any environment: whatever is read is exactly what is printed, and one bit of it more or less is refused.

#![no_main]

use keystead::api_keys::key_id::{EXAMPLE_ID, is_key_id};
use keystead::api_keys::secret_text::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let environment = text.split('_').nth(1).unwrap_or_default();
    for environment in [environment, "live"] {
        match parse(text, environment) {
            Ok(key_id) => {
                assert!(is_key_id(key_id) && key_id != EXAMPLE_ID);
                assert!(text.starts_with(&format!("ks_{environment}_{key_id}_")));
                let mut bytes = text.as_bytes().to_vec();
                let (at, bit) =
                    (bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % bytes.len(), bytes[0] % 7);
                bytes[at] ^= 1 << bit;
                let flipped = String::from_utf8(bytes).expect("ASCII");
                assert!(parse(&flipped, environment).is_err());
            }
            // What is told names no more than an environment.
            Err(malformed) => assert!(malformed.to_string().len() < 200),
        }
    }
});
