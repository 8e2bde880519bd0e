use super::{BoxFuture, HttpRequest, HttpResponse, MaybeSend, MaybeSync, TransportFailure};

/// Sends HTTP requests. Redirects are not followed, and nothing is retried.
pub trait HttpClient: MaybeSend + MaybeSync + 'static {
    /// Sends one request and reads the whole answer, of at most 64 MiB.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportFailure>>;
}
