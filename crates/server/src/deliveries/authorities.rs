//! Certificates of authorities that are trusted besides the machine's own.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Trusts the authorities of a file (PEM), of which there has to be at least one.
pub(crate) fn trust(path: &Path, roots: &mut RootCertStore) -> Result<(), String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
    }
    match roots.len() > before {
        true => Ok(()),
        false => Err(wrong(&"there are no certificates in it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    /// An authority that signed itself, and whose key nobody kept.
    const CERTIFICATE: &str = "MIIBLjCB4aADAgECAhRBhu8vcROPTogRh7Sda6AZvQNL7TAFBgMrZXAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjkwNTAzMzha\
        GA8yMTI2MTEwNTA1MDMzOFowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhAJsAuzA5n1gvyA6WP/Wra002notkPlqZtbxEJ2s9\
        HsUdo1MwUTAdBgNVHQ4EFgQU9QjbJR60keNe0QWgJShcISIolHYwHwYDVR0jBBgwFoAU9QjbJR60keNe0QWgJShcISIolHYw\
        DwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQC/XKDr/dZFBhL5C5lhumHipj/joyumbXMSMTHTNfXwzNW3J1u60SIB7+p56rU4\
        G08kMCpKNIwVzuMY2qA7EFAG";

    #[test]
    fn a_file_has_to_be_there_and_hold_certificates() {
        // A wrong name was only noticed at the first delivery over TLS.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let fault = |text: Option<&str>| {
            text.inspect(|text| std::fs::write(&path, text).unwrap());
            let fault = trust(&path, &mut RootCertStore::empty()).unwrap_err();
            fault.strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
        };
        assert!(fault(None).starts_with("No such file"));
        assert_eq!(fault(Some("")), "there are no certificates in it");
        assert_eq!(fault(Some("not a certificate")), "there are no certificates in it");
        assert!(!fault(Some(&format!("{BEGIN}\nMAA=\n{END}\n"))).contains("no certificates"));
        assert!(!fault(Some(&format!("{BEGIN}\nMAA=\n"))).contains("no certificates"));
    }

    #[test]
    fn all_certificates_of_a_file_are_trusted() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let trusted = |certificates: &[&str]| {
            let text: String = certificates.iter().map(|it| format!("{BEGIN}\n{it}\n{END}\n")).collect();
            std::fs::write(file.path(), text).unwrap();
            let mut roots = RootCertStore::empty();
            trust(file.path(), &mut roots).map(|()| roots.len())
        };
        assert_eq!(trusted(&[CERTIFICATE]), Ok(1));
        assert_eq!(trusted(&[CERTIFICATE, CERTIFICATE]), Ok(2));
    }
}
