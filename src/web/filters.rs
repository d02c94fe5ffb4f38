//! What the bar above a list is made of.

/// Something to choose in the filter bar.
#[derive(Debug)]
pub struct ChoiceView {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// A filter that applies.
#[derive(Debug)]
pub struct AppliedView {
    /// What is filtered by.
    pub kind: &'static str,
    /// Which.
    pub value: String,
    /// The list without it.
    pub href: String,
}
