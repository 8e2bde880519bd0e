use super::http::{HttpRequest, Method};
use super::page::{ListOptions, Listing};
use super::request::{Path, Query, Service};
use crate::model::{Invalid, Reference};

const SNAPSHOTS: Path = Path::new("/api/v2/snapshots");

pub(crate) fn list(options: ListOptions) -> Result<Listing, Invalid> {
    Listing::new(SNAPSHOTS, options)
}

pub(crate) fn get(service: &Service, snapshot: &Reference) -> HttpRequest {
    service.request(
        Method::Get,
        &SNAPSHOTS.segment(snapshot.as_str()),
        &Query::default(),
    )
}

pub(crate) fn delete(service: &Service, snapshot: &Reference) -> HttpRequest {
    service.request(
        Method::Delete,
        &SNAPSHOTS.segment(snapshot.as_str()),
        &Query::default(),
    )
}
