//! What messages are signed with.
//!
//! The key and its certificate are made when something is signed for the first time, and kept with the other records.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nepho_model::Timestamp;
use nepho_notify::topic::SignatureVersion;
use nepho_store::{Change, Record, Records, Table};
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use rsa::signature::{Keypair, SignatureEncoding, Signer as _};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::EncodePem;
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use crate::topics::error::{TopicError, damaged, read, written};

/// What messages are signed with: one record, under [`KEY`].
const SIGNING: Table = Table("sns_signing");
const KEY: &str = "key";
/// The length of the key, in bits.
const KEY_BITS: usize = 2048;
/// How long the certificate is good for, in years. Verifiers fetch it by its address and do not ask who vouches for it.
const YEARS: u64 = 30;
const YEAR_SECONDS: u64 = 365 * 24 * 3600;
/// Digits of the certificate's digest that are its name.
const NAME_LENGTH: usize = 32;

/// Signs messages.
pub(crate) struct Signer {
    sha1: SigningKey<Sha1>,
    sha256: SigningKey<Sha256>,
    certificate: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    key: String,
    certificate: String,
}

impl Signer {
    /// Reads what messages are signed with, or makes it: then the caller keeps others from changing records. May block for
    /// seconds.
    pub(crate) fn load(records: &dyn Records, now: Timestamp) -> Result<Arc<Self>, TopicError> {
        let kept = match records.get(SIGNING, KEY)? {
            Some(value) => read(SIGNING, KEY, &value)?,
            None => {
                let kept = make(now).map_err(|error| damaged(SIGNING, KEY, &error))?;
                records.commit(&[Change::Put(SIGNING, Record { key: KEY.to_owned(), value: written(&kept) })])?;
                kept
            }
        };
        let key = PrivateKey::from_pkcs8_pem(&kept.key).map_err(|error| damaged(SIGNING, KEY, &error))?;
        let name = hex::encode(Sha256::digest(&kept.certificate))[..NAME_LENGTH].to_owned();
        let (sha1, sha256) = (SigningKey::new(key.clone()), SigningKey::new(key));
        Ok(Arc::new(Signer { sha1, sha256, certificate: kept.certificate, name }))
    }

    /// Signs a text: RSASSA-PKCS1-v1_5, in base64.
    pub(crate) fn sign(&self, version: SignatureVersion, text: &str) -> Result<String, String> {
        let signature = match version {
            SignatureVersion::Sha1 => self.sha1.try_sign(text.as_bytes()),
            SignatureVersion::Sha256 => self.sha256.try_sign(text.as_bytes()),
        };
        let signature = signature.map_err(|error| format!("it cannot be signed: {error}"))?;
        Ok(STANDARD.encode(signature.to_bytes()))
    }

    /// The certificate, as PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// What the certificate's address calls it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// A certificate that vouches for itself.
struct SelfMade(Name);

impl BuilderProfile for SelfMade {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        _key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _certificate: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(Vec::new())
    }
}

fn make(now: Timestamp) -> Result<Kept, Box<dyn std::error::Error>> {
    let key = PrivateKey::new(&mut getrandom::SysRng, KEY_BITS)?;
    let signer = SigningKey::<Sha256>::new(key.clone());
    let begin = now.seconds().max(0) as u64;
    let at = |seconds: u64| Time::try_from(std::time::UNIX_EPOCH + Duration::from_secs(seconds));
    let validity = Validity::new(at(begin.saturating_sub(24 * 3600))?, at(begin + YEARS * YEAR_SECONDS)?);
    let public = SubjectPublicKeyInfo::from_key(&signer.verifying_key())?;
    let profile = SelfMade(Name::from_str("CN=Nephoscope notifications")?);
    let builder = CertificateBuilder::new(profile, SerialNumber::from(1_u32), validity, public)?;
    let certificate = builder.build::<_, rsa::pkcs1v15::Signature>(&signer)?;
    Ok(Kept { key: key.to_pkcs8_pem(LineEnding::LF)?.to_string(), certificate: certificate.to_pem(LineEnding::LF)? })
}
