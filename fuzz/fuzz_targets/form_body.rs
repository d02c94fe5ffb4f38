//! The query and the body of a request for a token: urlencoded, as multipart, or of a type that is neither.

#![no_main]

use std::collections::HashSet;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::TestRequest;
use keystead::oauth::read_parameters;
use keystead::web::form::Pairs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first line is the query, the second begins the type of the body.
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let [query, kind, body] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let content_type = match kind.first() {
        Some(b'm') => "multipart/form-data; boundary=b",
        Some(b't') => "text/plain",
        _ => "application/x-www-form-urlencoded",
    };
    // What may stand in an address: the rest never comes as far as this.
    let query: String = query
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric() || b"%&=+._-~;*".contains(byte))
        .map(|byte| *byte as char)
        .collect();
    let request = TestRequest::post().uri(&format!("/acme/oauth2/token?{query}"));
    let (request, mut payload) =
        request.insert_header((CONTENT_TYPE, content_type)).set_payload(body.to_vec()).to_http_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let Ok(mut pairs) = runtime.block_on(read_parameters(&request, &mut payload)) else { return };
    // The one parameter that may come several times.
    let resources = pairs.take_all("resource");
    assert!(resources.iter().all(|value| !value.is_empty() && !value.contains(['\0', '\u{fffd}'])));
    let names: Vec<&str> = pairs.names().collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "each once");
    let mut printed = form_urlencoded::Serializer::new(String::new());
    for name in &names {
        let value = pairs.get(name).expect("its value");
        assert!(!value.is_empty(), "an empty one counts as not given");
        assert!(![*name, value].iter().any(|text| text.contains(['\0', '\u{fffd}'])));
        printed.append_pair(name, value);
    }
    let again = Pairs::parse(printed.finish().as_bytes()).expect("what was printed");
    assert!(names.iter().all(|name| again.get(name) == pairs.get(name)) && again.names().count() == names.len());
});
