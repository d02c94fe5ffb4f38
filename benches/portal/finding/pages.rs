//! Asks for pages and keeps the time of each.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::program::{self, Running};
use crate::visitor::Visitor;

use super::data;

/// Of each kind.
pub const REQUESTS: usize = 300;

/// What one kind of page takes.
pub struct Measured {
    pub what: &'static str,
    pub p50: Duration,
    pub p99: Duration,
}

/// Lists that begin at their first page; `{n}` is another digit each time.
const LISTS: [(&str, &str); 20] = [
    ("first page", ""),
    ("search by prefix", "q=key-0000{n}"),
    ("tag on 90 %", "tag=env:prod"),
    ("tag on 1 %", "tag=tier:gold"),
    ("tag on 0.001 %", "tag=team:rare"),
    ("role on 90 %", "role=most"),
    ("role on 1 %", "role=some"),
    ("role on 0.001 %", "role=rare"),
    ("resource", "resource=organization=acme:namespace=n{n}"),
    ("created by me", "mine=yes"),
    ("tab Active", "status=active"),
    ("tab Never used", "status=never-used"),
    ("tab Expiring soon", "status=expiring"),
    ("tab Disabled", "status=disabled"),
    ("by name", "sort=name"),
    ("by last use", "sort=-last-used"),
    ("tag on 90 %, by name", "tag=env:prod&sort=name"),
    ("tag on 1 %, by last use", "tag=tier:gold&sort=-last-used"),
    ("role on 1 %, by end", "role=some&sort=expires"),
    ("two filters that have nothing in common", "tag=team:t1&role=some"),
];

/// Fills a new database with so many keys, and measures.
pub fn measure(server: Option<&str>, keys: i64) -> Vec<Measured> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let url = match server {
        None => format!("sqlite:{}", folder.path().join("keystead.db").display()),
        Some(server) => fresh(server, keys),
    };
    program::make_an_administrator(folder.path(), Some(&url));
    let begun = Instant::now();
    data::fill(&url, keys);
    eprintln!("{keys} keys made in {:.0} s", begun.elapsed().as_secs_f64());
    let portal = Running::start(program::serve(folder.path(), Some(&url)), program::READY);
    let mut visitor = Visitor::signs_in(&portal.address);
    let mut measured: Vec<Measured> = Vec::new();
    for (what, query) in LISTS {
        let times = (0..REQUESTS).map(|number| {
            let path = format!("/api-keys?{}", query.replace("{n}", &(number % 10).to_string()));
            time(&mut visitor, &path).0
        });
        measured.push(of(what, times.collect()));
        eprintln!("{what}: {:?}", measured.last().map(|last| (last.p50, last.p99)));
        if what == "first page" {
            measured.push(next_pages(&mut visitor));
        }
    }
    measured
}

/// One page after the other, from the beginning again where the list ends.
fn next_pages(visitor: &mut Visitor<'_>) -> Measured {
    let (mut times, mut path) = (Vec::new(), "/api-keys".to_owned());
    for _ in 0..REQUESTS {
        let (taken, page) = time(visitor, &path);
        times.push(taken);
        let next = page.split("<a ").find(|link| link.contains("rel=\"next\""));
        let next = next.and_then(|link| link.split("href=\"").nth(1)?.split('"').next());
        path = next.map_or_else(|| "/api-keys".to_owned(), |next| next.replace("&#38;", "&"));
    }
    of("any next page", times)
}

fn time(visitor: &mut Visitor<'_>, path: &str) -> (Duration, String) {
    let begun = Instant::now();
    let page = visitor.gets(path);
    (begun.elapsed(), page)
}

fn of(what: &'static str, mut times: Vec<Duration>) -> Measured {
    // What is only paid at the first time is not what this is about.
    times.drain(..3);
    times.sort();
    Measured { what, p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}

fn fresh(server: &str, keys: i64) -> String {
    let mut conn = PgConnection::establish(server).expect("the server answers");
    let name = format!("finding_{keys}");
    conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).expect("no such database");
    conn.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
    let (place, _) = server.rsplit_once('/').expect("the URL ends with a database");
    format!("{place}/{name}")
}
