//! Values that are valid by construction, and the service's records as they are on the wire.
//!
//! Nothing here knows HTTP, sockets or clocks. Every text form parses with [`str::parse`], prints
//! with `Display` what `parse` reads back, and fails with an [`Invalid`] that says what was given,
//! what is allowed and the nearest right spelling.

#[macro_use]
mod macros;

mod allow_net;
mod authority;
mod byte_size;
mod capacity;
mod credentials;
mod decimal;
mod env;
mod invalid;
mod labels;
mod memory;
pub(crate) mod moment;
mod mount;
mod quoted;
mod records;
mod region;
mod sandbox_id;
mod sandbox_path;
mod slug;
mod spelling;
mod timeout;
mod tree_path;

pub use allow_net::NetPattern;
pub(crate) use authority::is_authority;
pub use byte_size::format_bytes;
pub use capacity::Capacity;
pub use credentials::{Secret, Token};
pub use env::Env;
pub use invalid::{Field, Invalid};
pub use labels::Labels;
pub use memory::Memory;
pub use mount::{MountPath, Mounts};
pub use quoted::Quoted;
pub use records::{SandboxInfo, SandboxStatus, Snapshot, Volume, VolumeRef};
pub use region::Region;
pub use sandbox_id::SandboxId;
pub use sandbox_path::SandboxPath;
pub use slug::{Reference, Slug};
pub use spelling::is_misspelt;
pub use timeout::{Duration, Timeout};
pub use tree_path::{is_plain_name, link_stays_inside};
