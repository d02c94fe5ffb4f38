mod delete;
mod edit;
mod giving;
mod invite;
mod last_administrator;
mod link;
#[cfg(feature = "test-smtp")]
mod mail;
mod overview;
mod together;
