//! Keystead as people meet it: the built program, a real browser, and a system that was given a key.
//!
//! Needs Chromium, WebKitGTK and their drivers, Firefox, axe-core and puppeteer-core (`make test` installs them). With `KEYSTEAD_SCREENSHOTS=DIRECTORY`
//! pictures of every screen are saved there.
#![cfg(feature = "test-browser")]

mod support;

mod barriers;
mod copying;
mod demo;
mod engines;
mod finding;
mod forms_of_people;
mod input_errors;
mod invitation;
mod key_life;
mod key_use;
mod keyboard;
mod last_use;
mod parts_of_a_key;
mod policy;
mod rate_limits;
mod roles_of_people;
mod rotation;
mod secret_is_gone;
mod sent_once;
mod signing_keys;
mod small_screens;
