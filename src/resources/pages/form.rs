//! The form that names a node and says where it belongs: what is typed into it, what is wrong with that, and the address it is
//! about. Adding has the same fields.

use actix_web::http::StatusCode;

use crate::access::ResourcePath;
use crate::resources::actions::Wanted;
use crate::resources::problem::{KindProblem, NameProblem, ParentProblem};
use crate::resources::segment::SegmentProblems;
use crate::resources::{Mark, Resource, ResourceError, Segment};
use crate::web::Error;
use crate::web::form::Pairs;

/// The path in an address. What is none is an address of nothing.
///
/// # Errors
/// 404.
pub fn address(path: &str) -> Result<ResourcePath, Error> {
    path.parse().map_err(|_| Error::not_found())
}

/// The address of a node's page.
pub fn href(path: &ResourcePath) -> String {
    format!("/resources/{path}")
}

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
            action: href(&node.path),
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
