//! What is answered to a request: a file of the page with its type, how long it may be kept, and the
//! headers that every file of the page has.

use super::page::Page;
use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use std::collections::BTreeMap;

/// The page's own headers, in one file for all servers of it.
const HEADERS: &str = include_str!("../../../www/headers.json");

/// Names of these files change with what they hold.
const HASHED: &str = "assets/";

/// The headers that every answer has.
pub struct Headers(HeaderMap);

impl Headers {
    /// Those of the page.
    pub fn of_the_page() -> Result<Headers, String> {
        let texts: BTreeMap<String, String> =
            serde_json::from_str(HEADERS).map_err(|error| error.to_string())?;
        let mut headers = HeaderMap::new();
        for (name, value) in texts {
            let wrong = || format!("`{name}` is no header with a value");
            let key = HeaderName::try_from(&name).map_err(|_| wrong())?;
            headers.insert(key, HeaderValue::try_from(value).map_err(|_| wrong())?);
        }
        Ok(Headers(headers))
    }
}

/// The answer to a request for `path`, which is as the browser sent it.
pub fn answer(page: &Page, headers: &Headers, method: &Method, path: &str) -> Response<Body> {
    let mut response = match *method {
        Method::GET | Method::HEAD => file(page, path),
        _ => {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "a page can only be read\n");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            response
        }
    };
    response.headers_mut().extend(headers.0.clone());
    response
}

fn file(page: &Page, path: &str) -> Response<Body> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    // The page's files have names that need no escapes.
    let Some(bytes) = page.file(name) else {
        return text(StatusCode::NOT_FOUND, "the page has no such file\n");
    };
    let kept = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::from(bytes.into_owned()));
    response.headers_mut().insert(CONTENT_TYPE, content_type(name));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

fn text(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn content_type(name: &str) -> HeaderValue {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let charset = if guess.type_() == "text" { "; charset=utf-8" } else { "" };
    HeaderValue::try_from(format!("{guess}{charset}"))
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_isolate_the_page() {
        let Headers(headers) = Headers::of_the_page().unwrap();
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["cross-origin-embedder-policy"], "require-corp");
        assert!(headers["content-security-policy"].to_str().unwrap().contains("'wasm-unsafe-eval'"));
    }

    #[test]
    fn types_are_those_that_browsers_insist_on() {
        assert_eq!(content_type("index.html"), "text/html; charset=utf-8");
        assert_eq!(content_type("assets/a-1.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("assets/a-1.css"), "text/css; charset=utf-8");
        assert_eq!(content_type("assets/a_bg-1.wasm"), "application/wasm");
        assert_eq!(content_type("a.json"), "application/json");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
    }
}
