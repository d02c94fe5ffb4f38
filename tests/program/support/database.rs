//! A look into the database from outside, with a connection of the test's own.

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Nullable, Text};
use keystead::base::random::SystemEntropy;
use keystead::db::{Conn, Db, Error, Url};

/// The database of a place.
pub struct Database(pub Db);

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<BigInt>)]
    n: Option<i64>,
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Database {
    pub fn open(url: &str) -> Self {
        Self(Db::connect(&url.parse::<Url>().expect("a URL"), &SystemEntropy).expect("the database answers"))
    }

    /// One number that SQL computes; nothing is 0.
    pub fn number(&self, query: &str) -> i64 {
        let query = format!("SELECT CAST(({query}) AS BIGINT) AS n");
        let row: Result<Row, Error> = self.0.read_here(|conn| match conn {
            Conn::Postgres(c) => diesel::sql_query(&query).get_result(c).map_err(Error::from),
            Conn::Sqlite(c) => diesel::sql_query(&query).get_result(c).map_err(Error::from),
        });
        row.expect("the query runs").n.unwrap_or(0)
    }

    /// Texts that SQL selects as `line`.
    pub fn lines(&self, query: &str) -> Vec<String> {
        let rows: Result<Vec<Line>, Error> = self.0.read_here(|conn| match conn {
            Conn::Postgres(c) => diesel::sql_query(query).get_results(c).map_err(Error::from),
            Conn::Sqlite(c) => diesel::sql_query(query).get_results(c).map_err(Error::from),
        });
        rows.expect("the query runs").into_iter().map(|row| row.line).collect()
    }

    pub fn is_sqlite(&self) -> bool {
        self.0.read_here(|conn| Ok::<_, Error>(matches!(conn, Conn::Sqlite(_)))).expect("a connection")
    }
}
