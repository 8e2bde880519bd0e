//! What every list takes and gives: `limit`, `cursor`, `search` in, a `Link` to the next page out.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::header::{HOST, LINK};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;

use crate::api_error::{ApiError, Code};
use crate::app::App;
use crate::store::Filter;

const DEFAULT_LIMIT: usize = 30;
const LIMITS: std::ops::RangeInclusive<usize> = 1..=100;

/// The parameters of a list, and the address it was asked at.
pub(super) struct Listing {
    limit: usize,
    before: Option<i64>,
    search: Option<String>,
    /// Scheme, host and path.
    url: String,
}

impl FromRequestParts<Arc<App>> for Listing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let Query(query) = Query::<Vec<(String, String)>>::from_request_parts(parts, app)
            .await
            .map_err(|rejection| ApiError::new(Code::InvalidRequest, rejection.body_text()))?;
        // A published package adds a second cursor to its first: the last one counts.
        let last = |name: &str| {
            let mut values = query.iter().rev().filter(|(key, _)| key == name);
            values
                .next()
                .map(|(_, value)| value.as_str())
                .filter(|v| !v.is_empty())
        };
        Ok(Self {
            limit: last("limit").map_or(Ok(DEFAULT_LIMIT), limit)?,
            before: last("cursor").map(number).transpose()?,
            search: last("search").map(str::to_owned),
            url: format!("http://{}{}", host(parts, app), parts.uri.path()),
        })
    }
}

impl Listing {
    pub(super) fn filter(&self) -> Filter {
        Filter {
            search: self.search.clone(),
            before: self.before,
            limit: self.limit,
        }
    }

    /// A page, with the way to the next when there is one.
    pub(super) fn answer<T: Serialize>(&self, items: Vec<T>, next: Option<i64>) -> Response {
        let Some(next) = next else {
            return Json(items).into_response();
        };
        // Absolute, quoted, with no comma or semicolon in it: the published packages read no other.
        let mut link = format!("<{}?limit={}", self.url, self.limit);
        if let Some(search) = &self.search {
            let search = utf8_percent_encode(search, NON_ALPHANUMERIC);
            link.push_str(&format!("&search={search}"));
        }
        link.push_str(&format!("&cursor={}>; rel=\"next\"", cursor(next)));
        ([(LINK, link)], Json(items)).into_response()
    }
}

fn limit(text: &str) -> Result<usize, ApiError> {
    match text.parse() {
        Ok(limit) if LIMITS.contains(&limit) => Ok(limit),
        _ => Err(ApiError::new(
            Code::InvalidRequest,
            format!(
                "limit {text:?} must be a whole number from {} to {}",
                LIMITS.start(),
                LIMITS.end()
            ),
        )),
    }
}

fn cursor(number: i64) -> String {
    format!("c{number:x}")
}

/// The number in a cursor, which may be a whole `Link` target: a published package sends that back.
fn number(text: &str) -> Result<i64, ApiError> {
    let inner = if text.starts_with("http://") || text.starts_with("https://") {
        let query = text.split_once('?').map_or("", |(_, query)| query);
        query
            .split('&')
            .rev()
            .find_map(|pair| pair.strip_prefix("cursor="))
            .map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned())
    } else {
        Some(text.to_owned())
    };
    inner
        .and_then(|cursor| i64::from_str_radix(cursor.strip_prefix('c')?, 16).ok())
        .ok_or_else(|| {
            ApiError::new(
                Code::InvalidCursor,
                "the cursor is not one this service gave; start the list again without it",
            )
        })
}

/// The host the caller used, so that the link leads back the same way.
fn host(parts: &Parts, app: &App) -> String {
    parts
        .headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| {
            host.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
        })
        .map_or_else(|| app.config.address.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_alone_and_inside_a_link() {
        assert_eq!(number(&cursor(300)).unwrap(), 300);
        let link = "http://127.0.0.1:1/api/v2/volumes?limit=2&cursor=c1&search=a&cursor=c12c";
        assert_eq!(number(link).unwrap(), 300);
    }

    #[test]
    fn what_no_list_gave_is_refused() {
        for text in ["x", "c", "czz", "http://host/path", "c-"] {
            assert_eq!(
                number(text).unwrap_err().code,
                Code::InvalidCursor,
                "{text}"
            );
        }
    }
}
