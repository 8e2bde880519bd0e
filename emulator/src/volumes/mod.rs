//! The rules of volumes: who may create, attach, snapshot and delete what.

mod attachment;
mod claims;
mod deletion;
mod rules;

pub(crate) use attachment::Attachment;
pub(crate) use claims::Parting;
pub(crate) use rules::{NewVolume, Volumes};
