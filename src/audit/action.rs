//! The kinds of events, with the word that is stored and the words on screen.

use std::str::FromStr;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $stored:literal, $words:literal;)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            /// The word that is stored and exported. Never changed once released.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $stored,)+ }
            }

            /// The words on screen.
            pub const fn in_words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }
        }

        impl FromStr for Action {
            type Err = ();

            fn from_str(stored: &str) -> Result<Self, ()> {
                match stored { $($stored => Ok(Self::$name),)+ _ => Err(()) }
            }
        }
    };
}

actions! {
    /// The database was made.
    InstallationCreated = "installation.created", "Made the installation";
    /// An organization was added.
    TenantCreated = "tenant.created", "Added the organization";
    /// A key that signs access tokens was made.
    SigningKeyCreated = "signing_key.created", "Made a signing key";
    /// A person was added.
    UserCreated = "user.created", "Added the user";
    /// A role was given on a resource.
    GrantCreated = "grant.created", "Gave a role";
    /// Somebody signed in.
    SessionCreated = "session.created", "Signed in";
    /// Somebody signed out.
    SessionEnded = "session.ended", "Signed out";
    /// An API key was made.
    ApiKeyCreated = "api_key.created", "Created the key";
    /// An API key was deleted.
    ApiKeyDeleted = "api_key.deleted", "Deleted the key";
}
