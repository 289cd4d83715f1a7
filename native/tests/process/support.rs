//! A folder for each test, a study file in it, and the program run there.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A study of `synthetic` that other settings can be put into.
pub const STUDY: &str = r#"
name = "sphere"
seed = 7
replicates = 2

[budget]
trials = 20

[attempts]
retries = 1000

[model]
name = "synthetic"

[model.settings]
noise_sd = 0.1
duration = "uniform"
mean_ms = 5

[parameters]
x0 = { low = -5.0, high = 5.0 }
x1 = { low = -5.0, high = 5.0 }

[[targets]]
name = "value"
output = "loss"
simulated = "loss"
distance = "value"
combine = "mean"
"#;

/// A folder, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    /// An empty one.
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("freerun-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// One with [`STUDY`] in `study.toml`, after replacements.
    pub fn with_study(replacements: &[(&str, &str)]) -> Folder {
        let folder = Folder::new();
        folder.write_study(replacements);
        folder
    }

    /// Writes [`STUDY`] after replacements.
    pub fn write_study(&self, replacements: &[(&str, &str)]) {
        let mut text = STUDY.to_owned();
        for (from, to) in replacements {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        std::fs::write(self.0.join("study.toml"), text).unwrap();
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_freerun"));
        command.current_dir(&self.0).args(arguments.split_whitespace()).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &str) -> Ran {
        Ran::new(self.command(arguments).output().unwrap())
    }

    /// Runs the program with arguments that may hold blanks, and `input` to read.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command("");
        let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::new(child.wait_with_output().unwrap())
    }

    /// Runs the program, which must succeed.
    #[track_caller]
    pub fn succeed(&self, arguments: &str) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "freerun {arguments}: {}", ran.errors);
        ran
    }

    /// Starts the program with its standard output to be read.
    pub fn start(&self, arguments: &str) -> Running {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Running { child, lines }
    }

    /// Names of the files in it.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Ran {
    fn new(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), output: text(output.stdout), errors: text(output.stderr) }
    }

    /// Its output as JSON lines.
    pub fn json(&self) -> Vec<Value> {
        self.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A process that runs.
pub struct Running {
    pub child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// The next line of its output; `None` at the end, or for a line that was cut.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.strip_suffix('\n').map(str::to_owned)
    }

    /// The next line of its output as JSON.
    pub fn next(&mut self) -> Option<Value> {
        self.line().map(|line| serde_json::from_str(&line).unwrap())
    }

    /// The next line about a finished trial.
    pub fn next_trial(&mut self) -> Option<Value> {
        loop {
            let line = self.next()?;
            if line["event"] == "trial" {
                return Some(line);
            }
        }
    }

    /// Sends a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        assert!(send(name, self.child.id()));
    }

    /// Kills it after a pause, if it has not ended by then. To be joined before the process is
    /// waited for: until then its number stands for it.
    pub fn kill_after(&self, pause: Duration) -> JoinHandle<()> {
        let id = self.child.id();
        std::thread::spawn(move || {
            std::thread::sleep(pause);
            send("KILL", id);
        })
    }

    /// Waits for its end; gives its code and the rest of its output.
    pub fn wait(mut self) -> (Option<i32>, Vec<Value>) {
        let rest = std::iter::from_fn(|| self.next()).collect();
        (self.child.wait().unwrap().code(), rest)
    }
}

fn send(signal: &str, id: u32) -> bool {
    Command::new("kill")
        .args(["-s", signal, &id.to_string()])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}
