//! What a client or a gateway sends in `Authorization` and `X-API-Key`: whatever is read is what would be printed, and a text
//! that is no header is refused without a fall.

#![no_main]

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead::gateway::{Credential, read_credential};
use keystead::oauth::basic_credentials;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let inside = format!("Basic {}", STANDARD.encode(bytes));
    for header in [String::from_utf8_lossy(bytes).as_ref(), &inside] {
        let Some((id, secret)) = basic_credentials(header) else { continue };
        assert!(!id.contains('\0') && !secret.expose().contains('\0'));
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let printed = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(&id), encoded(secret.expose()))));
        let (id_again, secret_again) = basic_credentials(&printed).expect("what was printed");
        assert!(id_again == id && secret_again.expose() == secret.expose());
    }
    for name in [AUTHORIZATION, HeaderName::from_static("x-api-key")] {
        let Ok(value) = HeaderValue::from_bytes(bytes) else { continue };
        let mut headers = HeaderMap::new();
        headers.append(name.clone(), value.clone());
        if let Ok(Credential::Token(token)) = read_credential(&headers) {
            assert!(name == AUTHORIZATION && token.expose().contains('.'));
        }
        headers.append(name, value);
        assert!(read_credential(&headers).is_err(), "two are none");
    }
});
