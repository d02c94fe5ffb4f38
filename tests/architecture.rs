//! The shape of the sources, read as text: which folder may import which, where SQL lives, and what a page may contain.

use std::fs;
use std::path::{Path, PathBuf};

/// The table of src/lib.rs, from the bottom of the building up: a folder imports only what stands before its row. The last
/// row of the table is a row for each word here.
const ORDER: &[&[&str]] = &[
    &["base"],
    &["db"],
    &["mail"],
    &["access"],
    &["web"],
    &["audit"],
    &["installation"],
    &["tenants"],
    &["signing_keys"],
    &["grants"],
    &["resources", "roles"],
    &["usage"],
    &["rate_limits"],
    &["sessions", "invitations"],
    &["users"],
    &["sign_in"],
    &["account"],
    &["api_keys"],
    &["settings"],
    &["verify"],
    &["oauth"],
    &["gateway"],
    &["compat"],
    &["health"],
    &["config"],
    &["app"],
    &["cli"],
];

/// The last row of the table, whose words import each other from left to right.
const LAST: [&str; 3] = ["config", "app", "cli"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder, with their names from the repository's root.
fn files(folder: &str) -> Vec<(String, String)> {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { visit(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    visit(&root().join(folder), &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    found.iter().map(|path| (name(path), String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())).collect()
}

/// Source files without their comments. Links of documentation may point anywhere.
fn sources() -> Vec<(String, String)> {
    let code = |text: &str| {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    };
    files("src").into_iter().filter(|(name, _)| name.ends_with(".rs")).map(|(name, text)| (name, code(&text))).collect()
}

/// The folder (or single file) of `src` that a file belongs to; nothing for the crate's own two.
fn folder_of(name: &str) -> Option<&str> {
    let first = name.strip_prefix("src/")?.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|folder| !["lib", "main"].contains(folder))
}

/// The first names behind each `crate::`, also those in braces.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `keystead_crate::` and such are other words.
        if code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push(word(rest)),
            Some(group) => found.extend(members(group)),
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The first names of the members of a group that was opened before this text.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut begin, mut found) = (0, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(word(group[begin..at].trim()));
                begin = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.into_iter().filter(|name| !name.is_empty()).collect()
}

/// The file `store.rs` of a feature, or the files of its folder `store`.
fn is_a_store(name: &str) -> bool {
    name.ends_with("/store.rs") || name.contains("/store/")
}

fn row_of(folder: &str) -> Option<usize> {
    ORDER.iter().position(|row| row.contains(&folder))
}

#[test]
fn imports_are_found_however_they_are_written() {
    let code =
        "use crate::{a, b::{c, d}, e::f as g,\n h};\nuse crate::i::j; fn x(_: crate::k::L) {} $crate::m! keycrate::n";
    assert_eq!(imports(code), ["a", "b", "e", "h", "i", "k", "m"]);
}

#[test]
fn the_map_in_lib_rs_is_the_order_that_is_checked() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = map.lines().filter_map(|line| line.strip_prefix("//! | [")).map(|row| {
        let cell = row.split('|').next().unwrap_or_default();
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
    });
    let mut rows = rows.collect::<Vec<_>>();
    assert_eq!(rows.pop().unwrap_or_default(), LAST);
    rows.extend(LAST.map(|word| vec![word.to_owned()]));
    assert_eq!(rows, ORDER);

    let mut on_disk =
        files("src").iter().filter_map(|(name, _)| folder_of(name).map(str::to_owned)).collect::<Vec<_>>();
    on_disk.sort();
    on_disk.dedup();
    let mut in_map = ORDER.concat();
    in_map.sort_unstable();
    assert_eq!(on_disk, in_map, "every folder of src stands in the map");
}

#[test]
fn imports_only_go_up_the_map() {
    let mut wrong = Vec::new();
    for (name, code) in sources() {
        let Some(folder) = folder_of(&name) else { continue };
        let own = row_of(folder).unwrap();
        for import in imports(&code) {
            let allowed = import == folder || row_of(&import).is_some_and(|row| row < own);
            if !allowed {
                wrong.push(format!("{name} imports {import}"));
            }
        }
        // The only other way to a neighbour: up to the crate itself.
        let escapes = name.matches('/').count() == if name.ends_with("/mod.rs") { 2 } else { 1 };
        let code = code.split("mod tests {").next().unwrap_or_default();
        if escapes && code.contains("super::") {
            wrong.push(format!("{name} imports from the crate with super::"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sql_lives_in_the_stores_alone() {
    const SIGNS: [&str; 12] = [
        "diesel::",
        "schema::",
        "sql_query",
        "insert_into(",
        ".on_conflict",
        ".execute(",
        ".get_result(",
        ".get_results(",
        ".load(",
        ".returning(",
        "SELECT ",
        "use diesel",
    ];
    let is_store =
        |name: &str| name.starts_with("src/db/") || is_a_store(name) || name == "src/tenants/installation.rs";
    let mut wrong = Vec::new();
    for (name, code) in sources().into_iter().filter(|(name, _)| !is_store(name)) {
        for (number, line) in code.lines().enumerate() {
            // Atomics and middleware are loaded too.
            let line = line.replace(".load(Ordering", "").replace("fn load(", "");
            if let Some(sign) = SIGNS.iter().find(|sign| line.contains(**sign)) {
                wrong.push(format!("{name}: {sign} in line {} of its code: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What says to a function of a store which tenant it is about.
const SAYS_THE_TENANT: [&str; 7] = ["TenantScope", "&Act", "&Actor", "&Tenant", "&NewSession", "&Presented", "&Noted"];

/// Functions of stores that are told no tenant, each with its reason.
const WITHOUT_TENANT: [(&str, &str); 17] = [
    ("src/api_keys/store/presented.rs presented", "the id inside of a presented secret finds the tenant"),
    ("src/invitations/store.rs find", "the code of a link finds the tenant"),
    ("src/sessions/store.rs find_live", "the token of a session finds the tenant"),
    ("src/sessions/store.rs delete", "the token of a session finds the one row, of whatever tenant"),
    ("src/sign_in/store.rs person", "the session that the token found finds the tenant"),
    ("src/users/store.rs by_email", "an address signs in to one tenant, which it finds"),
    (
        "src/usage/store/pruning.rs prune_hours and prune_days and prune_addresses and prune_dead",
        "what is old is so in all tenants",
    ),
    ("src/signing_keys/store.rs prune", "what is no longer published is so in all tenants"),
    ("src/signing_keys/store.rs due", "it finds the tenants whose time has come"),
    ("src/tenants/store.rs insert", "the tenant comes from here"),
    ("src/tenants/store.rs by_slug", "the tenant comes from here"),
    ("src/tenants/store.rs all", "for the shell: all of them"),
    ("src/tenants/store.rs only", "the tenant comes from here"),
    ("src/oauth/store.rs prune_revoked", "what is over is so in all tenants"),
    ("src/installation/store.rs load", "the installation belongs to no tenant"),
    ("src/installation/store.rs insert", "the installation belongs to no tenant"),
    ("src/installation/store.rs keep_setup_code and complete", "the installation belongs to no tenant"),
];

/// What stands between the brackets of the function that begins here.
fn parameters(code: &str) -> &str {
    let code = code.split_once('(').map_or("", |(_, rest)| rest);
    let mut depth = 1;
    let end = code.find(|letter| {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    &code[..end.unwrap_or(code.len())]
}

/// The functions that a store offers and that touch the database, with what they are told: `path name`, parameters.
fn functions_of_stores() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, code) in sources().into_iter().filter(|(name, _)| is_a_store(name)) {
        for sign in
            ["pub fn ", "pub(super) fn ", "pub(crate) fn ", "pub(in crate::api_keys) fn ", "pub(in crate::usage) fn "]
        {
            for (at, _) in code.match_indices(sign) {
                let rest = &code[at + sign.len()..];
                let parameters = parameters(rest);
                if parameters.contains("&mut Conn") || parameters.contains("&mut Tx<") {
                    found.push((format!("{name} {}", word(rest)), parameters.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn each_question_to_the_database_says_which_tenant_it_is_about() {
    let excepted: Vec<String> = WITHOUT_TENANT
        .iter()
        .flat_map(|(names, _)| {
            let (file, names) = names.split_once(' ').unwrap();
            names.split(" and ").map(move |name| format!("{file} {name}"))
        })
        .collect();
    let functions = functions_of_stores();
    assert!(functions.len() > 60, "{}", functions.len());
    let is_told = |parameters: &str| {
        SAYS_THE_TENANT.iter().any(|name| {
            parameters
                .match_indices(name)
                .any(|(at, _)| !parameters[at + name.len()..].starts_with(char::is_alphanumeric))
        })
    };
    let without: Vec<&String> = functions.iter().filter(|(_, told)| !is_told(told)).map(|(name, _)| name).collect();
    let wrong: Vec<_> = without.iter().filter(|name| !excepted.contains(name)).collect();
    assert!(wrong.is_empty(), "they are told no tenant: {wrong:#?}");
    let stale: Vec<_> = excepted.iter().filter(|name| !without.contains(name)).collect();
    assert!(stale.is_empty(), "they need no exception: {stale:#?}");
}

#[test]
fn a_tenant_comes_from_a_row_alone() {
    let mut wrong = Vec::new();
    for (name, code) in sources() {
        let code = code.split("mod tests {").next().unwrap_or_default();
        if code.contains("TenantScope::from_row") && !is_a_store(&name) && !name.starts_with("src/access/") {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The tags of a template: from `<` to `>`, without askama's blocks, whose words are Rust.
fn tags(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
        while let Some(at) = text.find(open) {
            let end = text[at..].find(close).map_or(text.len(), |end| at + end + close.len());
            text.replace_range(at..end, "");
        }
    }
    text.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default().to_lowercase()).collect()
}

/// The names of a tag's attributes.
fn attributes(tag: &str) -> Vec<String> {
    // What stands in quotes is a value.
    let outside = tag.split('"').step_by(2).collect::<Vec<_>>().join("\"");
    outside.split_whitespace().skip(1).map(|part| part.split('=').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn pages_hold_no_style_and_no_script_of_their_own_and_load_nothing_from_elsewhere() {
    let mut wrong = Vec::new();
    for (name, text) in files("templates") {
        for tag in tags(&text) {
            let element = tag.split_whitespace().next().unwrap_or_default();
            let attributes = attributes(&tag);
            let bad = element == "style"
                || (element == "script" && !attributes.iter().any(|attribute| attribute == "src"))
                || ["iframe", "object", "embed", "base"].contains(&element)
                || attributes.iter().any(|name| name == "style" || name == "srcdoc" || name.starts_with("on"));
            if bad {
                wrong.push(format!("{name}: <{tag}>"));
            }
        }
        let lower = text.to_lowercase();
        for elsewhere in ["http://", "https://", "=\"//", "javascript:", "data:", "|safe"] {
            if lower.contains(elsewhere) {
                wrong.push(format!("{name}: {elsewhere}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_looked_for_in_pages_is_found() {
    let page = "<p STYLE=\"x\"><a href=\"on=1\" onclick=\"y\">{{ \"<b style=z>\" }}<script>1</script>";
    let found = tags(page);
    assert_eq!(attributes(&found[0]), ["style"]);
    assert_eq!(attributes(&found[1]), ["href", "onclick"]);
    assert_eq!(found[2], "script");
}

#[test]
fn style_sheets_scripts_and_pictures_load_nothing_from_elsewhere() {
    let mut wrong = Vec::new();
    for (name, text) in files("static") {
        let text = text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "");
        for elsewhere in ["http://", "https://", "data:", "@import", "url(//", "javascript:", "eval(", "innerHTML"] {
            if text.contains(elsewhere) {
                wrong.push(format!("{name}: {elsewhere}"));
            }
        }
        if name.ends_with(".svg")
            && ["<script", "<style", " on", "style=", "<foreignObject"].iter().any(|s| text.contains(s))
        {
            wrong.push(format!("{name}: a picture with a style or a script"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn code_in_templates_is_not_for_translation() {
    let mut wrong = Vec::new();
    for (name, text) in files("templates") {
        for element in ["<code", "<pre"] {
            let bare = text.matches(element).count() - text.matches(&format!("{element} translate=\"no\"")).count();
            if bare > 0 {
                wrong.push(format!("{name}: {bare} times {element}> without translate=\"no\""));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
