//! Something between Keystead and its PostgreSQL server that can be cut, and that can swallow what is said.

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Backend;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Open,
    /// Connections are closed, new ones refused.
    Cut,
    /// Connections stay, new ones are accepted, and nothing is ever answered.
    Silent,
    /// Connections stay, and what is said meanwhile is lost, in both directions.
    Lossy,
}

/// A line to a new, empty database.
pub struct Proxy {
    /// The database's URL through this line.
    pub url: String,
    /// Its URL without the line.
    pub direct: String,
    line: watch::Sender<Line>,
    now: watch::Receiver<Line>,
}

impl Proxy {
    pub async fn start() -> Self {
        let direct = Backend::Postgres.fresh(&PathBuf::new());
        let rest = direct.strip_prefix("postgres://postgres@").expect("the URL of scripts/with-postgres");
        let (folder, name) = rest.split_once('/').expect("a database");
        let socket = PathBuf::from(folder.replace("%2F", "/")).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let url = format!("postgres://postgres@{address}/{name}");
        let ((line, asked), (told, now)) = (watch::channel(Line::Open), watch::channel(Line::Open));
        tokio::spawn(serve(listener, address, socket, asked, told));
        Self { url, direct, line, now }
    }

    /// Closes all connections, and refuses new ones.
    pub async fn is_cut(&mut self) {
        self.becomes(Line::Cut).await;
    }

    /// From now on nothing is answered.
    pub async fn falls_silent(&mut self) {
        self.becomes(Line::Silent).await;
    }

    /// What is said from now on is lost. The connections go on afterwards.
    pub async fn loses_everything(&mut self) {
        self.becomes(Line::Lossy).await;
    }

    /// All is well again; what was connected while it was silent is closed.
    pub async fn is_back(&mut self) {
        self.becomes(Line::Open).await;
    }

    async fn becomes(&mut self, line: Line) {
        self.line.send(line).expect("the line is there");
        self.now.wait_for(|now| *now == line).await.expect("the line is there");
    }
}

async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    socket: PathBuf,
    mut asked: watch::Receiver<Line>,
    told: watch::Sender<Line>,
) {
    let (mut listener, mut connections) = (Some(listener), JoinSet::new());
    loop {
        let line = *asked.borrow_and_update();
        match line {
            Line::Cut => {
                listener = None;
                connections.shutdown().await;
            }
            Line::Open | Line::Silent | Line::Lossy => {
                if line == Line::Open && *told.borrow() == Line::Silent {
                    connections.shutdown().await;
                }
                if listener.is_none() {
                    listener = Some(TcpListener::bind(address).await.expect("the port is free"));
                }
            }
        }
        // Nobody may be listening any more.
        let _ = told.send(line);
        loop {
            let accepted = async {
                match &listener {
                    Some(listener) => listener.accept().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = asked.changed() => {
                    if changed.is_err() { return }
                    break;
                }
                Ok((stream, _)) = accepted => { connections.spawn(carry(stream, socket.clone(), asked.clone())); }
            }
        }
    }
}

fn is_lost(line: &watch::Receiver<Line>) -> bool {
    matches!(*line.borrow(), Line::Silent | Line::Lossy)
}

async fn carry(mut near: TcpStream, socket: PathBuf, line: watch::Receiver<Line>) {
    let Ok(mut far) = UnixStream::connect(socket).await else { return };
    let (mut there, mut back) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = near.read(&mut there) => match read {
                Ok(0) | Err(_) => return,
                Ok(_) if is_lost(&line) => {}
                Ok(length) => if far.write_all(&there[..length]).await.is_err() { return },
            },
            read = far.read(&mut back) => match read {
                Ok(0) | Err(_) => return,
                Ok(_) if is_lost(&line) => {}
                Ok(length) => if near.write_all(&back[..length]).await.is_err() { return },
            },
        }
    }
}
