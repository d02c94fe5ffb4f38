//! The rows "role on resource" of a form: as they were typed, and as they are sent back. Which roles and resources are
//! offered is for the page to say.

use crate::access::{Grant, ResourcePath};
use crate::web::form::Pairs;

use super::{GrantsError, Wanted};

/// Most rows that a form may have.
pub const MOST: usize = 100;

/// One row as it was typed. Empty where nothing was chosen yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantRow {
    /// The role's slug.
    pub role: String,
    /// The resource's path.
    pub resource: String,
}

impl GrantRow {
    /// Nothing was chosen in it: as good as no row.
    pub fn is_empty(&self) -> bool {
        self.role.is_empty() && self.resource.is_empty()
    }

    /// What it asks for.
    ///
    /// # Errors
    /// What is missing, or is no path.
    pub fn wanted(&self) -> Result<Wanted, RowProblem> {
        if self.role.is_empty() {
            return Err(RowProblem::NoRole);
        }
        if self.resource.is_empty() {
            return Err(RowProblem::NoResource);
        }
        let resource: ResourcePath = self.resource.parse().map_err(|_| RowProblem::UnknownResource)?;
        Ok(Wanted { role: self.role.clone(), resource })
    }
}

/// Why a row asks for nothing that could be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowProblem {
    /// No role was chosen.
    NoRole,
    /// No resource was chosen.
    NoResource,
    /// There is no such role, or no more.
    UnknownRole,
    /// There is no such resource, or no more.
    UnknownResource,
    /// It is not this person's to give, with the reason.
    CannotGive(String),
    /// It is one more than [`MOST`].
    OneTooMany,
}

impl RowProblem {
    /// The field of the row that it belongs to, as names and ids have it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoRole | Self::UnknownRole | Self::OneTooMany => "role",
            Self::NoResource | Self::UnknownResource | Self::CannotGive(_) => "resource",
        }
    }
}

/// What the rows ask for, without the empty ones.
///
/// # Errors
/// The number of each row that asks for nothing that could be given, with the reason.
pub fn wanted(rows: &[GrantRow]) -> Result<Vec<Wanted>, Vec<(usize, RowProblem)>> {
    let (mut wanted, mut problems) = (Vec::new(), Vec::new());
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        match row.wanted() {
            Ok(_) if wanted.len() == MOST => problems.push((number, RowProblem::OneTooMany)),
            Ok(new) => wanted.push(new),
            Err(problem) => problems.push((number, problem)),
        }
    }
    // The first of those that are too many is enough to say so.
    let first_too_many = problems.iter().position(|(_, problem)| *problem == RowProblem::OneTooMany);
    problems.truncate(first_too_many.map_or(problems.len(), |at| at + 1));
    if problems.is_empty() { Ok(wanted) } else { Err(problems) }
}

/// The first row that the verb found nothing for, with the reason.
pub fn refused_row(rows: &[GrantRow], error: &GrantsError) -> Option<(usize, RowProblem)> {
    let find = |fits: &dyn Fn(&GrantRow) -> bool| rows.iter().position(fits);
    match error {
        GrantsError::NoSuchRole(slug) => Some((find(&|row| row.role == *slug)?, RowProblem::UnknownRole)),
        GrantsError::NoSuchResource(path) => {
            Some((find(&|row| row.resource == path.as_str())?, RowProblem::UnknownResource))
        }
        GrantsError::CannotGive(cannot) => {
            let fits = |row: &GrantRow| row.role == cannot.slug && row.resource == cannot.resource.as_str();
            Some((find(&fits)?, RowProblem::CannotGive(cannot.to_string())))
        }
        GrantsError::Db(_) => None,
    }
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
}

/// The rows as a page shows them.
#[derive(Debug, Clone, Default)]
pub struct RowsView {
    /// The rows.
    pub rows: Vec<GrantRow>,
    /// What is wrong with some of them.
    pub problems: Vec<(usize, RowProblem)>,
    /// The roles to choose from.
    pub roles: Vec<Choice>,
    /// The resources to choose from.
    pub resources: Vec<Choice>,
    /// Whether there are too many of them to choose from: then the path is typed.
    pub types_path: bool,
    /// The row that is added.
    pub blank: GrantRow,
}

/// Most resources that a form offers to choose from.
pub const MOST_RESOURCES: usize = 200;

impl RowsView {
    /// From the rows, the roles that are offered and those that are not, and the resources; `paths` holds one more than
    /// [`MOST_RESOURCES`] where there are more. What a row holds already can be chosen in any case.
    pub fn new(
        rows: Vec<GrantRow>,
        mut roles: Vec<Choice>,
        others: Vec<Choice>,
        root: &ResourcePath,
        paths: &[ResourcePath],
    ) -> Self {
        roles.extend(others.into_iter().filter(|choice| rows.iter().any(|row| row.role == choice.value)));
        let types_path = paths.len() > MOST_RESOURCES;
        let choice = |path: &ResourcePath| Choice { value: path.to_string(), label: beneath(root, path) };
        let mut resources: Vec<Choice> =
            paths.iter().take(if types_path { 0 } else { MOST_RESOURCES }).map(choice).collect();
        let add = |choices: &mut Vec<Choice>, value: &String| {
            if !value.is_empty() && !choices.iter().any(|choice| choice.value == *value) {
                choices.push(Choice { value: value.clone(), label: value.clone() });
            }
        };
        for row in &rows {
            add(&mut roles, &row.role);
            add(&mut resources, &row.resource);
        }
        Self { rows, roles, resources, types_path, ..Self::default() }
    }

    /// The name of a role in a row.
    pub fn role_name(&self, slug: &str) -> &str {
        self.roles.iter().find(|choice| choice.value == slug).map_or("", |choice| choice.label.as_str())
    }

    /// What is wrong with a row.
    pub fn problem(&self, number: &usize) -> Option<RowProblem> {
        self.problems.iter().find(|(at, _)| at == number).map(|(_, problem)| problem.clone())
    }

    /// Nothing is wrong with a row that is not there yet.
    pub const fn no_problem(&self) -> Option<RowProblem> {
        None
    }
}

/// A path as people read it: without the root that all of them share.
pub fn beneath(root: &ResourcePath, path: &ResourcePath) -> String {
    match path.as_str().strip_prefix(root.as_str()).and_then(|rest| rest.strip_prefix(':')) {
        Some(rest) => rest.replace(':', " / "),
        None => "The whole organization".to_owned(),
    }
}

impl From<&Grant> for GrantRow {
    fn from(grant: &Grant) -> Self {
        Self { role: grant.role.clone(), resource: grant.resource.to_string() }
    }
}

/// The rows of a form, in the order of their numbers; there may be gaps, where the script took a row out.
pub fn rows_of(pairs: &Pairs) -> Vec<GrantRow> {
    let number = |name: &str| -> Option<usize> { name.strip_prefix("grant-role-")?.parse().ok() };
    let mut numbers: Vec<usize> = pairs.names().filter_map(number).collect();
    numbers.sort_unstable();
    let row = |number: usize| GrantRow {
        role: pairs.text(&format!("grant-role-{number}")),
        resource: pairs.text(&format!("grant-resource-{number}")).trim().to_owned(),
    };
    numbers.into_iter().map(row).collect()
}

/// Adds a row, or takes one out, where the button asked for that: `add-grant`, `remove-grant-2`. Answers whether it did.
pub fn rearrange(rows: &mut Vec<GrantRow>, action: &str) -> bool {
    if action == "add-grant" {
        if rows.len() < MOST {
            rows.push(GrantRow::default());
        }
        return true;
    }
    let Some(number) = action.strip_prefix("remove-grant-") else { return false };
    if let Some(at) = number.parse::<usize>().ok().filter(|at| *at < rows.len()) {
        rows.remove(at);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_the_order_of_their_numbers_with_gaps_or_without() {
        let pairs =
            Pairs::parse(b"grant-role-7=ops&grant-resource-7=a%3Db&grant-role-2=ci&grant-resource-2=&x=1").unwrap();
        let rows = rows_of(&pairs);
        assert_eq!(rows.iter().map(|row| row.role.as_str()).collect::<Vec<_>>(), ["ci", "ops"]);
        assert_eq!(wanted(&rows), Err(vec![(0, RowProblem::NoResource)]));
        assert_eq!(rows[1].wanted().unwrap().resource.as_str(), "a=b");
    }

    #[test]
    fn a_button_adds_a_row_or_takes_one_out() {
        let mut rows = vec![GrantRow { role: "ci".into(), resource: "a=b".into() }];
        assert!(rearrange(&mut rows, "add-grant"));
        assert!(rows[1].is_empty());
        assert!(rearrange(&mut rows, "remove-grant-0"));
        assert!(rearrange(&mut rows, "remove-grant-9"));
        assert_eq!(rows, [GrantRow::default()]);
        assert!(!rearrange(&mut rows, "save"));
    }
}
