//! The tree: the way from the root to one node is open, and each node on it shows what is right beneath it. Every other node
//! is a link that opens it, so that a page stays short in a tree of thousands.

use crate::access::ResourcePath;
use crate::resources::Resource;
use crate::resources::reading::Level;

/// One node as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafView {
    /// Where it is.
    pub path: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Which one.
    pub name: String,
    /// Whether it is the one that the page is about.
    pub current: bool,
}

impl LeafView {
    /// As seen on the page about `selected`.
    pub fn new(node: &Resource, selected: Option<&ResourcePath>) -> Self {
        Self {
            path: node.path.to_string(),
            kind: node.kind.clone(),
            name: node.name.clone(),
            current: selected == Some(&node.path),
        }
    }
}

/// The tree in the order in which it is written; a template cannot call itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A node that is closed, or has nothing beneath it.
    Leaf(LeafView),
    /// A node that is open: what follows is beneath it.
    Open(LeafView),
    /// There is more beneath the open node than is shown.
    More,
    /// The end of the open node.
    Close,
}

/// The steps of the tree whose open way these levels are.
pub fn steps(levels: &[Level], selected: &ResourcePath) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(root) = levels.first() {
        open(levels, &root.node, selected, &mut steps);
    }
    steps
}

fn open(levels: &[Level], node: &Resource, selected: &ResourcePath, steps: &mut Vec<Step>) {
    let leaf = LeafView::new(node, Some(selected));
    let level = levels.first().filter(|level| level.node.id == node.id && !level.children.nodes.is_empty());
    let Some(level) = level else { return steps.push(Step::Leaf(leaf)) };
    let beneath = &levels[1..];
    steps.push(Step::Open(leaf));
    for child in &level.children.nodes {
        match beneath.first() {
            Some(next) if next.node.id == child.id => open(beneath, child, selected, steps),
            _ => steps.push(Step::Leaf(LeafView::new(child, Some(selected)))),
        }
    }
    // The way goes on also where its next node is none of those that are shown.
    if let Some(next) =
        beneath.first().filter(|next| !level.children.nodes.iter().any(|child| child.id == next.node.id))
    {
        open(beneath, &next.node, selected, steps);
    }
    if level.children.more {
        steps.push(Step::More);
    }
    steps.push(Step::Close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::resources::reading::Few;

    fn node(id: i64, path: &str) -> Resource {
        let (kind, name) = path.rsplit(':').next().and_then(|last| last.split_once('=')).unwrap();
        let (kind, name, path) = (kind.to_owned(), name.to_owned(), path.parse().unwrap());
        let created_at = Timestamp::from_micros(0);
        Resource { id, parent_id: None, kind, name, path, created_at, version: 1 }
    }

    fn level(node: Resource, children: &[Resource], more: bool) -> Level {
        Level { node, children: Few { nodes: children.to_vec(), more } }
    }

    fn written(levels: &[Level], selected: &Resource) -> String {
        let word = |step: &Step| match step {
            Step::Leaf(leaf) | Step::Open(leaf) => {
                let open = if matches!(step, Step::Open(_)) { "(" } else { "" };
                format!("{}{}{open}", leaf.name, if leaf.current { "*" } else { "" })
            }
            Step::More => "…".into(),
            Step::Close => ")".into(),
        };
        steps(levels, &selected.path).iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_way_to_the_node_is_open_and_nothing_else() {
        let root = node(1, "o=r");
        let (a, b) = (node(2, "o=r:n=a"), node(3, "o=r:n=b"));
        let (c, d) = (node(4, "o=r:n=a:n=c"), node(5, "o=r:n=a:n=d"));
        assert_eq!(written(&[level(root.clone(), &[], false)], &root), "r*");
        let first = level(root.clone(), &[a.clone(), b.clone()], false);
        assert_eq!(written(std::slice::from_ref(&first), &root), "r*( a b )");
        let second = level(a.clone(), &[c.clone(), d], false);
        assert_eq!(written(&[first.clone(), second.clone()], &a), "r( a*( c d ) b )");
        let third = level(c.clone(), &[], false);
        assert_eq!(written(&[first, second, third], &c), "r( a( c* d ) b )");
    }

    #[test]
    fn a_node_that_is_not_among_the_first_is_shown_all_the_same() {
        let root = node(1, "o=r");
        let (a, z) = (node(2, "o=r:n=a"), node(3, "o=r:n=z"));
        let levels = [level(root, &[a], true), level(z.clone(), &[], false)];
        assert_eq!(written(&levels, &z), "r( a z* … )");
    }
}
