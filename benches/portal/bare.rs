//! The least that an actix handler can do with the same request: read the JSON, answer with JSON.

use std::process::Command;

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::program::Running;

#[derive(serde::Deserialize)]
struct Question {
    key: String,
}

/// As long as the answer of `POST /api/v1/verify` to a key without grants and tags: 120 bytes.
#[derive(serde::Serialize)]
struct Answer {
    valid: bool,
    code: &'static str,
    tenant: &'static str,
    client_id: &'static str,
    key_id: &'static str,
    padding: &'static str,
}

/// In a process of its own, as Keystead is.
pub fn start() -> Running {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("bare");
    Running::start(command, "The bare handler is ready at ")
}

#[actix_web::main]
pub async fn serve() {
    let server = HttpServer::new(|| App::new().route("/bare", web::post().to(answer)))
        .bind(("127.0.0.1", 0))
        .expect("a free port");
    println!("The bare handler is ready at http://{}", server.addrs()[0]);
    server.run().await.expect("it serves");
}

async fn answer(question: web::Json<Question>) -> HttpResponse {
    HttpResponse::Ok().json(Answer {
        valid: !question.key.is_empty(),
        code: "VALID",
        tenant: "acme",
        client_id: "bench",
        key_id: "4Jq9ZbT0kLw2",
        padding: "..................",
    })
}
