/// Sockets, TLS and timers of the machine itself.
#[derive(Debug)]
pub struct NativeTransport;
