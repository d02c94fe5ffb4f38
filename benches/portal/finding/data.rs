//! An organization full of keys: half as many again are deleted; three tags and two grants each; a tag and a role on 90 %, on
//! 1 % and on 0.001 % of them.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};

/// Fills the database at this URL, in which there is one organization.
pub fn fill(url: &str, keys: i64) {
    let statements = statements(keys);
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut conn = SqliteConnection::establish(path).expect("the database opens");
            // Only for the filling: nobody minds if it has to be done again.
            conn.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY;")
                .expect("settings");
            run(&mut conn, &statements);
            conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);").expect("it is written");
        }
        None => {
            let mut conn = PgConnection::establish(url).expect("the server answers");
            conn.batch_execute("SET maintenance_work_mem = '512MB'; SET work_mem = '512MB';").expect("settings");
            run(&mut conn, &statements);
            // As the server does by itself after a while.
            conn.batch_execute("VACUUM ANALYZE").expect("statistics");
        }
    }
}

fn run(conn: &mut impl SimpleConnection, statements: &[String]) {
    for statement in statements {
        conn.batch_execute(statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

/// The same words work on both databases.
fn statements(keys: i64) -> Vec<String> {
    const DAY: i64 = 86_400_000_000;
    let rows = keys * 3 / 2;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_micros();
    // Of three rows the third is a deleted key. `j` numbers the others from 0, in an order that has nothing to do with theirs.
    let digits = |text: &str, length: usize| {
        format!(
            "(substr('{}', 1, {length} - length(CAST({text} AS TEXT))) || CAST({text} AS TEXT))",
            "0".repeat(length)
        )
    };
    let (j7, i11, j4) = (digits("j", 7), digits("i", 11), digits("(j % 10000)", 4));
    let (j7, i11, j4) = (j7.as_str(), i11.as_str(), j4.as_str());
    let columns = "tenant_id, key_id, client_id, client_id_folded, name, name_folded, environment, hint, created_at, \
                   created_by_kind, created_by_id, created_by, updated_at, expires_at, disabled_at, deleted_at, token_version, version";
    vec![
        "CREATE TEMPORARY TABLE numbers (i BIGINT PRIMARY KEY, j BIGINT NOT NULL, gone BOOLEAN NOT NULL)".into(),
        format!(
            "WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {rows} - 1) \
             INSERT INTO numbers SELECT i, ((i / 3 * 2 + i % 3) * 611953) % {keys}, i % 3 = 2 FROM n"
        ),
        format!(
            "INSERT INTO api_keys ({columns}) SELECT t.id, (CASE WHEN gone THEN 'D' ELSE 'K' END) || {i11}, \
             (CASE WHEN gone THEN 'gone-' ELSE 'key-' END) || {j7}, (CASE WHEN gone THEN 'gone-' ELSE 'key-' END) || {j7}, \
             'System ' || {j7}, 'system ' || {j7}, 'live', 'ks_live_K000…' || {j4}, {now} - ({rows} - i) * 1000000, \
             (CASE WHEN j % 50 = 0 THEN 'user' ELSE 'shell' END), (CASE WHEN j % 50 = 0 THEN u.id ELSE NULL END), 'bench', {now}, \
             (CASE WHEN j % 200 = 0 THEN {now} - {DAY} - j WHEN j % 50 = 1 THEN {now} + {DAY} * 20 + j ELSE {now} + {DAY} * (40 + j % 300) + j END), \
             (CASE WHEN j % 200 = 1 THEN {now} ELSE NULL END), (CASE WHEN gone THEN {now} ELSE NULL END), 1, 1 \
             FROM numbers CROSS JOIN tenants t CROSS JOIN users u ORDER BY i"
        ),
        "CREATE TEMPORARY TABLE living (id BIGINT PRIMARY KEY, tenant_id BIGINT NOT NULL, i BIGINT NOT NULL, j BIGINT NOT NULL)".into(),
        format!(
            "INSERT INTO living SELECT k.id, k.tenant_id, n.i, n.j FROM api_keys k JOIN numbers n ON k.key_id = 'K' || {} WHERE NOT n.gone",
            digits("n.i", 11)
        ),
        format!("INSERT INTO api_key_uses (api_key_id, tenant_id, first_used_at, used_at, deleted_at) \
                 SELECT k.id, k.tenant_id, 0, 0, k.deleted_at FROM api_keys k WHERE k.deleted_at IS NOT NULL"),
        format!(
            "INSERT INTO api_key_uses (api_key_id, tenant_id, first_used_at, used_at) SELECT id, tenant_id, \
             (CASE WHEN j % 3 = 0 THEN 0 ELSE {now} - j * 1000000 - 1 END), (CASE WHEN j % 3 = 0 THEN 0 ELSE {now} - j * 1000000 END) FROM living"
        ),
        format!(
            "INSERT INTO api_key_words (tenant_id, word, api_key_id) SELECT tenant_id, word, id FROM ( \
             SELECT tenant_id, 'key-' || {j7} AS word, id FROM living UNION ALL SELECT tenant_id, {j7}, id FROM living \
             UNION ALL SELECT tenant_id, 'system-' || {j7}, id FROM living \
             UNION ALL SELECT tenant_id, 'k' || {i11}, id FROM living UNION ALL SELECT tenant_id, {j4}, id FROM living) AS words ORDER BY word"
        ),
        // The rarest tag takes the place of another one, so that each key has three.
        "INSERT INTO api_key_tags (tenant_id, api_key_id, key, value) SELECT tenant_id, id, key, value FROM ( \
         SELECT tenant_id, id, 'env' AS key, (CASE WHEN j % 10 < 9 THEN 'prod' ELSE 'test' END) AS value FROM living \
         UNION ALL SELECT tenant_id, id, 'tier', (CASE WHEN j % 100 = 7 THEN 'gold' ELSE 'silver' END) FROM living \
         UNION ALL SELECT tenant_id, id, 'team', (CASE WHEN j % 100000 = 3 THEN 'rare' ELSE 't' || CAST(j % 1000 AS TEXT) END) FROM living) AS tags \
         ORDER BY id, key".into(),
        "INSERT INTO roles (tenant_id, slug, name, description, assignable_by_user_managers, created_at, version) \
         SELECT t.id, r.slug, r.slug, '', FALSE, 0, 1 FROM tenants t CROSS JOIN (SELECT 'most' AS slug UNION SELECT 'others' UNION SELECT 'some' UNION SELECT 'rare' UNION SELECT 'reader') r".into(),
        "INSERT INTO resources (tenant_id, parent_id, kind, name, path, created_at, version) \
         SELECT n.tenant_id, n.id, 'namespace', 'n' || CAST(i AS TEXT), n.path || ':namespace=n' || CAST(i AS TEXT), 0, 1 \
         FROM resources n CROSS JOIN numbers WHERE i < 150".into(),
        "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) \
         SELECT g.tenant_id, g.id, r.id, n.id, 0, 'bench' FROM ( \
         SELECT tenant_id, id, j, (CASE WHEN j % 10 < 9 THEN 'most' ELSE 'others' END) AS slug FROM living UNION ALL \
         SELECT tenant_id, id, j, (CASE WHEN j % 100000 = 3 THEN 'rare' WHEN j % 100 = 7 THEN 'some' ELSE 'reader' END) FROM living) g \
         JOIN roles r ON r.slug = g.slug JOIN resources n ON n.name = 'n' || CAST(g.j % 150 AS TEXT) ORDER BY g.id".into(),
    ]
}
