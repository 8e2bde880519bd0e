use super::http::Method;
use super::request::Operation;
use crate::model::{Capacity, Reference, Region, Slug};

const VOLUMES: &str = "/api/v2/volumes";

pub(crate) static LIST: Operation = Operation::new("list volumes", Method::Get, VOLUMES);
pub(crate) static GET: Operation = Operation::new("get volume", Method::Get, VOLUMES);
pub(crate) static CREATE: Operation = Operation::new("create volume", Method::Post, VOLUMES);
pub(crate) static DELETE: Operation = Operation::new("delete volume", Method::Delete, VOLUMES);
pub(crate) static SNAPSHOT: Operation =
    Operation::new("snapshot volume", Method::Post, VOLUMES).part("snapshot");

/// What a new volume is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewVolume {
    pub(crate) slug: Slug,
    pub(crate) region: Region,
    pub(crate) capacity: Capacity,
    pub(crate) from: Option<Reference>,
}

/// What a new snapshot of a volume is to be.
#[derive(Debug)]
pub(crate) struct NewSnapshot {
    pub(crate) slug: Slug,
}
