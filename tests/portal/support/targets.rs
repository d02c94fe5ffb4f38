//! One of each thing of Acme that an address can name, to be asked for by everybody, and deleted by some.

use keystead::access::BuiltIn;

use super::{PASSWORD, Portal, Visitor};

/// What an address can name. The words that people gave them all hold `canary`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    pub key_id: String,
    pub user_id: String,
    pub role: String,
    /// The path of a resource.
    pub path: String,
    /// What the owner's own page calls another session of the owner.
    pub session: String,
    /// The code of a link.
    pub code: String,
}

impl Targets {
    /// The address of a route with these in it.
    pub fn address(&self, path: &str) -> String {
        match path {
            "/assets/{hash}/{file:.*}" => keystead::web::static_files::asset("img/icons.svg").to_owned(),
            path => path
                .replace("{tenant}", "acme")
                .replace("{key_id}", &self.key_id)
                .replace("{user_id}", &self.user_id)
                .replace("{role}", &self.role)
                .replace("{path}", &self.path)
                .replace("{session}", &self.session)
                .replace("{code}", &self.code),
        }
    }
}

/// Makes targets, each with a number of its own.
pub struct Maker<'a> {
    portal: &'a Portal,
    /// Somebody who may make keys.
    ada: Visitor<'a>,
    number: usize,
    /// One for all: looking at the page behind a link uses nothing up.
    code: String,
}

impl<'a> Maker<'a> {
    /// For this portal, in which Ada is signed in.
    pub fn new(portal: &'a Portal, ada: Visitor<'a>) -> Self {
        Self { portal, ada, number: 10, code: String::new() }
    }

    /// One of each; the session is this person's.
    pub async fn all(&mut self, email: &str) -> Targets {
        let mut targets = Targets::default();
        self.renew(&mut targets, "{key_id} {user_id} {role} {path} {session} {code}", email).await;
        targets
    }

    /// Another one of each that this address names.
    pub async fn renew(&mut self, targets: &mut Targets, path: &str, email: &str) {
        self.number += 1;
        let name = format!("canary-{}", self.number);
        if path.contains("{key_id}") {
            targets.key_id = self.ada.makes_key(&name).await.key_id;
        }
        if path.contains("{user_id}") {
            targets.user_id = format!("{:012}", self.number);
            let email = format!("{name}@acme.example");
            self.portal.has_user_at(&targets.user_id, &email, &name, BuiltIn::Member).await;
        }
        if path.contains("{role}") {
            targets.role.clone_from(&name);
            self.portal.has_role(&targets.role, &["invoices:read"]).await;
        }
        if path.contains("{path}") {
            targets.path = format!("organization=acme:namespace={name}");
            self.portal.has_resource(&targets.path).await;
        }
        if path.contains("{session}") {
            let (mut here, mut elsewhere) = (self.portal.visitor(), self.portal.visitor());
            elsewhere.signs_in(email, PASSWORD).await.redirects_to("/api-keys");
            here.signs_in(email, PASSWORD).await.redirects_to("/api-keys");
            let forms = here.get("/account").await.is(200).attributes("action");
            let own = forms.into_iter().find_map(|form| form.strip_prefix("/account/sessions/").map(str::to_owned));
            targets.session = own.expect("the other session");
        }
        if path.contains("{code}") {
            if self.code.is_empty() {
                self.code = self.portal.invites("invited-canary@acme.example").await;
            }
            targets.code.clone_from(&self.code);
        }
    }
}
