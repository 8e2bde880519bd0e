use std::rc::Rc;

use deno_sandbox::{Error, ErrorCode, FsFile, Result, Whence};
use time::OffsetDateTime;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::executor::{act, promise};
use crate::options::{shown, whole_argument};

/// An open file.
#[wasm_bindgen]
pub struct NativeFile(Rc<FsFile>);

impl IntoJs for FsFile {
    fn into_js(self) -> JsValue {
        NativeFile(Rc::new(self)).into()
    }
}

#[wasm_bindgen]
impl NativeFile {
    pub fn read(&self, length: f64, signal: &JsValue) -> JsValue {
        let file = self.0.clone();
        promise(signal, async move {
            file.read(whole_argument(length, "number of bytes")?).await
        })
    }

    pub fn write(&self, data: Vec<u8>, signal: &JsValue) -> JsValue {
        let file = self.0.clone();
        promise(signal, async move { Ok(file.write(data).await? as u64) })
    }

    #[wasm_bindgen(js_name = writeAll)]
    pub fn write_all(&self, data: Vec<u8>, signal: &JsValue) -> JsValue {
        let file = self.0.clone();
        promise(signal, async move { file.write_all(data).await })
    }

    pub fn seek(&self, offset: f64, whence: f64, signal: &JsValue) -> JsValue {
        let place = || {
            let whence = match whence {
                0.0 => Whence::Start,
                1.0 => Whence::Current,
                2.0 => Whence::End,
                _ => {
                    let message = format!("{} is no way to seek; use 0, 1 or 2", shown(whence));
                    return Err(Error::new(ErrorCode::InvalidOption, message));
                }
            };
            let distance = whole_argument::<u64>(offset.abs(), "offset")? as i64;
            Ok((if offset < 0.0 { -distance } else { distance }, whence))
        };
        act(
            signal,
            place().map(|(offset, whence)| self.0.seek(offset, whence)),
        )
    }

    pub fn stat(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.stat())
    }

    pub fn truncate(&self, length: Option<f64>, signal: &JsValue) -> JsValue {
        let length = whole_argument(length.unwrap_or_default(), "length");
        act(signal, length.map(|length| self.0.truncate(length)))
    }

    pub fn sync(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.sync())
    }

    #[wasm_bindgen(js_name = syncData)]
    pub fn sync_data(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.sync_data())
    }

    pub fn utime(&self, atime_ms: f64, mtime_ms: f64, signal: &JsValue) -> JsValue {
        let times = || Ok((moment(atime_ms)?, moment(mtime_ms)?));
        act(
            signal,
            times().map(|(atime, mtime)| self.0.utime(atime, mtime)),
        )
    }

    pub fn lock(&self, exclusive: bool, signal: &JsValue) -> JsValue {
        promise(signal, self.0.lock(exclusive))
    }

    pub fn unlock(&self, signal: &JsValue) -> JsValue {
        promise(signal, self.0.unlock())
    }

    pub fn close(&self) -> JsValue {
        let file = self.0.clone();
        promise(&JsValue::UNDEFINED, async move { file.close().await })
    }
}

/// A time in milliseconds since 1970.
pub(crate) fn moment(milliseconds: f64) -> Result<OffsetDateTime> {
    // Where a number's microseconds are exact, they are kept.
    let nanos = ((milliseconds * 1e3).round() as i128).saturating_mul(1_000);
    match OffsetDateTime::from_unix_timestamp_nanos(nanos) {
        Ok(time) if milliseconds.is_finite() => Ok(time),
        _ => {
            let message = format!(
                "{} is no time in milliseconds since 1970",
                shown(milliseconds)
            );
            Err(Error::new(ErrorCode::InvalidOption, message))
        }
    }
}
