mod axe;
pub mod browser;
mod clipboard;
mod dialog;
mod keyboard;
pub mod machine;
pub mod patience;
mod people;
pub mod person;
pub mod portal;
pub mod tour;

pub use browser::Browser;
pub use machine::Machine;
pub use person::Person;
pub use portal::Portal;
