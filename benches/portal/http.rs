//! As much of HTTP/1.1 as it takes to send a request and know where the answer ends.

/// A request as it goes over the wire; the connection stays open.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    text.into_bytes()
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    /// With the head.
    pub length: usize,
}

/// The answer at the beginning of what has arrived, or `None` while it is not complete.
pub fn answer(arrived: &[u8]) -> Option<Answer> {
    let end = arrived.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&arrived[..end]).expect("a head is ASCII");
    let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status line");
    let length = match header(head, "content-length").next() {
        Some(length) => length.parse().expect("a length"),
        // As 204 and 304 have it. Keystead never sends an answer whose length it does not know.
        None => 0,
    };
    (arrived.len() >= end + length).then(|| Answer { status, head: head.to_owned(), length: end + length })
}

/// The values of a header, of each line that has it.
pub fn header<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
