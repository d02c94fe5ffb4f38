//! The recipes of docs/gateways, run by the programs that they are for: between a client that writes what it
//! likes, Keystead, and an API that says what reached it.

mod addresses;
mod api;
mod credentials;
mod gateway;
mod headers;
mod outages;
mod paths;
mod questions;
mod recipe;
mod refusals;
mod scene;
mod sizes;
mod upgrades;
mod wire;

use gateway::Program;

/// Makes of one async function a test behind each program.
macro_rules! behind_each {
    ($($(#[$meta:meta])* async fn $name:ident($scene:ident: Scene) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn test($scene: &mut Scene) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn nginx() {
                test(&mut Scene::behind($crate::gateways::Program::Nginx).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn caddy() {
                test(&mut Scene::behind($crate::gateways::Program::Caddy).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn haproxy() {
                test(&mut Scene::behind($crate::gateways::Program::Haproxy).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn envoy() {
                test(&mut Scene::behind($crate::gateways::Program::Envoy).await).await;
            }
        }
    )+};
}
use behind_each;
