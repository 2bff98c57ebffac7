//! EMF's way in: sockets, `POST /emf` and log events all read documents through [`documents::Documents`].

pub(crate) mod documents;
pub(crate) mod lines;
pub(crate) mod tcp;
pub(crate) mod udp;
