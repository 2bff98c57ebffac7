//! The line by which the backup command says that there is a backup.

/// What `BACKUP_SUCCESS key=... size=...` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub key: String,
    /// How large it is.
    pub size_bytes: u64,
}

impl Backup {
    /// Finds the line in what the command wrote; of several, the last. A line that lacks the key or a whole number of
    /// bytes says nothing.
    pub fn parse(output: &str) -> Option<Self> {
        output.lines().rev().find_map(Backup::of_line)
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        if words.next() != Some("BACKUP_SUCCESS") {
            return None;
        }
        let members: Vec<(&str, &str)> = words.filter_map(|word| word.split_once('=')).collect();
        let member = |name| members.iter().find(|(found, value)| *found == name && !value.is_empty());
        let (key, size) = (member("key")?.1, member("size")?.1);
        Some(Backup { key: key.to_owned(), size_bytes: size.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_key_and_size() {
        let backup = |key: &str, size_bytes| Some(Backup { key: key.to_owned(), size_bytes });
        let cases = [
            ("BACKUP_SUCCESS key=etcd/2026-11-23.db size=20971520", backup("etcd/2026-11-23.db", 20_971_520)),
            ("snapshot saved\nBACKUP_SUCCESS key=a size=1\nbye\n", backup("a", 1)),
            ("  BACKUP_SUCCESS size=5 took=3s key=a=b  \r\n", backup("a=b", 5)),
            ("BACKUP_SUCCESS key=a size=1\nBACKUP_SUCCESS key=b size=2", backup("b", 2)),
            ("BACKUP_SUCCESS key=a size=1\nBACKUP_SUCCESS key=b", backup("a", 1)),
            ("BACKUP_SUCCESS key=a size=0", backup("a", 0)),
            ("BACKUP_SUCCESS key=a size=18446744073709551615", backup("a", u64::MAX)),
            ("BACKUP_SUCCESS key=a size=18446744073709551616", None),
            ("BACKUP_SUCCESS key=a size=-1", None),
            ("BACKUP_SUCCESS key=a size=20MB", None),
            ("BACKUP_SUCCESS key= size=1", None),
            ("BACKUP_SUCCESS size=1", None),
            ("BACKUP_SUCCESSFUL key=a size=1", None),
            ("BACKUP_FAILURE key=a size=1", None),
            ("say BACKUP_SUCCESS key=a size=1", None),
            ("", None),
        ];
        for (output, expected) in cases {
            assert_eq!(Backup::parse(output), expected, "{output}");
        }
    }
}
