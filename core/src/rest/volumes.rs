use serde::Serialize;

use super::http::{HttpRequest, Method};
use super::page::{ListOptions, Listing};
use super::request::{Path, Query, Service};
use crate::model::{Capacity, Invalid, Reference, Region, Slug};

const VOLUMES: Path = Path::new("/api/v2/volumes");

/// What a new volume is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewVolume {
    pub(crate) slug: Slug,
    pub(crate) region: Region,
    pub(crate) capacity: Capacity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Reference>,
}

pub(crate) fn create(service: &Service, volume: &NewVolume) -> HttpRequest {
    service.request_with(Method::Post, &VOLUMES, volume)
}

pub(crate) fn list(options: ListOptions) -> Result<Listing, Invalid> {
    Listing::new(VOLUMES, options)
}

pub(crate) fn get(service: &Service, volume: &Reference) -> HttpRequest {
    service.request(
        Method::Get,
        &VOLUMES.segment(volume.as_str()),
        &Query::default(),
    )
}

pub(crate) fn delete(service: &Service, volume: &Reference) -> HttpRequest {
    service.request(
        Method::Delete,
        &VOLUMES.segment(volume.as_str()),
        &Query::default(),
    )
}

pub(crate) fn snapshot(service: &Service, volume: &Reference, slug: &Slug) -> HttpRequest {
    #[derive(Serialize)]
    struct Body<'a> {
        slug: &'a Slug,
    }
    let path = VOLUMES.segment(volume.as_str()).segment("snapshot");
    service.request_with(Method::Post, &path, &Body { slug })
}
