//! The portal as people and programs meet it: over HTTP, on both databases. A folder for each feature.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

mod sign_in;
mod web;
