//! How the databases find a page of the list: never by reading all keys.

use crate::support::on_both;

/// Every kind of list, and the second page of some.
const LISTS: [&str; 19] = [
    "",
    "sort=created",
    "sort=name",
    "sort=-name",
    "sort=-last-used",
    "sort=expires",
    "q=key-1",
    "q=key-12345",
    "tag=env%3Aprod",
    "tag=env%3Aprod&sort=name",
    "role=sender",
    "role=sender&sort=-last-used",
    "resource=organization%3Dacme",
    "mine=yes",
    "status=never-used",
    "status=expiring",
    "status=expired",
    "status=disabled",
    "status=active&tag=env%3Aprod",
];

on_both! {
    async fn no_page_of_the_list_reads_every_key(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.has_keys(20_000).await;
        portal.sql(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' \
             FROM api_keys k JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = 'sender' JOIN resources n ON n.tenant_id = k.tenant_id WHERE k.id % 4 = 0",
        ).await;
        portal.sql("INSERT INTO usage_days (tenant_id, api_key_id, day, code, calls) SELECT tenant_id, id, 20770 - id % 30, 'VALID', 1 FROM api_keys").await;
        portal.sql("INSERT INTO dead_key_calls (api_key_id, tenant_id, code, calls, first_at, last_at) SELECT id, tenant_id, 'EXPIRED', 1, id, id FROM api_keys").await;
        portal.has_resource("organization=acme:namespace=sales").await;
        portal.sql(
            "UPDATE grants SET resource_id = (SELECT id FROM resources WHERE path = 'organization=acme:namespace=sales') WHERE api_key_id IS NOT NULL AND api_key_id % 200 = 0",
        ).await;
        if portal.is_on_postgres() {
            portal.sql("ANALYZE").await;
        }
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", "organization=acme:namespace=sales").await;
        let mut looked_at = 0;
        for (query, is_sam) in LISTS.iter().flat_map(|query| [(*query, false), (*query, true)]) {
            let user = if is_sam { &mut sam } else { &mut ada };
            let mut path = Some(format!("/api-keys?{query}"));
            for _ in 0..2 {
                let Some(place) = path else { break };
                let (page, asked) = portal.asks(user.get(&place)).await;
                path = page.is(200).link_to("next");
                for statement in asked.iter().filter(|statement| statement.contains("api_key")) {
                    let plan = portal.explained(statement).await;
                    looked_at += 1;
                    // In the order of an index and up to a limit is not everything that a tenant has.
                    // Where a resource is above everything, the grants are read from wherever they come up to the limit.
                    let of_all = |line: &&String| query.starts_with("resource=") && line.contains("Seq Scan on grants");
                    let bounded = |line: &&String| statement.contains("LIMIT") && (line.ends_with("(tenant_id=?)") || of_all(line));
                    let scan = plan.iter().find(|line| is_full_scan(line) && !bounded(line));
                    assert!(scan.is_none(), "{place}: {scan:?} of {statement}\n{plan:#?}");
                }
            }
        }
        assert!(looked_at > 150, "{looked_at}");
    }

    async fn a_plan_that_reads_every_key_is_seen(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_keys(20_000).await;
        for statement in ["SELECT count(*) FROM api_keys WHERE hint = 'x'", "SELECT * FROM grants WHERE granted_by = 'x'"] {
            assert!(portal.explained(statement).await.iter().any(|line| is_full_scan(line)), "{statement}");
        }
    }
}

/// Whether this step reads a table of keys from its beginning to its end.
fn is_full_scan(step: &str) -> bool {
    let tables = ["api_keys", "api_key_tags", "api_key_uses", "api_key_words", "grants", "usage_", "dead_key_calls"];
    let rest = step.split_once("Seq Scan on ").or_else(|| step.split_once("SCAN ")).map(|(_, rest)| rest);
    // SQLite calls it a search where it reads everything that a tenant has.
    let of_tenant = step.ends_with("(tenant_id=?)").then(|| step.split_once("SEARCH ").map(|(_, rest)| rest)).flatten();
    rest.or(of_tenant).is_some_and(|rest| tables.iter().any(|table| rest.starts_with(table)))
}
