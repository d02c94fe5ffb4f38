//! Uses of keys that are there before a test begins.

use keystead::access::TenantScope;
use keystead::usage::{Call, Recorder};

use super::{Key, Portal};

impl Portal {
    /// A call with the right secret of this key, now, from this address.
    pub async fn call(&self, key: &Key, code: &'static str, address: &str) -> Call {
        let of_key = format!("FROM api_keys WHERE key_id = '{}'", key.key_id);
        let api_key = self.number(&format!("SELECT id {of_key}")).await;
        let tenant = TenantScope::from_row(self.number(&format!("SELECT tenant_id {of_key}")).await);
        let secret = self.number(&format!("SELECT MAX(id) FROM api_key_secrets WHERE api_key_id = {api_key}")).await;
        let address = Some(address.parse().expect("an address"));
        Call { tenant, api_key, secret: Some(secret), at: self.inner.clock.now(), address, code }
    }

    /// The key was called so long ago, as another node has written it.
    pub async fn was_called(&self, key: &Key, seconds_ago: i64, code: &'static str, addresses: &[&str]) {
        let node = Recorder::default();
        for address in addresses {
            let call = self.call(key, code, address).await;
            node.note(&Call { at: call.at.plus_seconds(-seconds_ago), ..call });
        }
        self.writes(&node).await;
    }

    /// Writes what a node holds.
    pub async fn writes(&self, node: &Recorder) {
        node.write(&self.inner.db).await.expect("it is written");
    }
}
