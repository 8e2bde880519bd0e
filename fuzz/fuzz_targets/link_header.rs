//! No `Link` header leads a list anywhere but to its own next page.
#![no_main]

use bytes::Bytes;
use deno_sandbox::ListOptions;
use deno_sandbox::transport::HttpResponse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let links: Vec<&str> = input.lines().collect();
    let headers = links
        .iter()
        .map(|link| ("link".to_owned(), (*link).to_owned()))
        .collect();
    let answer = HttpResponse {
        status: 200,
        headers,
        body: Bytes::from_static(b"[]"),
    };
    let (client, sent) = deno_sandbox_fuzz::client(answer);
    let page = match futures_executor::block_on(client.volumes().list(ListOptions::default())) {
        Ok(page) => page,
        Err(error) => return deno_sandbox_fuzz::check_error(&error),
    };
    assert_eq!(page.has_more(), page.next_cursor().is_some());
    // The same header again: the second page repeats the cursor, so nothing goes on for ever.
    match futures_executor::block_on(page.next_page()) {
        Ok(next) => assert_eq!(next.is_some(), page.has_more()),
        Err(error) => deno_sandbox_fuzz::check_error(&error),
    }
    for request in sent.lock().expect("one thread").iter() {
        let rest = request
            .url
            .strip_prefix("https://console.deno.com/api/v2/volumes");
        assert!(
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('?')),
            "{}",
            request.url
        );
        assert!(
            request.url.bytes().all(|b| b.is_ascii_graphic()),
            "{}",
            request.url
        );
    }
});
