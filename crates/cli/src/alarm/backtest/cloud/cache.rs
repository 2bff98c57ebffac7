//! What a service has answered, in files: `docs/format/backtest-cache.md`.

use std::io::Write;
use std::path::{Path, PathBuf};

use aws_sdk_cloudwatch::Client;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::series::{Key, Series};
use crate::endpoint::{self, Endpoint};
use crate::exit::Failure;
use crate::print;

/// The version of the format.
const VERSION: u32 = 1;

/// What stands for itself in the name of a folder.
const IN_NAMES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The folder with the answers of one account in one Region.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

/// A file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct File {
    version: u32,
    key: Key,
    series: Series,
}

impl Cache {
    /// The answers that somebody gets of an endpoint.
    ///
    /// # Errors
    /// When nobody knows as whom it is asked.
    pub(super) async fn new(folder: &Path, endpoint: &endpoint::Arguments, client: &Client) -> Result<Self, Failure> {
        let region = client.config().region().map_or_else(String::new, ToString::to_string);
        let service = match endpoint.endpoint() {
            Endpoint::Aws => "aws".to_owned(),
            Endpoint::At(uri) => uri.authority().map_or_else(String::new, ToString::to_string),
        };
        let names = ["cloudwatch", &service, &whose(endpoint).await?, &region];
        let names = names.iter().map(|name| utf8_percent_encode(name, IN_NAMES).to_string());
        Ok(Cache { folder: names.fold(folder.to_owned(), |folder, name| folder.join(name)) })
    }

    fn path(&self, key: &Key) -> PathBuf {
        let text = serde_json::to_string(key).expect("a key has only strings and numbers");
        self.folder.join(format!("{:016x}.json", fnv_1a(text.as_bytes())))
    }

    /// What is kept of a series. A file that cannot be read, or is of another series, holds nothing.
    pub(super) fn read(&self, key: &Key) -> Series {
        let Ok(text) = std::fs::read(self.path(key)) else { return Series::default() };
        match serde_json::from_slice::<File>(&text) {
            Ok(file) if file.version == VERSION && file.key == *key => file.series,
            _ => Series::default(),
        }
    }

    /// Keeps a series. What cannot be kept is asked for again the next time, which is told.
    pub(super) fn write(&self, key: &Key, series: &Series) {
        let path = self.path(key);
        if let Err(error) = self.put(&path, key, series) {
            print::note(&format!("note: an answer cannot be kept in {}: {error}", path.display()));
        }
    }

    /// Puts a whole file in the place of the one before.
    fn put(&self, path: &Path, key: &Key, series: &Series) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let file = File { version: VERSION, key: key.clone(), series: series.clone() };
        let draft = path.with_extension(format!("{}.draft", std::process::id()));
        let mut out = std::fs::File::create(&draft)?;
        out.write_all(&serde_json::to_vec(&file).expect("a series has only strings and numbers"))?;
        drop(out);
        std::fs::rename(&draft, path)
    }
}

/// Whose metrics are answered: the account where that is known, otherwise what leads to it.
async fn whose(endpoint: &endpoint::Arguments) -> Result<String, Failure> {
    let credentials = match endpoint.endpoint() {
        Endpoint::At(_) => endpoint.credentials().await?,
        Endpoint::Aws => endpoint.aws_credentials().await?,
    };
    let account = credentials.account_id().map(|account| account.as_str().to_owned());
    let profile = || endpoint.profile().map(str::to_owned);
    Ok(account.or_else(profile).unwrap_or_else(|| credentials.access_key_id().to_owned()))
}

/// The 64-bit FNV-1a hash, whose values are the same for ever.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use nepho_model::Metric;

    use super::*;

    fn key(stat: &str) -> Key {
        Key::new(&Metric::new("Shop", "Errors", &[("Host", "a")]).unwrap(), Some("Count"), stat, 300, 60)
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().join("of/somebody") };
        assert_eq!(cache.read(&key("Sum")), Series::default());
        let series = Series { covered: vec![(60, 660)], points: vec![(360, 0.1 + 0.2)] };
        cache.write(&key("Sum"), &series);
        assert_eq!(cache.read(&key("Sum")), series);
        assert_eq!(cache.read(&key("p99")), Series::default());
        let text = std::fs::read_to_string(cache.path(&key("Sum"))).unwrap();
        assert_eq!(
            text,
            r#"{"Version":1,"Key":{"Namespace":"Shop","MetricName":"Errors","Dimensions":[["Host","a"]],"Unit":"Count","Stat":"Sum","Period":300,"Anchor":60},"Series":{"Covered":[[60,660]],"Points":[[360,0.30000000000000004]]}}"#
        );
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn what_is_not_its_own_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().to_owned() };
        let series = Series { covered: vec![(0, 600)], points: Vec::new() };
        cache.write(&key("Sum"), &series);
        let text = std::fs::read_to_string(cache.path(&key("Sum"))).unwrap();
        for wrong in [text.replace("\"Sum\"", "\"Sun\""), text.replace(":1,", ":2,"), text[..80].to_owned()] {
            std::fs::write(cache.path(&key("Sum")), wrong).unwrap();
            assert_eq!(cache.read(&key("Sum")), Series::default());
        }
    }
}
