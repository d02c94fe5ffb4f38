//! The portal as people and programs meet it: over HTTP, on both databases. A folder for each feature.

mod support;

mod account;
mod api_keys;
mod audit;
mod compat;
mod db;
mod gateway;
mod mail;
mod oauth;
mod rate_limits;
mod resources;
mod roles;
mod settings;
mod sign_in;
mod signing_keys;
mod usage;
mod users;
mod verify;
mod web;
