//! What a decision about permissions costs: for a user with 50 grants in a tree of five levels.
//!
//! `make bench` runs it. The worst case is a refusal: each grant is looked at, holds the permission, and lies elsewhere.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use keystead::access::{Actor, BuiltIn, Grant, Permission, ResourcePath, RoleSet, TenantScope, Who};

const GRANTS: usize = 50;

/// A node of the lowest level. All of them share their first four segments, so that paths differ as late as they can.
fn lowest(number: usize) -> ResourcePath {
    let above = "organization=acme:account=main:namespace=billing:application=invoices";
    format!("{above}:scope=n{number:02}").parse().expect("a path")
}

fn grant(slug: &str, permissions: RoleSet, resource: ResourcePath) -> Grant {
    Grant { role: slug.into(), role_name: slug.into(), resource, permissions, assignable: false }
}

/// A role of the tenant's own: two permissions of the portal, twenty of an application.
fn own(number: usize) -> RoleSet {
    RoleSet {
        portal: [Permission::ReadApiKeys, Permission::ManageApiKeys].into_iter().collect(),
        application: (0..20)
            .map(|verb| format!("invoices{number}:verb{verb}").parse().expect("a permission"))
            .collect(),
    }
}

/// Somebody with these grants.
fn holder(grants: Vec<Grant>) -> Actor {
    let tenant = TenantScope::from_row(1);
    Actor { who: Who::User(1), label: "ada@acme.example".into(), tenant, root: ResourcePath::root("acme"), grants }
}

/// On a node of the lowest level each, in turn Ops and one of ten roles of the tenant's own.
fn spread() -> Vec<Grant> {
    let one = |number: usize| match number % 5 {
        0 => grant("own", own(number / 5), lowest(number)),
        _ => grant(BuiltIn::Ops.slug(), BuiltIn::Ops.permissions(), lowest(number)),
    };
    (0..GRANTS).map(one).collect()
}

fn decisions(criterion: &mut Criterion) {
    let (actor, elsewhere, somewhere) = (holder(spread()), lowest(99), lowest(GRANTS / 2));
    assert!(!actor.may(Permission::ManageApiKeys, &elsewhere) && actor.may(Permission::ManageApiKeys, &somewhere));
    let may = |resource| black_box(&actor).may(black_box(Permission::ManageApiKeys), black_box(resource));
    criterion.bench_function("may: refused after all grants", |b| b.iter(|| may(&elsewhere)));
    criterion.bench_function("may: held by the middle one", |b| b.iter(|| may(&somewhere)));

    // All but one of what Admin contains is held, and by the last grant: each of the others is looked at for nothing.
    let mut grants = spread();
    let mut nearly = BuiltIn::Admin.permissions();
    nearly.portal = nearly.portal.without([Permission::IntrospectTokens].into_iter().collect());
    grants.pop();
    grants.push(grant("nearly", nearly, ResourcePath::root("acme")));
    let giver = holder(grants);
    let on_node = |role: BuiltIn| grant(role.slug(), role.permissions(), lowest(99));
    let (admin, ops) = (on_node(BuiltIn::Admin), on_node(BuiltIn::Ops));
    assert!(giver.require_to_give(&admin).is_err() && giver.require_to_give(&ops).is_ok());
    let give = |grant: &Grant| black_box(&giver).require_to_give(black_box(grant)).is_ok();
    criterion.bench_function("require_to_give: Admin, refused for its last permission", |b| b.iter(|| give(&admin)));
    criterion.bench_function("require_to_give: Ops, allowed by the last grant", |b| b.iter(|| give(&ops)));
}

criterion_group!(benches, decisions);
criterion_main!(benches);
