//! The form that renames and moves a node, on the node's own page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::{Permission, ResourcePath};
use crate::resources::actions::{self, Wanted};
use crate::resources::problem::{KindProblem, NameProblem, ParentProblem};
use crate::resources::segment::SegmentProblems;
use crate::resources::{Mark, Resource, ResourceError, Segment};
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

use super::overview;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct EditForm {
    /// The path of the node above.
    pub parent: String,
    /// The kind.
    pub kind: String,
    /// The name.
    pub name: String,
}

impl EditForm {
    /// How the node is.
    pub fn of(node: &Resource, parent: &Resource) -> Self {
        Self { parent: parent.path.to_string(), kind: node.kind.clone(), name: node.name.clone() }
    }

    /// What was sent.
    pub fn read(pairs: &Pairs) -> Self {
        Self { parent: pairs.text("parent"), kind: pairs.text("kind"), name: pairs.text("name") }
    }

    /// What it means.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<Wanted, EditErrors> {
        let segment = Segment::parse(&self.kind, &self.name);
        let parent = match self.parent.trim() {
            "" => Err(ParentProblem::Empty),
            text => text.parse::<ResourcePath>().map_err(|_| ParentProblem::Unknown),
        };
        match (segment, parent) {
            (Ok(segment), Ok(parent)) => Ok(Wanted { parent, segment }),
            (segment, parent) => {
                let SegmentProblems { kind, name } = segment.err().unwrap_or_default();
                Err(EditErrors { kind, name, parent: parent.err() })
            }
        }
    }
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Default)]
pub struct EditErrors {
    /// With the kind.
    pub kind: Option<KindProblem>,
    /// With the name.
    pub name: Option<NameProblem>,
    /// With the node above.
    pub parent: Option<ParentProblem>,
}

impl EditErrors {
    /// How many there are.
    pub fn count(&self) -> usize {
        usize::from(self.kind.is_some()) + usize::from(self.name.is_some()) + usize::from(self.parent.is_some())
    }

    /// The problem behind an error that belongs to a field, with its status.
    ///
    /// # Errors
    /// The error itself where it belongs to none.
    pub fn of(error: ResourceError) -> Result<(StatusCode, Self), ResourceError> {
        let name = |problem| Self { name: Some(problem), ..Self::default() };
        let parent = |problem| Self { parent: Some(problem), ..Self::default() };
        let errors = match error {
            ResourceError::Taken => return Ok((StatusCode::CONFLICT, name(NameProblem::Taken))),
            ResourceError::TreeFull => return Ok((StatusCode::CONFLICT, name(NameProblem::TreeFull))),
            ResourceError::NoSuchParent => parent(ParentProblem::Unknown),
            ResourceError::BeneathItself => parent(ParentProblem::BeneathItself),
            ResourceError::TooDeep { levels } => parent(ParentProblem::TooDeep { levels }),
            other => return Err(other),
        };
        Ok((StatusCode::UNPROCESSABLE_ENTITY, errors))
    }
}

/// The form as the page shows it.
#[derive(Debug)]
pub struct EditView {
    /// Where it is sent.
    pub action: String,
    /// Which node it is about, and which version of it.
    pub seen: String,
    /// What stands in it.
    pub form: EditForm,
    /// What is wrong with that.
    pub errors: EditErrors,
    /// Whether somebody else was faster: then the form holds what was typed, and the page shows how it is now.
    pub changed: bool,
    /// Nodes to belong to.
    pub offered: Vec<String>,
}

impl EditView {
    /// The form about this node.
    pub fn new(node: &Resource, form: EditForm, errors: EditErrors, offered: &[ResourcePath]) -> Self {
        Self {
            action: overview::href(&node.path),
            seen: node.mark().to_string(),
            form,
            errors,
            changed: false,
            offered: offered.iter().filter(|path| !node.path.covers(path)).map(ToString::to_string).collect(),
        }
    }
}

/// The mark in a form.
///
/// # Errors
/// 400 where it has none.
pub fn mark(pairs: &Pairs) -> Result<Mark, Error> {
    let incomplete = |_| Error::bad_request("This form is incomplete. Open the page of the resource again.");
    pairs.text("seen").parse().map_err(incomplete)
}

/// "Save".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    let Form(pairs) = form;
    let (path, seen, mut form) = (overview::address(&path)?, mark(&pairs)?, EditForm::read(&pairs));
    let wanted = match form.parse() {
        Ok(wanted) => wanted,
        Err(errors) => return again(&req, &portal, &who, path, form, StatusCode::UNPROCESSABLE_ENTITY, errors).await,
    };
    let asked = path.clone();
    match who.write(&req, &portal, move |tx, act| actions::change(tx, act, &asked, seen, &wanted)).await? {
        Ok(node) => {
            let words = if node.mark() == seen { "as it was: nothing was different" } else { "updated" };
            let flash = Flash::ok(format!("{} is {words}.", node.name));
            Ok(page::redirect(&portal, &overview::href(&node.path), Some(flash)))
        }
        Err(ResourceError::Changed(node)) => {
            // Where the node was to stay beneath the same one, it stays beneath the one that it is beneath now.
            if form.parent.trim() == above(&path) {
                form.parent = above(&node.path).to_owned();
            }
            changed(&req, &portal, &who, node.path, form).await
        }
        Err(error) => {
            let (status, errors) = EditErrors::of(error)?;
            again(&req, &portal, &who, path, form, status, errors).await
        }
    }
}

/// The path of the node above, as far as the text says it.
fn above(path: &ResourcePath) -> &str {
    path.as_str().rsplit_once(':').map_or("", |(above, _)| above)
}

/// The page with what was typed, and what is wrong with it.
async fn again(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    path: ResourcePath,
    form: EditForm,
    status: StatusCode,
    errors: EditErrors,
) -> Result<HttpResponse, Error> {
    let mut view = overview::load(portal, who, path, None).await?;
    if let Some(edit) = &mut view.edit {
        (edit.form, edit.errors) = (form, errors);
    }
    overview::answer(req, portal, who, status, view)
}

/// The page as it is now, with what was typed over what had been there before.
async fn changed(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    path: ResourcePath,
    form: EditForm,
) -> Result<HttpResponse, Error> {
    let mut view = overview::load(portal, who, path, None).await?;
    if let Some(edit) = &mut view.edit {
        (edit.form, edit.changed) = (form, true);
    }
    overview::answer(req, portal, who, StatusCode::CONFLICT, view)
}
