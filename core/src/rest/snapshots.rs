use super::http::Method;
use super::request::Operation;

const SNAPSHOTS: &str = "/api/v2/snapshots";

pub(crate) static LIST: Operation = Operation::new("list snapshots", Method::Get, SNAPSHOTS);
pub(crate) static GET: Operation = Operation::new("get snapshot", Method::Get, SNAPSHOTS);
pub(crate) static DELETE: Operation = Operation::new("delete snapshot", Method::Delete, SNAPSHOTS);
