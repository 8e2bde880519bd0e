use std::time::Duration;

use deno_sandbox::model::Token;
use deno_sandbox::transport::{HttpRequest, Method};
use deno_sandbox::{Client, Command, Error, ListOptions, Sandbox, SandboxOptions, VolumeOptions};

use crate::server::{Reply, Server, answer, builder};

const TOKEN: &str = "ddo_thistokenmustnotappear";

fn assert_silent(what: &str, text: &str) {
    assert!(
        !text.contains("thistokenmustnotappear"),
        "{what} shows the token: {text}"
    );
}

fn assert_error_silent(what: &str, error: &Error) {
    assert_silent(what, &format!("{error} {error:?} {error:#?}"));
    assert_silent(what, error.message());
    assert_silent(
        what,
        &format!("{:?} {:?}", error.trace_id(), error.service_code()),
    );
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        assert_silent(what, &format!("{error} {error:?}"));
        cause = error.source();
    }
}

#[tokio::test]
async fn no_debug_form_shows_the_token() {
    let builder = Client::builder()
        .token(TOKEN)
        .endpoint("http://127.0.0.1:1");
    assert_silent("ClientBuilder", &format!("{builder:?} {builder:#?}"));
    let client = builder.build().unwrap();
    assert_silent("Client", &format!("{client:?} {client:#?}"));
    assert_silent("Volumes", &format!("{:?}", client.volumes()));
    assert_silent("Snapshots", &format!("{:?}", client.snapshots()));
    assert_silent("Sandboxes", &format!("{:?}", client.sandboxes()));
    let all = client.volumes().list_all(ListOptions::default());
    assert_silent("ItemStream", &format!("{all:?}"));
    assert_silent("Token", &format!("{:?}", TOKEN.parse::<Token>().unwrap()));
    let request = HttpRequest {
        method: Method::Get,
        url: "http://127.0.0.1:1".to_owned(),
        headers: vec![("authorization", format!("Bearer {TOKEN}"))],
        body: TOKEN.into(),
        connect_timeout: None,
    };
    assert_silent("HttpRequest", &format!("{request:?} {request:#?}"));
}

/// The value of a secret or a variable is the user's, like the token.
#[tokio::test]
async fn no_debug_form_shows_a_secret_or_the_value_of_a_variable() {
    let options = SandboxOptions::new()
        .env("KEY", TOKEN)
        .secret("API_KEY", ["x.example"], TOKEN);
    assert_silent("SandboxOptions", &format!("{options:?} {options:#?}"));
    let command = Command::new("env").env("KEY", TOKEN);
    assert_silent("Command", &format!("{command:?} {command:#?}"));

    // Refused for another reason, the error does not repeat it either.
    let client = Client::builder().token(TOKEN).build().unwrap();
    let malformed = [
        SandboxOptions::new().env("=", TOKEN),
        SandboxOptions::new().env("KEY", format!("{TOKEN}\0")),
        SandboxOptions::new().secret("API KEY", ["x.example"], TOKEN),
        SandboxOptions::new().secret("API_KEY", [""], TOKEN),
    ];
    for options in malformed {
        assert_silent("SandboxOptions", &format!("{options:?}"));
        let error = Sandbox::create(&client, options).await.unwrap_err();
        assert_error_silent("a malformed option", &error);
    }
}

#[tokio::test]
async fn no_error_shows_the_token() {
    let malformed = format!("{TOKEN}\n");
    let error = Client::builder().token(malformed).build().unwrap_err();
    assert_error_silent("a malformed token", &error);
    let error = Client::builder()
        .token(TOKEN)
        .endpoint(format!("https://{TOKEN}@console.deno.com"))
        .build()
        .unwrap_err();
    assert_error_silent("an endpoint with credentials", &error);

    type Answers = fn(usize) -> Reply;
    let failures: [(&str, Answers); 8] = [
        ("a cut connection", |_| Reply::Cut),
        ("a timeout", |_| Reply::Hang),
        ("no HTTP", |_| Reply::Send(format!("{TOKEN}\r\n\r\n"))),
        ("a refusal that repeats the token", |_| {
            let body = format!(r#"{{"code":"{TOKEN}","message":"bad token {TOKEN}"}}"#);
            answer(401, &[("x-deno-trace-id", TOKEN)], &body)
        }),
        ("a redirect with the token", |_| {
            answer(302, &[("location", TOKEN)], "")
        }),
        ("a success nobody can read", |_| {
            answer(
                200,
                &[("content-type", TOKEN), ("x-deno-trace-id", TOKEN)],
                "x",
            )
        }),
        ("a type that is the token", |_| {
            answer(500, &[("content-type", TOKEN)], "x")
        }),
        ("a success that repeats the token", |_| {
            answer(200, &[], &format!("\"{TOKEN}\""))
        }),
    ];
    for (what, reply) in failures {
        let server = Server::start(move |n, _| reply(n)).await;
        let client = builder(&server.url)
            .token(TOKEN)
            .request_timeout(Duration::from_millis(200))
            .retry_budget(Duration::ZERO)
            .build()
            .unwrap();
        let options = VolumeOptions::new("training-cache", "ord", "2GB");
        let error = client.volumes().create(options).await.unwrap_err();
        assert_error_silent(what, &error);
        let error = client
            .volumes()
            .list(ListOptions::default())
            .await
            .unwrap_err();
        assert_error_silent(what, &error);
        // It was sent, so the test looks at the right token.
        let sent = server.requests()[0]
            .header("authorization")
            .map(str::to_owned);
        assert_eq!(sent, Some(format!("Bearer {TOKEN}")));
    }
}
