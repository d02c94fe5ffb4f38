//! The table of routes. Each feature exports its rows; they are mounted from the table alone, and 405 with `Allow` comes
//! from it too.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

use crate::access::Permission;

use super::Error;

/// How answers of a route look when something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// An HTML page.
    Page,
    /// `application/problem+json` (RFC 9457).
    Api,
    /// The JSON of RFC 6749, section 5.2.
    OAuth,
    /// `{"statusCode", "error", "message"}`, as clients of nullplatform read it.
    Compat,
}

/// Who may call a route. The verbs check it; the table says it, so that tests can hold both against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; no session is looked at.
    Public,
    /// Everybody with a browser: the pages before sign-in.
    Browser,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in and holds this permission: on the whole organization, or anywhere where it counts for each
    /// resource by itself.
    Needs(Permission),
}

/// The methods that a row answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Methods {
    /// This one. `GET` answers `HEAD` too.
    Only(Method),
    /// Every one alike, also those that somebody invents: a gateway asks with that of the request before it. But not `CONNECT`, for
    /// which a yes would open a tunnel (RFC 9110, section 9.3.6).
    Any,
}

impl Methods {
    /// Its name; `ANY` for every one.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Only(method) => method.as_str(),
            Self::Any => "ANY",
        }
    }

    /// Whether a request with this method is its.
    pub fn answers(&self, method: &Method) -> bool {
        match self {
            Self::Only(Method::GET) => matches!(*method, Method::GET | Method::HEAD),
            Self::Only(own) => method == own,
            Self::Any => *method != Method::CONNECT,
        }
    }
}

impl Display for Methods {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One row of the table.
#[derive(Clone)]
pub struct Route {
    /// What it answers.
    pub method: Methods,
    /// The path, with `{names}` for its variable segments.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// How its errors look.
    pub face: Face,
    /// Makes the actix route.
    pub handler: fn() -> actix_web::Route,
}

impl Route {
    /// A row for `GET` (and `HEAD`).
    pub const fn get(path: &'static str, access: Access, face: Face, handler: fn() -> actix_web::Route) -> Self {
        Self::new(Method::GET, path, access, face, handler)
    }

    /// A row for `POST`.
    pub const fn post(path: &'static str, access: Access, face: Face, handler: fn() -> actix_web::Route) -> Self {
        Self::new(Method::POST, path, access, face, handler)
    }

    /// A row for any other method.
    pub const fn new(
        method: Method,
        path: &'static str,
        access: Access,
        face: Face,
        handler: fn() -> actix_web::Route,
    ) -> Self {
        Self { method: Methods::Only(method), path, access, face, handler }
    }

    /// A row for every method: the only one of its path.
    pub const fn any(path: &'static str, access: Access, face: Face, handler: fn() -> actix_web::Route) -> Self {
        Self { method: Methods::Any, path, access, face, handler }
    }

    /// Whether the route belongs to the pages, with their session and cookies.
    pub fn is_for_browsers(&self) -> bool {
        self.access != Access::Public
    }
}

/// Mounts rows. Rows of one path share a resource, which answers other methods with 405.
pub fn mount(config: &mut ServiceConfig, routes: impl IntoIterator<Item = Route>) {
    let mut by_path: BTreeMap<&'static str, Vec<Route>> = BTreeMap::new();
    for route in routes {
        by_path.entry(route.path).or_default().push(route);
    }
    for (path, routes) in by_path {
        let allow = allow(&routes);
        let mut resource = web::resource(path);
        for route in routes {
            if route.method.answers(&Method::GET) {
                resource = resource.app_data(route.access);
            }
            resource = resource.app_data(route.face).route((route.handler)().guard(route.method));
        }
        config.service(resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move { Err::<String, _>(Error::method_not_allowed(allow)) }
        })));
    }
}

/// The value of `Allow` for the rows of one path.
fn allow(routes: &[Route]) -> String {
    let known = [Method::DELETE, Method::GET, Method::HEAD, Method::OPTIONS, Method::PATCH, Method::POST, Method::PUT];
    let answers = |method: &&Method| routes.iter().any(|route| route.method.answers(method));
    let mut methods: Vec<&str> = known.iter().filter(answers).map(Method::as_str).collect();
    methods.sort_unstable();
    methods.join(", ")
}

impl Guard for Methods {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        self.answers(&context.head().method)
    }
}
