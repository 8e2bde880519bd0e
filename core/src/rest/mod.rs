//! Requests to the service and what its answers mean, as pure functions.
//!
//! One file per resource: typed input to an HTTP request value, HTTP response value to typed output.

pub(crate) mod endpoint;
pub(crate) mod http;
pub(crate) mod link;
pub(crate) mod page;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod sandboxes;
pub(crate) mod snapshots;
pub(crate) mod volumes;

#[cfg(test)]
mod replay;
#[cfg(test)]
mod vectors;
