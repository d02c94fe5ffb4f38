//! Base 62 (`0-9A-Za-z`), most significant digit first. Not a general codec: just what identifiers and checksums need.

/// The digits, in order of their value.
pub const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A 32-bit number as six digits, padded with `0` on the left.
pub fn encode_u32(number: u32) -> [u8; 6] {
    let mut rest = number;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

/// Whether the text consists of base-62 digits alone.
pub fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits_most_significant_first() {
        assert_eq!(&encode_u32(0xCBF4_3926), b"3jZRME");
        assert_eq!(&encode_u32(0xFFFF_FFFF), b"4gfFC3");
        assert_eq!(&encode_u32(0), b"000000");
        assert_eq!(&encode_u32(1_953_097_282), b"28Azp4");
    }
}
