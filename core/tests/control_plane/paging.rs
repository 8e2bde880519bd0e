use std::sync::Arc;
use std::time::Duration;

use deno_sandbox::model::Labels;
use deno_sandbox::transport::{
    BoxFuture, HttpClient, HttpRequest, HttpResponse, Transport, TransportFailure,
};
use deno_sandbox::{Client, ErrorCode, ListOptions, Volume};
use futures_util::TryStreamExt;
use proptest::prelude::*;

use crate::server::{Server, answer};

fn volumes(slugs: &[String]) -> String {
    let volumes: Vec<Volume> = slugs
        .iter()
        .map(|slug| Volume {
            id: format!("vol_{slug}"),
            slug: slug.clone(),
            region: "ord".to_owned(),
            capacity: 300_000_000,
            used: 0,
            estimated_allocated_size: 0,
            estimated_flattened_size: 0,
            is_bootable: false,
            base_snapshot: None,
        })
        .collect();
    serde_json::to_string(&volumes).unwrap()
}

fn page(slugs: &[&str], next: &str) -> crate::server::Reply {
    let slugs: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).collect();
    let link = format!("<https://elsewhere.example/api/v2/volumes?cursor={next}>; rel=\"next\"");
    let headers: &[(&str, &str)] = if next.is_empty() {
        &[]
    } else {
        &[("link", &link)]
    };
    answer(200, headers, &volumes(&slugs))
}

#[tokio::test]
async fn pages_lead_to_pages_with_the_same_options() {
    let server = Server::start(|n, _| match n {
        0 => page(&["a1", "a2"], "c%2F1"),
        1 => page(&["a3"], ""),
        _ => unreachable!(),
    })
    .await;
    let options = ListOptions::default().limit(2).search("a");
    let first = server.client().volumes().list(options).await.unwrap();
    assert!(first.has_more());
    assert_eq!(first.next_cursor(), Some("c/1"));
    assert_eq!(first.items()[1].slug, "a2");
    let second = first.next_page().await.unwrap().unwrap();
    assert!(!second.has_more());
    assert_eq!(second.items()[0].slug, "a3");
    assert!(second.next_page().await.unwrap().is_none());

    // The next page is asked for where the first one was, wherever the link points.
    let lines: Vec<String> = server
        .requests()
        .iter()
        .map(|r| r.line().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /api/v2/volumes?limit=2&search=a",
            "GET /api/v2/volumes?limit=2&cursor=c%2F1&search=a"
        ]
    );
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_the_list_with_an_error() {
    // The third page names the first cursor again, so the circle is longer than one page.
    let server = Server::start(|n, _| match n {
        0 => page(&["a1"], "one"),
        1 => page(&["a2"], "two"),
        2 => page(&["a3"], "one"),
        _ => unreachable!("the circle was followed"),
    })
    .await;
    let mut all = server.client().volumes().list_all(ListOptions::default());
    let mut slugs = Vec::new();
    let error = loop {
        match all.try_next().await {
            Ok(Some(volume)) => slugs.push(volume.slug),
            Ok(None) => panic!("the list ended without an error"),
            Err(error) => break error,
        }
    };
    assert_eq!(slugs, ["a1", "a2", "a3"]);
    assert_eq!(error.code(), ErrorCode::CursorRepeated);
    assert!(
        error.to_string().starts_with("could not list volumes: "),
        "{error}"
    );
    assert!(all.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn pages_by_hand_notice_a_circle_too() {
    let server = Server::start(|_, _| page(&["a1"], "start")).await;
    let options = ListOptions::default().cursor("start");
    let first = server.client().volumes().list(options).await.unwrap();
    assert_eq!(
        first.next_page().await.unwrap_err().code(),
        ErrorCode::CursorRepeated
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_link_that_cannot_be_followed_is_an_error_and_not_the_end() {
    for link in [
        "</api/v2/volumes?page=2>; rel=next",
        "</api/v2/volumes?cursor=2; rel=next",
    ] {
        let server = Server::start(move |_, _| answer(200, &[("link", link)], "[]")).await;
        let error = server
            .client()
            .volumes()
            .list(ListOptions::default())
            .await
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::ProtocolViolation, "{error}");
        assert!(error.message().contains("may be incomplete"), "{error}");
    }
}

#[tokio::test]
async fn bad_options_are_refused_before_anything_is_sent() {
    let server = Server::start(|_, _| unreachable!()).await;
    let volumes = server.client().volumes();
    for options in [
        ListOptions::default().limit(0),
        ListOptions::default().cursor(""),
    ] {
        let error = volumes.list(options.clone()).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidOption, "{error}");
        let error = volumes.list_all(options).try_next().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidOption, "{error}");
    }
}

#[tokio::test]
async fn sandboxes_are_listed_over_all_pages() {
    let server = Server::start(|n, _| {
        let id = format!("sbx_ord_r8jzjxedd2z56h0vdbk{n}");
        let body = format!(
            r#"[{{"id":"{id}","createdAt":"2026-11-23T17:00:00.5Z","stoppedAt":null,"region":"ord","status":"running","labels":{{"camelKey":"1"}}}}]"#
        );
        let link = ("link", "</x?cursor=2>; rel=next");
        answer(200, if n == 0 { std::slice::from_ref(&link) } else { &[] }, &body)
    })
    .await;
    let labels = Labels::new([("camelKey", "1")]).unwrap();
    let sandboxes = server.client().sandboxes().list(&labels).await.unwrap();
    assert_eq!(sandboxes.len(), 2);
    assert_eq!(sandboxes[1].id, "sbx_ord_r8jzjxedd2z56h0vdbk1");
    assert_eq!(sandboxes[0].labels, labels);
    assert_eq!(
        server.requests()[0].line(),
        "GET /api/v2/sandboxes?labels%5BcamelKey%5D=1"
    );
}

/// A service in memory that pages as it likes: page after page of the sizes given.
struct Paged {
    sizes: Vec<usize>,
}

impl HttpClient for Paged {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportFailure>> {
        let page: usize = match request.url.split_once("cursor=") {
            Some((_, cursor)) => cursor.parse().unwrap(),
            None => 0,
        };
        let start: usize = self.sizes[..page].iter().sum();
        let slugs: Vec<String> = (start..start + self.sizes[page])
            .map(|n| format!("v{n:05}"))
            .collect();
        let mut headers = Vec::new();
        if page + 1 < self.sizes.len() {
            headers.push((
                "link".to_owned(),
                format!("<?cursor={}>; rel=next", page + 1),
            ));
        }
        let body = volumes(&slugs).into();
        Box::pin(async move {
            Ok(HttpResponse {
                status: 200,
                headers,
                body,
            })
        })
    }
}

proptest! {
    /// Whatever the sizes of the pages, empty ones included, each item comes once and in order.
    #[test]
    fn every_item_comes_once(sizes in prop::collection::vec(0usize..5, 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let total: usize = sizes.iter().sum();
        let slugs = runtime.block_on(async {
            let native = Transport::native().unwrap();
            let transport = Transport { http: Arc::new(Paged { sizes }), ..native };
            let client = Client::builder()
                .environment([("DENO_DEPLOY_TOKEN", "ddo_test")])
                .transport(transport)
                .request_timeout(Duration::from_secs(5))
                .build()
                .unwrap();
            let all = client.volumes().list_all(ListOptions::default());
            all.map_ok(|volume| volume.slug).try_collect::<Vec<_>>().await.unwrap()
        });
        let expected: Vec<String> = (0..total).map(|n| format!("v{n:05}")).collect();
        prop_assert_eq!(slugs, expected);
    }
}
