//! The Deno Sandbox service on one machine, for development and tests.

mod agent;
mod api_error;
mod app;
mod data_plane;
mod ids;
mod sandboxes;
mod volumes;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("agent") {
        agent::run();
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let config = app::Config {
            address,
            token: app::Token::new("ddo_local".to_owned()),
            sandboxes_dir: std::env::temp_dir().join("deno-sandbox-emulator"),
            bwrap: None,
            regions: vec![deno_sandbox::model::Region::ord()],
            max_sandboxes: 50,
        };
        let (sandboxes, notes) = sandboxes::Sandboxes::new(sandboxes::Settings {
            folder: config.sandboxes_dir.clone(),
            bwrap: config.bwrap.clone(),
            max: config.max_sandboxes,
        })
        .expect("sandboxes");
        for note in notes {
            eprintln!("{note}");
        }
        let app = app::App::new(config, volumes::Volumes, sandboxes);
        println!("export DENO_DEPLOY_TOKEN='{}'", app.config.token.expose());
        println!("export DENO_DEPLOY_ENDPOINT='http://{address}'");
        println!("export DENO_SANDBOX_ENDPOINT='http://{address}'");
        let router = data_plane::router().with_state(app);
        axum::serve(listener, router).await.expect("serving");
    });
}
