//! Reaching a server: the URL, the password from wherever it is kept, encryption, and a session that
//! gives up on its own when its program or its network hangs. No password ever leaves this module.

use super::encryption::Encryption;
use super::passfile;
use freerun::driver::StoreError;
use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use std::path::PathBuf;
use std::time::Duration;

/// How long to wait for a connection, and for an answer from a network that went silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a session sets. A program that is stopped in the middle of a transaction must not hold its
/// locks for ever, nor wait for ever for another's.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET synchronous_commit = on; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '10s'; SET client_min_messages = warning";

/// A server to connect to.
pub struct Server {
    config: Config,
    encryption: Encryption,
}

impl Server {
    /// The server of a `postgres://` URL.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn at(url: &str) -> Result<Server, String> {
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let (url, mode, roots) = without_ssl_options(url);
        let url = with_port(url, environment("PGPORT"));
        let mut config: Config = url.parse().map_err(|error: postgres::Error| words(&error))?;
        let mode = mode.or_else(|| environment("PGSSLMODE"));
        let roots = roots.or_else(|| environment("PGSSLROOTCERT")).map(PathBuf::from);
        let encryption = match mode.as_deref() {
            Some("disable") => (SslMode::Disable, Encryption::Unverified),
            None | Some("allow" | "prefer") => (SslMode::Prefer, Encryption::Unverified),
            Some("require") => (SslMode::Require, Encryption::Unverified),
            Some("verify-ca") => (SslMode::Require, Encryption::Verified { roots, host: false }),
            Some("verify-full") => (SslMode::Require, Encryption::Verified { roots, host: true }),
            Some(other) => {
                return Err(format!(
                    "sslmode: found `{other}`, allowed: disable, prefer, require, verify-ca, verify-full"
                ));
            }
        };
        config.ssl_mode(encryption.0);
        fill(&mut config, &environment);
        Ok(Server { config, encryption: encryption.1 })
    }

    /// A new connection.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if it may work later.
    pub fn connect(&self) -> Result<Client, StoreError> {
        let connected = match self.config.get_ssl_mode() {
            SslMode::Disable => self.config.connect(NoTls),
            _ => self.config.connect(self.encryption.connector().map_err(StoreError::Broken)?),
        };
        let mut client = connected.map_err(|error| super::busy_or_broken(&error))?;
        client.batch_execute(SESSION).map_err(|error| super::busy_or_broken(&error))?;
        Ok(client)
    }
}

/// What the URL leaves open, from the environment and the password file, as libpq does.
fn fill(config: &mut Config, environment: &dyn Fn(&str) -> Option<String>) {
    if config.get_hosts().is_empty() {
        let local = "/var/run/postgresql".to_owned();
        config.host(&environment("PGHOST").unwrap_or(local));
    }
    if config.get_user().is_none()
        && let Some(user) = environment("PGUSER").or_else(|| environment("USER"))
    {
        config.user(&user);
    }
    if config.get_dbname().is_none()
        && let Some(name) = environment("PGDATABASE").or_else(|| config.get_user().map(str::to_owned))
    {
        config.dbname(&name);
    }
    if config.get_password().is_none()
        && let Some(password) = environment("PGPASSWORD").or_else(|| passfile::password(config, environment))
    {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    config.tcp_user_timeout(PATIENCE).keepalives(true).keepalives_idle(PATIENCE);
    config.application_name("freerun");
}

/// The URL with this port, if it names a host and no port: the driver would take 5432.
fn with_port(url: String, port: Option<String>) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let has_port = host.rsplit_once(']').map_or(host, |(_, after)| after).contains(':');
    match port {
        Some(port) if !host.is_empty() && !has_port => format!("{scheme}://{authority}:{port}{path}"),
        _ => url,
    }
}

/// The URL without `sslmode` and `sslrootcert`, whose values go beyond what the driver knows.
fn without_ssl_options(url: &str) -> (String, Option<String>, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None, None) };
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => roots = Some(value.replace("%2F", "/")),
            _ => rest.push(pair),
        }
    }
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (url, mode, roots)
}

/// A URL whose password, if it has one, is replaced.
pub fn redacted(url: &str) -> String {
    let hidden = |pair: &str| match pair.split_once('=') {
        Some(("password", _)) => "password=***".to_owned(),
        _ => pair.to_owned(),
    };
    let (base, query) = match url.split_once('?') {
        Some((base, query)) => (base, Some(query.split('&').map(hidden).collect::<Vec<_>>().join("&"))),
        None => (url, None),
    };
    let base = match base.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)))
    {
        Some((scheme, (user, place))) => {
            let user = user.split_once(':').map_or(user.to_owned(), |(user, _)| format!("{user}:***"));
            format!("{scheme}://{user}@{place}")
        }
        None => base.to_owned(),
    };
    query.map_or(base.clone(), |query| format!("{base}?{query}"))
}

/// An error of the driver with its cause: its own text is only a title.
pub fn words(error: &postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_owned();
    }
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("postgres://ann:se:cret@db/lab", "postgres://ann:***@db/lab"),
            ("postgres://ann@db/lab?password=secret&x=1", "postgres://ann@db/lab?password=***&x=1"),
            ("postgres://ann:a@b@db/lab", "postgres://ann:***@db/lab"),
            ("postgres://db", "postgres://db"),
            ("sqlite:a@b.db", "sqlite:a@b.db"),
        ] {
            assert_eq!(redacted(url), shown);
        }
    }

    #[test]
    fn encryption_is_read_as_libpq_does() {
        let url = "postgres://db/lab?sslmode=verify-full&application_name=x&sslrootcert=%2Fa%2Fb";
        let (url, mode, roots) = without_ssl_options(url);
        assert_eq!(url, "postgres://db/lab?application_name=x");
        assert_eq!((mode.as_deref(), roots.as_deref()), (Some("verify-full"), Some("/a/b")));
        let Err(error) = Server::at("postgres://db/lab?sslmode=always") else { panic!("it was taken") };
        assert!(error.contains("found `always`"), "{error}");
    }

    #[test]
    fn what_the_url_leaves_open_comes_from_the_environment() {
        let port = |url: &str| with_port(url.to_owned(), Some("5433".to_owned()));
        assert_eq!(port("postgres://ann@db/lab?x=1"), "postgres://ann@db:5433/lab?x=1");
        for complete in ["postgres://db:1/lab", "postgres://[::1]:1", "postgres:///lab"] {
            assert_eq!(port(complete), complete);
        }
        let mut config: Config = "postgres://db".parse().unwrap();
        let environment = |name: &str| match name {
            "PGUSER" => Some("ann".to_owned()),
            "PGPASSWORD" => Some("secret".to_owned()),
            _ => None,
        };
        fill(&mut config, &environment);
        assert_eq!((config.get_user(), config.get_dbname()), (Some("ann"), Some("ann")));
        assert_eq!(config.get_password(), Some(&b"secret"[..]));
    }
}
