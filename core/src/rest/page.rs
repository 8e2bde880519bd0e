use super::http::{HttpRequest, HttpResponse};
use super::link::{self, LinkError};
use super::request::{Operation, Query, Service};
use super::response;
use crate::error::Result;
use crate::model::{Field, Invalid, Labels};

/// Which part of a list to read. All of it, in pages of the service's own size, unless told.
///
/// ```
/// use deno_sandbox::ListOptions;
/// let options = ListOptions::default().limit(10).search("train");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListOptions {
    pub(crate) limit: Option<u32>,
    pub(crate) cursor: Option<String>,
    pub(crate) search: Option<String>,
}

impl ListOptions {
    /// The most items on a page, at least 1; the service may send fewer.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Starts at the page a [`next_cursor`](crate::Page::next_cursor) named.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// Only items whose slug holds this text.
    #[must_use]
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }
}

/// A list and the place in it: one page of it is one request.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    operation: &'static Operation,
    limit: Option<u32>,
    cursor: Option<String>,
    filters: Vec<(String, String)>,
}

impl Listing {
    /// The list that `operation` reads.
    ///
    /// # Errors
    /// When the options break a rule.
    pub(crate) fn new(
        operation: &'static Operation,
        options: ListOptions,
    ) -> Result<Self, Invalid> {
        if options.limit == Some(0) {
            return Err(Invalid::new(
                Field::Option,
                "limit 0",
                "a page has at least 1 item",
            ));
        }
        if options.cursor.as_deref() == Some("") {
            return Err(
                Invalid::new(Field::Option, "", "a cursor must not be empty")
                    .with_hint("leave it out to start at the first page"),
            );
        }
        let filters = options.search.map(|text| ("search".to_owned(), text));
        Ok(Self {
            operation,
            limit: options.limit,
            cursor: options.cursor,
            filters: filters.into_iter().collect(),
        })
    }

    /// Only items with all of these labels.
    pub(crate) fn labels(mut self, labels: &Labels) -> Self {
        for (key, value) in labels.iter() {
            self.filters
                .push((format!("labels[{key}]"), value.to_owned()));
        }
        self
    }

    /// The same list from another place on.
    pub(crate) fn at(&self, cursor: String) -> Self {
        Self {
            cursor: Some(cursor),
            ..self.clone()
        }
    }

    /// Where in the list this is; `None` at its start.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    pub(crate) fn request(&self, service: &Service) -> HttpRequest {
        let mut query = Query::default();
        if let Some(limit) = self.limit {
            query.push("limit", &limit.to_string());
        }
        if let Some(cursor) = &self.cursor {
            query.push("cursor", cursor);
        }
        for (name, value) in &self.filters {
            query.push(name, value);
        }
        self.operation.list(service, &query)
    }
}

/// The cursor of the page after the one an answer holds; `None` after the last.
pub(crate) fn next_cursor(answer: &HttpResponse) -> Result<Option<String>> {
    link::next_cursor(answer.header_values("link")).map_err(|error| {
        let what = match error {
            LinkError::Malformed => "that is malformed",
            LinkError::NoCursor => "to a next page without a cursor",
        };
        let message = format!("the list may be incomplete: the service sent a Link header {what}");
        response::violation(answer, message)
    })
}
