pub mod browser;
pub mod machine;
pub mod patience;
pub mod people;
pub mod person;
pub mod portal;
pub mod tour;

pub use browser::Browser;
pub use machine::Machine;
pub use person::Person;
pub use portal::Portal;
