//! A PostgreSQL in a folder of its own, which ends with the test.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where Debian and others put the server's programs, a folder for each version.
const FOLDERS: [&str; 3] = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"];
/// It is not to be had as root; this is whom it runs as instead.
const UNPRIVILEGED: &str = "nobody";

/// A running server, on a Unix socket only.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    user: Option<(u32, u32)>,
}

impl Cluster {
    /// Starts one, or says why not.
    pub(crate) fn start() -> Result<Self, String> {
        let programs = programs().ok_or("no PostgreSQL is installed (Debian: postgresql)")?;
        let folder = tempfile::Builder::new().prefix("nepho-pg").tempdir().map_err(|error| error.to_string())?;
        let is_root = std::fs::metadata(folder.path()).is_ok_and(|metadata| metadata.uid() == 0);
        let user = if is_root { Some(unprivileged()?) } else { None };
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        let cluster = Cluster { programs, folder, user };
        cluster
            .run("initdb", &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-locale"])?;
        let socket = cluster.folder.path().display();
        let settings = format!("-c listen_addresses='' -c unix_socket_directories={socket} -c fsync=off");
        let log = cluster.folder.path().join("log").display().to_string();
        cluster.run("pg_ctl", &["--wait", "--silent", "--log", &log, "--options", &settings, "start"])?;
        Ok(cluster)
    }

    /// Its address, with the database that every server has.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display())
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new(self.programs.join(program));
        command.arg("--pgdata").arg(self.folder.path().join("data")).args(arguments);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        // The server keeps standard error open for as long as it runs, so it must not be waited for to its end.
        let errors = self.folder.path().join("errors");
        let file = std::fs::File::create(&errors).map_err(|error| error.to_string())?;
        let status = command.stderr(file).status().map_err(|error| format!("{program}: {error}"))?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("{program} failed: {}", std::fs::read_to_string(errors).unwrap_or_default())),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.run("pg_ctl", &["--mode=immediate", "--silent", "stop"]));
    }
}

/// The folder with the programs of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = FOLDERS.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).filter(|bin| has(bin)).collect();
    folders.sort();
    let by_version = folders.pop();
    by_version.or_else(|| Some(PathBuf::from("/usr/bin")).filter(|bin| has(bin)))
}

fn has(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("pg_ctl").exists()
}

fn unprivileged() -> Result<(u32, u32), String> {
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let found = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let mut ids = fields.skip(1).map(|id| id.parse().ok());
        (name == UNPRIVILEGED).then(|| Some((ids.next()??, ids.next()??)))?
    });
    found.ok_or_else(|| format!("PostgreSQL does not run as root, and there is no user {UNPRIVILEGED:?}"))
}
