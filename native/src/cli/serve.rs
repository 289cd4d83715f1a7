//! `serve`: the page in a browser on this machine.

use super::failure::Failure;
use super::out;
use crate::serve::{Page, Server};
use clap::Args;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

const AFTER: &str = "\
The page runs studies in the browser and keeps them there; this server only gives its files. Over
http, browsers let pages share memory between threads on this machine only: seen from another one,
the page runs its simulations in workers that share nothing.";

/// Serve the page that runs studies in a browser
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct ServeArgs {
    /// The port; 0 takes any that is free
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// The address or name to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// A folder with a built page, instead of the one within this program
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Serves until Ctrl-C.
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    let page = page(args)?;
    let failed = |error| {
        let (host, port) = (&args.host, args.port);
        Failure::failed(format!(
            "cannot listen on {host}, port {port}: {error}; --port 0 takes any that is free"
        ))
    };
    let server = Server::new(&args.host, args.port, page).map_err(failed)?;
    let url = url(server.address().map_err(failed)?);
    out::line(format!("Freerun's page is at {url} (Ctrl-C ends it)"));
    ctrlc::set_handler(|| std::process::exit(130))
        .map_err(|error| Failure::failed(format!("cannot listen to signals: {error}")))?;
    if args.open
        && let Err(error) = open::that_detached(&url)
    {
        out::note(format!("cannot open a browser: {error}"));
    }
    server.run().map_err(|error| Failure::failed(format!("the server ended: {error}")))
}

fn page(args: &ServeArgs) -> Result<Page, Failure> {
    match &args.page {
        Some(folder) => Page::in_folder(folder).ok_or_else(|| {
            let folder = folder.display();
            Failure::bad_input(format!(
                "`--page`: found no index.html in {folder}, allowed: a folder with a built page"
            ))
        }),
        None => Page::somewhere().ok_or_else(|| {
            Failure::bad_input(
                "the page is not built; in the source tree run  (cd www && npm ci --omit=dev && npm run build)",
            )
        }),
    }
}

/// "All addresses of this machine" cannot be visited; its own can.
fn url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        let own: IpAddr =
            if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(own);
    }
    format!("http://{address}/")
}
