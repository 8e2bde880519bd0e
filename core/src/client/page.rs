use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

use super::action::{Name, over};
use super::{Client, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::json::FromJson;
use crate::model::Invalid;
use crate::rest::http::HttpResponse;
use crate::rest::page::{self, ListOptions, Listing};
use crate::rest::request::Operation;
use crate::rest::response;
use crate::transport::MaybeSend;

/// One page of a list, and the way to the next.
pub struct Page<T>(Reached<Vec<T>>);

/// What was read of a list, and where.
pub(super) struct Reached<I> {
    pub(super) items: I,
    pub(super) next_cursor: Option<String>,
    pub(super) place: Place,
}

/// A place in a list and how it was reached.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) client: Client,
    listing: Listing,
    /// What is being done, for messages.
    pub(super) words: &'static str,
    /// The cursors of all pages up to this one.
    visited: Vec<String>,
}

impl<T> Page<T> {
    /// The items on this page.
    pub fn items(&self) -> &[T] {
        &self.0.items
    }

    /// The items on this page, by value.
    pub fn into_items(self) -> Vec<T> {
        self.0.items
    }

    /// Whether another page follows.
    pub fn has_more(&self) -> bool {
        self.0.next_cursor.is_some()
    }

    /// The service's name for the next page, to continue from with
    /// [`ListOptions::cursor`](crate::ListOptions::cursor) later or elsewhere.
    pub fn next_cursor(&self) -> Option<&str> {
        self.0.next_cursor.as_deref()
    }
}

impl<T: FromJson + 'static> Page<T> {
    /// Reads the first page of what `operation` lists, as `options` say.
    pub(super) fn read(
        client: &Client,
        operation: &'static Operation,
        options: ListOptions,
    ) -> Request<Self> {
        Self::first(client, operation.verb, Listing::new(operation, options))
    }

    /// Reads the page `listing` names. `words` are what is being done, for messages.
    pub(super) fn first(
        client: &Client,
        words: &'static str,
        listing: Result<Listing, Invalid>,
    ) -> Request<Self> {
        let listing = listing.map_err(Into::into);
        Self::at(client, words, Place::start(client, listing, words))
    }

    fn at(client: &Client, words: &'static str, place: Result<Place>) -> Request<Self> {
        Place::read(client, words, place, response::record).map(Self)
    }

    /// Reads the next page; `None` after the last one.
    ///
    /// # Errors
    /// [`CursorRepeated`](ErrorCode::CursorRepeated) when the service names a page again that led
    /// here; else as the list itself.
    pub async fn next_page(&self) -> Result<Option<Self>> {
        let Place { client, words, .. } = &self.0.place;
        match self.has_more() {
            true => Self::at(client, words, self.0.next()).await.map(Some),
            false => Ok(None),
        }
    }

    /// This page's items, and where to go on.
    fn split(self) -> (Vec<T>, Option<Result<Place>>) {
        let Reached {
            items,
            next_cursor,
            place,
        } = self.0;
        (items, next_cursor.map(|cursor| place.after(cursor)))
    }
}

impl<T: fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<I: fmt::Debug> fmt::Debug for Reached<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items)
            .field("next_cursor", &self.next_cursor)
            .finish_non_exhaustive()
    }
}

impl<I> Reached<I> {
    /// What comes next, where anything does.
    pub(super) fn next(&self) -> Result<Place> {
        let cursor = self.next_cursor.clone().ok_or_else(over)?;
        self.place.clone().after(cursor)
    }
}

impl Place {
    /// Where a list is read from first.
    pub(super) fn start(
        client: &Client,
        listing: Result<Listing>,
        words: &'static str,
    ) -> Result<Self> {
        let listing = listing?;
        let visited = listing.cursor().map(str::to_owned).into_iter().collect();
        Ok(Self {
            client: client.clone(),
            listing,
            words,
            visited,
        })
    }

    /// Reads the page here, its items by `read`.
    pub(super) fn read<I: 'static>(
        client: &Client,
        words: &'static str,
        place: Result<Self>,
        read: impl FnOnce(&HttpResponse) -> Result<I> + MaybeSend + 'static,
    ) -> Request<Reached<I>> {
        let (request, place) = match place {
            Ok(place) => (Ok(place.listing.request(client.control())), Some(place)),
            Err(error) => (Err(error), None),
        };
        Request::new(client, Name::plain(words), request, |answer| {
            Ok(Reached {
                items: read(answer)?,
                next_cursor: page::next_cursor(answer)?,
                // Without one there was no request, and so no answer.
                place: place.ok_or_else(over)?,
            })
        })
    }

    /// The page that the one here named as the next.
    fn after(mut self, cursor: String) -> Result<Self> {
        if self.visited.contains(&cursor) {
            let message = "the service named a page again that was read before, so the list would \
                           never end";
            return Err(Error::new(ErrorCode::CursorRepeated, message));
        }
        self.visited.push(cursor.clone());
        self.listing = self.listing.at(cursor);
        Ok(self)
    }
}

#[cfg(not(target_arch = "wasm32"))]
type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;
#[cfg(target_arch = "wasm32")]
type BoxStream<T> = Pin<Box<dyn Stream<Item = T>>>;

/// The items of all pages of a list, one after the other; each page is read when the one before it
/// is used up. Ends after the first error.
#[must_use = "nothing is read until the stream is polled"]
pub struct ItemStream<T>(BoxStream<Result<T>>);

impl<T: FromJson + MaybeSend + 'static> ItemStream<T> {
    /// The items of what `operation` lists, as `options` say.
    pub(super) fn new(
        client: &Client,
        operation: &'static Operation,
        options: ListOptions,
    ) -> Self {
        let (client, words) = (client.clone(), operation.verb);
        let listing = Listing::new(operation, options).map_err(Into::into);
        let start = Place::start(&client, listing, words);
        let pages = stream::try_unfold(Some(start), move |next| {
            let page = next.map(|place| Page::<T>::at(&client, words, place));
            async move {
                let Some(page) = page else {
                    return Ok::<_, Error>(None);
                };
                let (items, next) = page.await?.split();
                Ok(Some((stream::iter(items.into_iter().map(Ok)), next)))
            }
        });
        Self(Box::pin(pages.try_flatten()))
    }
}

impl<T> Stream for ItemStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemStream")
    }
}
