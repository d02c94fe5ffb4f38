//! The portal as people and programs meet it: over HTTP, on both databases. A folder for each feature.

mod support;

mod sign_in;
mod web;
