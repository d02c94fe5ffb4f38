use std::process::Command;

use serde_json::{Value, json};

use super::Portal;

/// The connected system that was given a key: it speaks HTTP, and has no browser.
pub struct Machine {
    address: String,
    client: reqwest::Client,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Machine {
    pub fn beside(portal: &Portal) -> Machine {
        Machine {
            address: portal.address.clone(),
            client: reqwest::Client::builder().no_proxy().build().expect("an HTTP client"),
        }
    }

    /// The code that `POST /api/v1/verify` gives for a key.
    pub async fn verifies(&self, key: &str) -> String {
        let answer = self.posts("/api/v1/verify", "application/json", json!({"key": key}).to_string()).await;
        assert_eq!(answer.status, 200, "verify always decides: {}", answer.body);
        let code = answer.body["code"].as_str().expect("a code").to_owned();
        assert_eq!(answer.body["valid"], code == "VALID", "{}", answer.body);
        code
    }

    pub async fn asks_for_a_token(&self, tenant: &str, client_id: &str, secret: &str) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", client_id)
            .append_pair("client_secret", secret)
            .finish();
        self.posts(&format!("/{tenant}/oauth2/token"), "application/x-www-form-urlencoded", form).await
    }

    /// Runs a command as it stands on the page, and reads the JSON it prints.
    pub fn runs(&self, command: &str) -> Value {
        let output = Command::new("sh").args(["-c", command]).env("NO_PROXY", "127.0.0.1").output().expect("a shell");
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
    }

    async fn posts(&self, path: &str, content_type: &str, body: String) -> Answer {
        let answer = self
            .client
            .post(format!("{}{path}", self.address))
            .header("content-type", content_type)
            .body(body)
            .send()
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"));
        Answer { status, body }
    }
}
