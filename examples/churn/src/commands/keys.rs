//! `churn keys`

use std::path::PathBuf;

use churn::model::keys;
use clap::Args;

use super::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the secret key goes. It stays where models are trained.
    #[arg(long, default_value = "churn-data/model.key")]
    secret: PathBuf,
    /// Where the public key goes. It is what workers trust.
    #[arg(long, default_value = "churn-data/model.pub")]
    public: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    for folder in [&arguments.secret, &arguments.public].into_iter().filter_map(|path| path.parent()) {
        std::fs::create_dir_all(folder)?;
    }
    keys::make(&arguments.secret, &arguments.public)?;
    println!("{} signs models, {} proves it", arguments.secret.display(), arguments.public.display());
    Ok(())
}
