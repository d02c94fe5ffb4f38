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
    /// The rules of the organization were changed.
    SettingsUpdated = "settings.updated", "Changed the settings";
    /// A key that signs access tokens was made.
    SigningKeyCreated = "signing_key.created", "Made a signing key";
    /// A key that signs access tokens was made, and takes the place of the last one after everybody may know it.
    SigningKeyRotated = "signing_key.rotated", "Rotated the signing keys";
    /// A key that signs access tokens was made at once, and all others were taken away.
    SigningKeyReplaced = "signing_key.replaced", "Replaced the signing keys at once";
    /// A person was added.
    UserCreated = "user.created", "Added the user";
    /// Somebody's name was changed, or their account switched off or on.
    UserUpdated = "user.updated", "Changed the user";
    /// A person was removed.
    UserDeleted = "user.deleted", "Deleted the user";
    /// A link to choose a first password was made.
    InvitationCreated = "invitation.created", "Invited the user";
    /// An invited person chose a password.
    InvitationAccepted = "invitation.accepted", "Accepted the invitation";
    /// A link to choose another password was made.
    PasswordResetCreated = "password_reset.created", "Made a link to reset the password";
    /// Somebody chose another password.
    PasswordChanged = "password.changed", "Changed the password";
    /// A role was given on a resource.
    GrantCreated = "grant.created", "Gave a role";
    /// A role on a resource was taken away.
    GrantDeleted = "grant.deleted", "Took a role away";
    /// A role was made.
    RoleCreated = "role.created", "Created the role";
    /// A role was changed.
    RoleUpdated = "role.updated", "Changed the role";
    /// A role was deleted, and every grant of it.
    RoleDeleted = "role.deleted", "Deleted the role";
    /// A resource was added.
    ResourceCreated = "resource.created", "Added the resource";
    /// A resource was renamed or moved.
    ResourceUpdated = "resource.updated", "Changed the resource";
    /// A resource was deleted with everything beneath it, and every grant on it.
    ResourceDeleted = "resource.deleted", "Deleted the resource";
    /// Somebody signed in.
    SessionCreated = "session.created", "Signed in";
    /// Somebody signed out.
    SessionEnded = "session.ended", "Signed out";
    /// Sessions were ended by somebody else, or from another browser.
    SessionsEnded = "sessions.ended", "Ended sessions";
    /// An API key was made.
    ApiKeyCreated = "api_key.created", "Created the key";
    /// An API key's name or end was changed.
    ApiKeyUpdated = "api_key.updated", "Changed the key";
    /// An API key was stopped for the time being.
    ApiKeyDisabled = "api_key.disabled", "Disabled the key";
    /// A disabled API key works again.
    ApiKeyEnabled = "api_key.enabled", "Enabled the key";
    /// An API key was given a new secret.
    ApiKeyRotated = "api_key.rotated", "Rotated the key";
    /// The old secret of a rotated API key was ended before its time.
    ApiKeyRotationFinished = "api_key.rotation_finished", "Finished the rotation of the key";
    /// The new secret of a rotated API key was withdrawn.
    ApiKeyRotationCancelled = "api_key.rotation_cancelled", "Cancelled the rotation of the key";
    /// A secret of an API key was ended by whoever has it.
    ApiKeySecretRevoked = "api_key.secret_revoked", "Revoked a secret of the key";
    /// An access token was ended before its time.
    AccessTokenRevoked = "access_token.revoked", "Revoked an access token";
    /// An API key was deleted.
    ApiKeyDeleted = "api_key.deleted", "Deleted the key";
}
