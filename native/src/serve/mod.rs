//! A web server for the built page, with the headers under which a browser lets it share memory
//! between its threads. It knows files and addresses, and nothing of studies.

mod answer;
mod page;

pub use page::Page;

use answer::Headers;
use axum::Router;
use axum::http::{Method, Uri};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

/// A server that listens, and serves once it runs.
pub struct Server {
    listener: TcpListener,
    page: Page,
}

impl Server {
    /// Listens on a port of `host`, a name or an address; on any free one if `port` is 0.
    pub fn new(host: &str, port: u16, page: Page) -> io::Result<Server> {
        let listener = TcpListener::bind((host, port))?;
        listener.set_nonblocking(true)?;
        Ok(Server { listener, page })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the program ends.
    pub fn run(self) -> io::Result<()> {
        let headers = Headers::of_the_page().map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = Arc::new((self.page, headers));
        let answer = move |method: Method, uri: Uri| {
            let served = Arc::clone(&served);
            async move { answer::answer(&served.0, &served.1, &method, uri.path()) }
        };
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            axum::serve(listener, Router::new().fallback(answer)).await
        })
    }
}
