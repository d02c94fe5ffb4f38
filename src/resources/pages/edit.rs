//! The form that renames and moves a node, on the node's own page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::{Permission, ResourcePath};
use crate::resources::ResourceError;
use crate::resources::actions;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

use super::form::{EditErrors, EditForm, address, href, mark};
use super::overview;

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
    let (path, seen, mut form) = (address(&path)?, mark(&pairs)?, EditForm::read(&pairs));
    let wanted = match form.parse() {
        Ok(wanted) => wanted,
        Err(errors) => return again(&req, &portal, &who, path, form, StatusCode::UNPROCESSABLE_ENTITY, errors).await,
    };
    let asked = path.clone();
    match who.write(&req, &portal, move |tx, act| actions::change(tx, act, &asked, seen, &wanted)).await? {
        Ok(node) => {
            let words = if node.mark() == seen { "as it was: nothing was different" } else { "updated" };
            let flash = Flash::ok(format!("{} is {words}.", node.name));
            Ok(page::redirect(&portal, &href(&node.path), Some(flash)))
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
