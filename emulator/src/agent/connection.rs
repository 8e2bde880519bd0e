use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use deno_sandbox::rpc::methods::{Request, StreamRef};
use deno_sandbox::rpc::values::NoValue;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::content::{self, Aborted, Content};
use super::failure::{Doing, Failure};
use super::frame::Frame;
use super::handles::{Handles, handle_of};
use super::incoming::{Message, StreamParams, decode, parse, quick_enqueue};
use super::outbox::{Closed, Outbox, outbox};
use super::sandbox::Sandbox;
use super::streams::{Incoming, Outgoing, Reader, Sender};
use super::{blocking, files, locked, processes, tree};

/// One client.
pub(super) struct Connection {
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) outbox: Outbox,
    pub(super) incoming: Arc<Incoming>,
    /// The largest message the client accepts, in bytes.
    pub(super) max_frame: usize,
    outgoing: Outgoing,
    handles: Handles,
    aborts: Mutex<HashMap<u64, watch::Sender<bool>>>,
    /// What ends with the connection; none once it has.
    tasks: Mutex<Option<JoinSet<()>>>,
    closed: watch::Sender<bool>,
}

/// The first message on a connection, which is the relay's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hello {
    max_frame: usize,
}

/// Serves a client until it closes the connection.
pub(super) async fn serve(sandbox: Arc<Sandbox>, socket: UnixStream) -> io::Result<()> {
    let (read, write) = socket.into_split();
    let mut read = BufReader::with_capacity(64 << 10, read);
    let Some(hello) = read_frame(&mut read).await? else {
        return Ok(());
    };
    let hello: Hello = serde_json::from_slice(&hello)?;
    let (outbox, writer) = outbox();
    tokio::spawn(writer.run(write));
    let connection = Arc::new(Connection {
        sandbox,
        outbox,
        incoming: Arc::new(Incoming::new()),
        max_frame: hello.max_frame,
        outgoing: Outgoing::default(),
        handles: Handles::default(),
        aborts: Mutex::default(),
        tasks: Mutex::new(Some(JoinSet::new())),
        closed: watch::Sender::new(false),
    });
    let ended = connection.receive_all(&mut read).await;
    connection.close();
    ended
}

async fn read_frame(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let length = match socket.read_u32().await {
        Ok(length) => length as usize,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut frame = Vec::with_capacity(length);
    socket.take(length as u64).read_to_end(&mut frame).await?;
    Ok((frame.len() == length).then_some(frame))
}

impl Connection {
    /// Announces a stream to the client.
    pub(super) async fn open_stream(&self, id: u64) -> Result<Sender, Closed> {
        self.outgoing.open(id, &self.outbox, self.max_frame).await
    }

    /// Resolves when the connection has closed.
    pub(super) fn closed(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut closed = self.closed.subscribe();
        async move {
            let _ = closed.wait_for(|closed| *closed).await;
        }
    }

    /// Runs something for as long as the connection lasts.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = &mut *locked(&self.tasks) {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }

    /// Sends the answer to a call.
    pub(super) async fn reply(&self, id: &RawValue, answer: Result<Frame, Failure>) {
        let mut frame = answer.unwrap_or_else(|failure| Frame::failed(id, &failure));
        if frame.len() > self.max_frame {
            frame = Frame::failed(id, &Failure::too_large(self.max_frame));
        }
        let _ = self.outbox.send(frame).await;
    }

    async fn receive_all(
        self: &Arc<Self>,
        socket: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<()> {
        while let Some(frame) = read_frame(socket).await? {
            if let Some((stream, bytes)) = quick_enqueue(&frame) {
                self.incoming.enqueue(stream, bytes).await;
                continue;
            }
            match parse(&frame) {
                Ok(message) => match message.id {
                    Some(id) => self.request(id, &message).await,
                    None => self.notification(&message).await,
                },
                Err(answer) => drop(self.outbox.send(answer).await),
            }
        }
        Ok(())
    }

    fn close(&self) {
        // Taken out first: tasks that end must not find the lock held.
        let tasks = locked(&self.tasks).take();
        drop(tasks);
        self.handles.close();
        self.incoming.close();
        self.closed.send_replace(true);
    }

    async fn notification(&self, message: &Message<'_>) {
        let Some(what) = message.method.strip_prefix("$sandbox.stream.") else {
            return;
        };
        let params = message.params.map_or("null", RawValue::get);
        let Ok(params) = serde_json::from_str::<StreamParams<'_>>(params) else {
            return;
        };
        let id = params.stream_id;
        match what {
            "start" => self.incoming.start(id),
            "enqueue" => match base64_simd::STANDARD.decode_to_vec(params.data.as_bytes()) {
                Ok(bytes) => self.incoming.enqueue(id, bytes).await,
                Err(_) => self.incoming.fail(id, "malformed base64".to_owned()),
            },
            "end" => self.incoming.end(id),
            "error" => self.incoming.fail(id, reason(params.error)),
            "cancel" => self.outgoing.cancel(id),
            _ => {}
        }
    }

    /// Starts to carry out a call. What depends on the order of messages happens here and now.
    async fn request(self: &Arc<Self>, id: &RawValue, message: &Message<'_>) {
        let request = match decode(id, message) {
            Ok(request) => request,
            Err(answer) => return drop(self.outbox.send(answer).await),
        };
        if let Request::Abort(params) = &request {
            if let Some(abort) = locked(&self.aborts).get(&params.abort_id) {
                abort.send_replace(true);
            }
            return self.reply(id, Frame::ok(id, &NoValue)).await;
        }
        if let Some(handle) = handle_of(&request) {
            if let Err(failure) = self.handles.pass(handle, id, request) {
                self.reply(id, Err(failure)).await;
            }
            return;
        }
        let streams = match self.claim(&request) {
            Ok(streams) => streams,
            Err(failure) => return self.reply(id, Err(failure)).await,
        };
        let abort_id = abort_id_of(&request);
        let aborted = self.register(abort_id);
        let (connection, id) = (self.clone(), id.to_owned());
        self.spawn(async move {
            let answer = connection.carry_out(&id, request, streams, aborted).await;
            if let Some(abort_id) = abort_id {
                locked(&connection.aborts).remove(&abort_id);
            }
            match answer {
                Ok(None) => {}
                Ok(Some(frame)) => connection.reply(&id, Ok(frame)).await,
                Err(failure) => connection.reply(&id, Err(failure)).await,
            }
        });
    }

    /// Takes the stream a call names, so that what comes next of it reaches the call.
    fn claim(&self, request: &Request) -> Result<Option<(u64, Reader)>, Failure> {
        let id = match request {
            Request::WriteFile(params) => params.content_stream_id,
            Request::WriteTextFile(params) => params.content_stream_id,
            Request::Spawn(params) => params.stdin_stream_id,
            _ => None,
        };
        id.map(|id| Ok((id, self.incoming.claim(id)?))).transpose()
    }

    /// Makes a call known under the id it can be given up by.
    fn register(&self, abort_id: Option<u64>) -> Aborted {
        let abort = watch::Sender::new(false);
        let aborted = abort.subscribe();
        if let Some(abort_id) = abort_id {
            locked(&self.aborts).insert(abort_id, abort);
        }
        aborted
    }

    /// Carries out a call; `None` where it was answered on the way.
    async fn carry_out(
        self: &Arc<Self>,
        id: &RawValue,
        request: Request,
        stream: Option<(u64, Reader)>,
        aborted: Aborted,
    ) -> Result<Option<Frame>, Failure> {
        let sandbox = &self.sandbox;
        let frame = match request {
            Request::ReadFile(params) => content::read_file(self, id, &params, aborted).await?,
            Request::ReadTextFile(params) => {
                Frame::ok(id, &content::read_text_file(self, &params, aborted).await?)?
            }
            Request::WriteFile(params) => {
                let bytes = params.content.map(|content| content.0.into());
                let content = Content::new(bytes, stream)?;
                content::write_file(self, &params.path, params.options, content, aborted).await?;
                Frame::ok(id, &NoValue)?
            }
            Request::WriteTextFile(params) => {
                let bytes = params.content.map(String::into_bytes);
                let content = Content::new(bytes, stream)?;
                content::write_file(self, &params.path, params.options, content, aborted).await?;
                Frame::ok(id, &NoValue)?
            }
            Request::Open(params) => {
                let options = files::open_options(params.options.as_ref());
                self.open(id, params.path, options).await?
            }
            Request::Create(params) => {
                let mut options = std::fs::File::options();
                options.read(true).write(true).create(true).truncate(true);
                self.open(id, params.path, options).await?
            }
            Request::Walk(params) => {
                let walk = tree::Walk::new(sandbox, params)?;
                return self.list(id, move |found| walk.run(found)).await;
            }
            Request::ExpandGlob(params) => {
                let glob = tree::ExpandGlob::new(sandbox, params)?;
                return self.list(id, move |found| glob.run(found)).await;
            }
            Request::Spawn(params) => {
                Frame::ok(id, &processes::spawn(self, params, stream).await?)?
            }
            Request::ProcessWait(params) => {
                Frame::ok(id, &processes::wait(sandbox, params.pid).await?)?
            }
            Request::ProcessKill(params) => {
                Frame::ok(id, &processes::signal(sandbox, &params).await?)?
            }
            Request::EnvGet(params) => Frame::ok(id, &sandbox.env_get(&params.key))?,
            Request::EnvSet(params) => Frame::ok(id, &sandbox.env_set(params.key, params.value)?)?,
            Request::EnvToObject(_) => Frame::ok(id, &sandbox.env())?,
            Request::EnvDelete(params) => Frame::ok(id, &sandbox.env_delete(&params.key))?,
            Request::Umask(params) => Frame::ok(id, &sandbox.umask(params.mask))?,
            other => {
                let (sandbox, id) = (sandbox.clone(), id.to_owned());
                blocking(move || on_path(&sandbox, &id, other)).await?
            }
        };
        Ok(Some(frame))
    }

    async fn open(
        self: &Arc<Self>,
        id: &RawValue,
        path: String,
        options: std::fs::OpenOptions,
    ) -> Result<Frame, Failure> {
        let file = self.sandbox.resolve(&path);
        let file = blocking(move || options.open(file).at("open", &path)).await?;
        Frame::ok(id, &self.handles.add(self, file))
    }

    /// Answers with a stream and sends what `list` finds over it, one entry in each piece.
    async fn list(
        self: &Arc<Self>,
        id: &RawValue,
        list: impl FnOnce(tree::Found) + Send + 'static,
    ) -> Result<Option<Frame>, Failure> {
        let Ok(sender) = self.open_stream(self.sandbox.next_stream()).await else {
            return Ok(None);
        };
        let stream_id = sender.id();
        self.reply(id, Frame::ok(id, &StreamRef { stream_id }))
            .await;
        let (found, mut entries) = tree::found();
        tokio::task::spawn_blocking(move || list(found));
        while let Some(entry) = entries.recv().await {
            match entry {
                Ok(entry) => {
                    let text = serde_json::to_vec(&entry).unwrap_or_default();
                    if sender.send(&text).await.is_err() {
                        return Ok(None);
                    }
                }
                Err(failure) => {
                    sender.fail(&failure).await;
                    return Ok(None);
                }
            }
        }
        sender.end().await;
        Ok(None)
    }
}

/// Carries out a call about paths.
fn on_path(sandbox: &Sandbox, id: &RawValue, request: Request) -> Result<Frame, Failure> {
    match request {
        Request::ReadDir(params) => Frame::ok(id, &files::read_dir(sandbox, &params.path)?),
        Request::Remove(params) => Frame::ok(id, &files::remove(sandbox, &params)?),
        Request::Mkdir(params) => Frame::ok(id, &files::mkdir(sandbox, &params)?),
        Request::Rename(params) => Frame::ok(
            id,
            &files::rename(sandbox, &params.old_path, &params.new_path)?,
        ),
        Request::Stat(params) => Frame::ok(id, &files::stat(sandbox, &params.path)?),
        Request::Lstat(params) => Frame::ok(id, &files::lstat(sandbox, &params.path)?),
        Request::Chmod(params) => Frame::ok(id, &files::chmod(sandbox, &params.path, params.mode)?),
        Request::Chown(params) => Frame::ok(
            id,
            &files::change_owner(sandbox, &params.path, params.uid, params.gid)?,
        ),
        Request::CopyFile(params) => Frame::ok(
            id,
            &files::copy_file(sandbox, &params.from_path, &params.to_path)?,
        ),
        Request::Link(params) => {
            Frame::ok(id, &files::link(sandbox, &params.target, &params.path)?)
        }
        Request::Symlink(params) => Frame::ok(
            id,
            &files::make_symlink(sandbox, &params.target, &params.path)?,
        ),
        Request::ReadLink(params) => Frame::ok(id, &files::read_link(sandbox, &params.path)?),
        Request::RealPath(params) => Frame::ok(id, &files::real_path(sandbox, &params.path)?),
        Request::MakeTempDir(params) => Frame::ok(
            id,
            &files::make_temp(sandbox, &params, files::new_temp_dir)?,
        ),
        Request::MakeTempFile(params) => Frame::ok(
            id,
            &files::make_temp(sandbox, &params, files::new_temp_file)?,
        ),
        Request::Truncate(params) => {
            let size = params.length.unwrap_or(0);
            Frame::ok(id, &files::truncate(sandbox, &params.name, size)?)
        }
        Request::Utime(params) => Frame::ok(id, &files::utime(sandbox, &params)?),
        other => Err(Failure::invalid(format!("{other:?} is not about a path"))),
    }
}

fn abort_id_of(request: &Request) -> Option<u64> {
    match request {
        Request::ReadFile(params) | Request::ReadTextFile(params) => params.abort_id,
        Request::WriteFile(params) => params.abort_id,
        Request::WriteTextFile(params) => params.abort_id,
        _ => None,
    }
}

/// Why the client could not go on with a stream: an error object, or text.
fn reason(error: Value) -> String {
    match error {
        Value::String(text) => text,
        Value::Object(object) => match object.get("message") {
            Some(Value::String(message)) => message.clone(),
            _ => "no reason given".to_owned(),
        },
        _ => "no reason given".to_owned(),
    }
}
