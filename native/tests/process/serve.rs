//! `serve` as a browser meets it: files with their headers, nothing beside the page, and its end.

use crate::support::{Folder, Running};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A folder with a page in `dist`, and a secret beside it.
fn with_page() -> Folder {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.0.join("dist/assets")).unwrap();
    for (name, text) in [
        ("dist/index.html", "<!doctype html>"),
        ("dist/isolate.js", "// worker"),
        ("dist/assets/page-1a2b.js", "// code"),
        ("dist/assets/freerun_bg-1a2b.wasm", "\0asm"),
        ("secret", "secret"),
    ] {
        std::fs::write(folder.0.join(name), text).unwrap();
    }
    folder
}

/// Serves the page on any free port; gives the address with it.
fn served(folder: &Folder) -> (Running, String) {
    begun(folder, "serve --port 0 --page dist")
}

fn begun(folder: &Folder, arguments: &str) -> (Running, String) {
    let mut server = folder.start(arguments);
    let line = server.line().expect("it says where the page is");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    (server, address.expect(&line).to_owned())
}

/// What comes back: the first line, the headers in small letters, and the body.
struct Answer {
    status: String,
    headers: Vec<String>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Asks for `path` as it stands: no client of the kind that tidies paths up is in between.
fn ask(address: &str, method: &str, path: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default().to_owned();
    let lower = |line: &str| match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}", name.to_lowercase()),
        None => line.to_owned(),
    };
    Answer { status, headers: lines.map(lower).collect(), body: body.to_owned() }
}

#[test]
fn every_file_has_its_type_and_the_headers_that_isolate_it() {
    let folder = with_page();
    let (mut server, address) = served(&folder);
    for (path, kind, kept) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html?a=1", "text/html; charset=utf-8", "no-cache"),
        ("/isolate.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/assets/page-1a2b.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/freerun_bg-1a2b.wasm", "application/wasm", "public, max-age=31536000, immutable"),
    ] {
        let answer = ask(&address, "GET", path);
        assert_eq!(answer.status, "HTTP/1.1 200 OK", "{path}");
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        assert_eq!(answer.header("cache-control"), Some(kept), "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-embedder-policy"), Some("require-corp"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let policy = answer.header("content-security-policy").expect(path);
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'"), "{policy}");
    }
    assert_eq!(ask(&address, "GET", "/").body, "<!doctype html>");
    let head = ask(&address, "HEAD", "/");
    assert_eq!((head.header("content-length"), head.body.as_str()), (Some("15"), ""));
    server.child.kill().unwrap();
    server.child.wait().unwrap();
}

#[test]
fn nothing_but_the_page_is_given() {
    let folder = with_page();
    let (mut server, address) = served(&folder);
    let secret = format!("/{}", folder.0.join("secret").display());
    for path in [
        "/none",
        "/assets",
        "/assets/",
        "/../secret",
        "/assets/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/..\\secret",
        secret.as_str(),
    ] {
        let answer = ask(&address, "GET", path);
        assert!(
            ["HTTP/1.1 404 Not Found", "HTTP/1.1 400 Bad Request"].contains(&&*answer.status),
            "{path}: {}",
            answer.status
        );
        assert!(!answer.body.contains("secret"), "{path}");
    }
    let none = ask(&address, "GET", "/none");
    assert_eq!(none.header("cross-origin-embedder-policy"), Some("require-corp"));
    let post = ask(&address, "POST", "/");
    assert_eq!(
        (post.status.as_str(), post.header("allow")),
        ("HTTP/1.1 405 Method Not Allowed", Some("GET, HEAD"))
    );
    server.child.kill().unwrap();
    server.child.wait().unwrap();
}

#[test]
fn without_a_page_it_says_so() {
    let folder = Folder::new();
    let ran = folder.run("serve --port 0 --page dist");
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.errors,
        "error: `--page`: found no index.html in dist, allowed: a folder with a built page\n"
    );
}

/// A program built for tests looks for the page in its source tree, which may have one or not.
#[test]
fn the_page_of_the_source_tree_is_served_or_said_to_be_missing() {
    let built = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/dist/index.html");
    let folder = Folder::new();
    if built.exists() {
        let (mut server, address) = begun(&folder, "serve --port 0");
        assert_eq!(ask(&address, "GET", "/").body, std::fs::read_to_string(built).unwrap());
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    } else {
        let ran = folder.run("serve --port 0");
        assert_eq!(ran.code, Some(2));
        assert_eq!(
            ran.errors,
            "error: the page is not built; in the source tree run  (cd www && npm ci --omit=dev && npm run build)\n"
        );
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = with_page();
    let (mut server, address) = served(&folder);
    let port = address.rsplit(':').next().unwrap();
    let ran = folder.run(&format!("serve --page dist --port {port}"));
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.errors.starts_with(&format!("error: cannot listen on 127.0.0.1, port {port}: ")),
        "{}",
        ran.errors
    );
    server.child.kill().unwrap();
    server.child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let folder = with_page();
    let (server, address) = served(&folder);
    // It has answered, so it listens to signals.
    assert_eq!(ask(&address, "GET", "/").status, "HTTP/1.1 200 OK");
    server.signal("INT");
    assert_eq!(server.wait().0, Some(130));
}
