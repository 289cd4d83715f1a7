//! A PostgreSQL server of one's own, for a test: in a temporary folder, not as root, and gone with it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Who the server runs as when the test is root: it refuses to be root.
const USER: &str = "postgres";

/// A server with one superuser, `freerun`, who needs no password.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Makes one and starts it.
    pub fn start() -> Cluster {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("freerun-postgres-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        if is_root() {
            run(Command::new("chown").arg(USER).arg(&folder), "the folder belongs to the server");
        }
        let mut initdb = as_user(&program("initdb"));
        initdb.args([
            "--auth=trust",
            "--username=freerun",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "-D",
        ]);
        run(initdb.arg(folder.join("data")), "initdb");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let mut cluster = Cluster { folder, port, server: None };
        cluster.up();
        cluster
    }

    /// Starts the server again.
    pub fn up(&mut self) {
        let mut server = as_user(&program("postgres"));
        server.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        server.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        let log =
            std::fs::File::create(self.folder.join(format!("log-{}", std::process::id()))).expect("a log");
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(server.spawn().expect("the server starts"));
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            let mut ready = Command::new(program("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ready.status().is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not answer");
    }

    /// A new database; its URL, without a password.
    pub fn database(&self, name: &str) -> String {
        let mut create = Command::new(program("createdb"));
        create.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "freerun", name]);
        run(&mut create, "createdb");
        self.url(name)
    }

    /// The URL of a database.
    pub fn url(&self, name: &str) -> String {
        format!("postgres://freerun@127.0.0.1:{}/{name}", self.port)
    }

    /// What `sql` gives, without decoration.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(program("psql"));
        psql.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "freerun",
            "-XAtq",
            "-c",
            sql,
            database,
        ]);
        let output = psql.output().expect("psql runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Kills the server and everything of it at once, as a power cut would.
    pub fn kill(&mut self) {
        let postmaster = self.postmaster();
        let Some(mut server) = self.server.take() else { return };
        // Its children end by themselves when they miss it; with it stopped they cannot be replaced.
        for signal in ["-STOP", "-KILL"] {
            let mut kill = Command::new("pkill");
            let _ = kill.args([signal, "-P", &postmaster]).status();
            let _ = Command::new("kill").args([signal, &postmaster]).status();
        }
        let _ = server.wait();
        let _ = std::fs::remove_file(self.folder.join("data/postmaster.pid"));
    }

    /// Process number of the server itself; the child may be what changed the user before it.
    fn postmaster(&self) -> String {
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("the server runs");
        pid.lines().next().expect("a number").to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() && self.folder.join("data/postmaster.pid").exists() {
            self.kill();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id runs");
    output.stdout == b"0\n"
}

fn as_user(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--clear-groups", program]);
    command.current_dir(std::env::temp_dir());
    command
}

/// Path of one of PostgreSQL's programs: Debian keeps the server's out of the PATH.
fn program(name: &str) -> String {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).collect();
    found.sort();
    found.pop().map_or_else(|| name.to_owned(), |path| path.display().to_string())
}

fn run(command: &mut Command, what: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}
