use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::endpoint::Endpoint;
use super::http::{HttpRequest, HttpResponse, Method};
use crate::model::Token;

/// How this crate names itself to the service.
pub(crate) const USER_AGENT: &str = concat!("deno-sandbox-rust/", env!("CARGO_PKG_VERSION"));

/// One plane of the service as one caller reaches it: the base URL and who is asking.
///
/// `Debug` shows no token.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: &'static str,
}

/// Who is asking. `Debug` shows no token.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) token: Token,
    pub(crate) org: Option<String>,
}

impl Credentials {
    /// Removes the token from an answer, where a hostile or careless peer repeats it: the answer's
    /// words go into error messages.
    pub(crate) fn redact(&self, response: HttpResponse) -> HttpResponse {
        let mut response = self.redact_headers(response);
        let body = String::from_utf8_lossy(&response.body);
        if let Some(redacted) = self.redacted(&body) {
            response.body = Bytes::from(redacted);
        }
        response
    }

    /// [`redact`](Self::redact) for a success, whose body is the user's and stays as it is.
    pub(crate) fn redact_headers(&self, mut response: HttpResponse) -> HttpResponse {
        for (_, value) in &mut response.headers {
            if let Some(redacted) = self.redacted(value) {
                *value = redacted;
            }
        }
        response
    }

    /// The text without the token, which is ASCII; `None` where it is not in it.
    fn redacted(&self, text: &str) -> Option<String> {
        let token = self.token.expose();
        let (mut redacted, mut rest) = (String::new(), text);
        while let Some(at) = rest
            .as_bytes()
            .windows(token.len())
            .position(|part| part == token.as_bytes())
        {
            redacted.push_str(&rest[..at]);
            redacted.push('…');
            rest = &rest[at + token.len()..];
        }
        (!redacted.is_empty()).then(|| redacted + rest)
    }
}

impl Service {
    /// A request without a body.
    pub(crate) fn request(&self, method: Method, path: &Path, query: &Query) -> HttpRequest {
        let mut headers = vec![
            (
                "authorization",
                format!("Bearer {}", self.credentials.token.expose()),
            ),
            ("user-agent", self.user_agent.to_owned()),
        ];
        if let Some(org) = &self.credentials.org {
            headers.push(("x-deno-org", org.clone()));
        }
        if matches!(method, Method::Post | Method::Patch) {
            headers.push(("content-type", "application/json".to_owned()));
        }
        HttpRequest {
            method,
            url: format!("{}{}{}", self.endpoint.as_str(), path.0, query.as_suffix()),
            headers,
            body: Bytes::new(),
            connect_timeout: None,
        }
    }
}

/// Something the service does to one of the things of a collection, or to the collection.
#[derive(Debug)]
pub(crate) struct Operation {
    /// What it does, for messages.
    pub(crate) verb: &'static str,
    method: Method,
    collection: &'static str,
    /// What the path goes on with after the name of the thing.
    part: Option<&'static str>,
}

impl Operation {
    pub(crate) const fn new(verb: &'static str, method: Method, collection: &'static str) -> Self {
        Self {
            verb,
            method,
            collection,
            part: None,
        }
    }

    /// The same of a part of the thing.
    pub(crate) const fn part(self, part: &'static str) -> Self {
        Self {
            part: Some(part),
            ..self
        }
    }

    /// The request, about `thing` if it is about one, with a JSON body unless that is empty.
    pub(crate) fn request(
        &self,
        service: &Service,
        thing: Option<&str>,
        body: String,
    ) -> HttpRequest {
        let mut path = Path::new(self.collection);
        for segment in [thing, self.part].into_iter().flatten() {
            path = path.segment(segment);
        }
        let mut request = service.request(self.method, &path, &Query::default());
        request.body = body.into();
        request
    }

    /// The request for what in the collection `query` asks for.
    pub(crate) fn list(&self, service: &Service, query: &Query) -> HttpRequest {
        service.request(self.method, &Path::new(self.collection), query)
    }

    /// The request about `thing`, which needs no body.
    pub(crate) fn about(&self, service: &Service, thing: &str) -> HttpRequest {
        self.request(service, Some(thing), String::new())
    }
}

/// The path of a request, built so that no argument can name another resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Cow<'static, str>);

/// RFC 3986's unreserved characters stay; everything else is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Path {
    /// A fixed path, starting with a slash.
    pub(crate) const fn new(path: &'static str) -> Self {
        Self(Cow::Borrowed(path))
    }

    /// Adds one segment. The callers' types refuse the empty text, `.` and `..`, which URL parsers
    /// treat as other resources even when encoded.
    pub(crate) fn segment(self, argument: &str) -> Self {
        debug_assert!(!matches!(argument, "" | "." | ".."), "not a segment");
        Self(format!("{}/{}", self.0, utf8_percent_encode(argument, SEGMENT)).into())
    }
}

/// Query parameters, encoded as HTML forms are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(String);

/// The form encoding's unreserved characters; a space becomes `+`.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*')
    .remove(b' ');

impl Query {
    /// Adds a parameter.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend([&*form(name), "=", &*form(value)]);
    }

    /// The encoded parameters, without a question mark.
    #[cfg(test)]
    pub(super) fn as_text(&self) -> &str {
        &self.0
    }

    fn as_suffix(&self) -> String {
        if self.0.is_empty() {
            String::new()
        } else {
            format!("?{}", self.0)
        }
    }
}

fn form(text: &str) -> String {
    utf8_percent_encode(text, PARAMETER)
        .to_string()
        .replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Reference;

    proptest! {
        /// However a resource is named, the request stays below its collection and names it whole.
        #[test]
        fn no_argument_leaves_its_collection(name in any::<String>()) {
            let Ok(reference) = name.parse::<Reference>() else { return Ok(()) };
            let path = Path::new("/api/v2/volumes").segment(reference.as_str()).0;
            let segment = path.strip_prefix("/api/v2/volumes/").unwrap();
            prop_assert!(!segment.contains(['/', '\\', '?', '#']));
            prop_assert!(!matches!(segment, "" | "." | ".."));
            prop_assert!(segment.is_ascii() && !segment.contains(char::is_whitespace));
            let decoded = percent_encoding::percent_decode_str(segment).decode_utf8().unwrap();
            prop_assert_eq!(&*decoded, &*name);
        }

        #[test]
        fn query_values_come_back_as_given(name in "[a-z]{1,5}", value in any::<String>()) {
            let mut query = Query::default();
            query.push(&name, &value);
            let (_, encoded) = query.0.split_once('=').unwrap();
            prop_assert!(!encoded.contains(['&', '=', '#', ' ']));
            let decoded = encoded.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&decoded).decode_utf8().unwrap();
            prop_assert_eq!(&*decoded, &*value);
        }
    }
}
