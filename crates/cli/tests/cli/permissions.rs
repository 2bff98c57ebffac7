//! What the server keeps is its owner's only, and it says so where it is not.

use std::fs::{Permissions, metadata, set_permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::server::nepho;

/// Starts a server, ends it, and returns what it logged.
fn log_of_start(data: &Path) -> String {
    let mut command = nepho();
    command.args(["serve", "--listen", "127.0.0.1:0", "--emf", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(line.contains("http="), "{line:?}");
    let mut log = String::new();
    process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    log
}

fn mode(path: &Path) -> u32 {
    metadata(path).unwrap().permissions().mode() & 0o777
}

/// Everything below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], below(&path)].concat() } else { vec![path] })
        .collect()
}

#[test]
fn data_is_its_owners_and_a_folder_of_others_making_is_told() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    assert_eq!(log_of_start(&data), "");
    let made = below(&data);
    assert!(made.iter().any(|path| path.ends_with("records.redb")), "{made:?}");
    for path in made.iter().chain([&data]) {
        assert_eq!(mode(path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    // As an earlier version, or an administrator, made it.
    set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(log_of_start(&data), "");
    let records = data.join("records.redb");
    set_permissions(&records, Permissions::from_mode(0o644)).unwrap();
    let log = log_of_start(&data);
    assert!(log.contains("others may read") && log.contains("records.redb"), "{log}");
    assert_eq!((mode(&data), mode(&records)), (0o755, 0o644));
}
