//! What the methods of the table take and give, in the wire's own names.

mod files;
mod handles;
mod processes;
mod trees;

pub use files::*;
pub use handles::*;
pub use processes::*;
pub use trees::*;
