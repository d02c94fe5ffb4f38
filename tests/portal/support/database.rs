//! What is in the database, read past the product: for rules that no page shows.

use std::collections::BTreeMap;

use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use keystead::db;
use serde_json::Value;

use super::Portal;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(diesel::QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    text: String,
}

#[derive(diesel::QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

impl Portal {
    /// The rows of a query that has one column of text, which is called `line`.
    pub async fn lines(&self, query: &str) -> Vec<String> {
        let query = query.to_owned();
        let run = move |conn: &mut db::Conn| {
            let rows: Result<Vec<Line>, _> = match conn {
                db::Conn::Postgres(c) => diesel::sql_query(&query).load(c),
                db::Conn::Sqlite(c) => diesel::sql_query(&query).load(c),
            };
            rows.map_err(db::Error::from)
        };
        self.inner.db.read(run).await.expect("the query runs").into_iter().map(|row| row.line).collect()
    }

    /// How the database would answer a statement as the connections wrote it down, a step a line.
    pub async fn explained(&self, statement: &str) -> Vec<String> {
        let (text, binds) = statement.split_once(" -- binds: ").unwrap_or((statement, "[]"));
        let binds = binds.replace("\\u{10ffff}", "\\udbff\\udfff");
        let binds: Vec<Value> = serde_json::from_str(&binds).unwrap_or_else(|error| panic!("{error}: {statement}"));
        let mut statement = text.to_owned();
        // SQLite plans without knowing them. The last one first: `$1` is the beginning of `$12`.
        for (index, value) in binds.iter().enumerate().rev().filter(|_| self.is_on_postgres()) {
            statement = statement.replace(&format!("${}", index + 1), &literal(value));
        }
        let run = move |conn: &mut db::Conn| match conn {
            db::Conn::Postgres(c) => {
                let query = diesel::sql_query(format!("EXPLAIN {statement}"));
                let steps: Result<Vec<PostgresStep>, _> = query.load(c);
                steps.map(|steps| steps.into_iter().map(|step| step.text).collect()).map_err(db::Error::from)
            }
            db::Conn::Sqlite(c) => {
                let query = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
                let steps: Result<Vec<SqliteStep>, _> = query.load(c);
                steps.map(|steps| steps.into_iter().map(|step| step.detail).collect()).map_err(db::Error::from)
            }
        };
        self.inner.db.read(run).await.expect("the statement is understood")
    }

    /// Runs SQL that may be refused; answers what the database said.
    pub async fn try_sql(&self, statement: &str) -> Result<usize, String> {
        let statement = statement.to_owned();
        let run = move |tx: &mut db::Tx<'_>| match &mut **tx {
            db::Conn::Postgres(c) => diesel::sql_query(&statement).execute(c).map_err(db::Error::from),
            db::Conn::Sqlite(c) => diesel::sql_query(&statement).execute(c).map_err(db::Error::from),
        };
        self.inner.db.write(run).await.map_err(|error| error.to_string())
    }

    /// Whether the database is PostgreSQL.
    pub fn is_on_postgres(&self) -> bool {
        self.database_url.starts_with("postgres")
    }

    /// Our tables.
    pub async fn tables(&self) -> Vec<String> {
        self.lines(if self.is_on_postgres() {
            "SELECT CAST(table_name AS TEXT) AS line FROM information_schema.tables \
             WHERE table_schema = 'public' AND substr(table_name, 1, 2) <> '__' ORDER BY 1"
        } else {
            "SELECT name AS line FROM sqlite_schema \
             WHERE type = 'table' AND substr(name, 1, 2) <> '__' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY 1"
        })
        .await
    }

    /// Every row of every table as text, bytes as hexadecimal digits.
    pub async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for table in self.tables().await {
            let row = if self.is_on_postgres() {
                "CAST(t AS TEXT)".to_owned()
            } else {
                let columns = format!("SELECT 'quote(\"' || name || '\")' AS line FROM pragma_table_info('{table}')");
                self.lines(&columns).await.join(" || ' ' || ")
            };
            let rows = self.lines(&format!("SELECT {row} AS line FROM {table} AS t ORDER BY 1")).await;
            dump.insert(table, rows);
        }
        dump
    }

    /// No column of any table holds this text, neither as text nor as bytes.
    pub async fn stores_nothing_of(&self, text: &str) {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        for (table, rows) in self.dump().await {
            for row in rows {
                assert!(!row.contains(text) && !row.to_lowercase().contains(&hex), "{text} is in {table}: {row}");
            }
        }
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Array(values) if values.is_empty() => "'{}'".to_owned(),
        Value::Array(values) => format!("ARRAY[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
