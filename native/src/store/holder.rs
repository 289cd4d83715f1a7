//! Who this process is to other processes: the holder of a lease, written so that another process
//! on the same machine can tell whether the holder still lives.

use freerun::driver::Holder;
use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// First part of an id that names a Linux process; other ids are never taken for dead.
const LINUX: &str = "linux";

/// A holder that stands for this process, unlike any other.
pub fn this_process() -> Holder {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let pid = std::process::id();
    let now_ns = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let nonce = format!("{now_ns}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let id = match (place(), start_of(pid)) {
        (Some(place), Some(start)) => format!("{LINUX} {place} {pid} {start} {nonce}"),
        _ => format!("process {pid} {nonce}"),
    };
    Holder { id, about: format!("process {pid} on {}", host_name()) }
}

/// Whether `id` names a process that ran where this one runs and does not any more.
pub fn is_dead(id: &str) -> bool {
    let parts: Vec<&str> = id.split(' ').collect();
    let [LINUX, boot, namespace, pid, start, _] = parts[..] else { return false };
    let Ok(pid) = pid.parse() else { return false };
    place().is_some_and(|here| here == format!("{boot} {namespace}"))
        && start_of(pid).is_none_or(|now| now != start)
}

/// Within which a process number means one process: this boot of the machine and its namespace.
fn place() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// When the process began, in clock ticks since the boot; `None` if there is none or it is a zombie.
fn start_of(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything: count from its end.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

fn host_name() -> String {
    let read = |path| fs::read_to_string(path).ok().map(|name| name.trim().to_owned());
    read("/proc/sys/kernel/hostname")
        .or_else(|| read("/etc/hostname"))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this machine".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_ids_differ() {
        let (one, two) = (this_process(), this_process());
        assert_ne!(one.id, two.id);
        assert!(!is_dead(&one.id));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_that_ended_is_dead_even_if_its_number_came_back() {
        let id = this_process().id;
        let mut parts: Vec<&str> = id.split(' ').collect();
        parts[4] = "1";
        assert!(is_dead(&parts.join(" ")));
        parts[1] = "another-boot";
        assert!(!is_dead(&parts.join(" ")));
        assert!(!is_dead("some other id"));
    }
}
