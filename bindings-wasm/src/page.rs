use std::rc::Rc;

use deno_sandbox::{Page, Snapshot, Volume};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::convert::IntoJs;
use crate::executor::promise;

/// One page of a list of volumes or of snapshots.
#[wasm_bindgen]
pub struct NativePage(Kind);

enum Kind {
    Volumes(Rc<Page<Volume>>),
    Snapshots(Rc<Page<Snapshot>>),
}

impl IntoJs for Page<Volume> {
    fn into_js(self) -> JsValue {
        NativePage(Kind::Volumes(Rc::new(self))).into()
    }
}

impl IntoJs for Page<Snapshot> {
    fn into_js(self) -> JsValue {
        NativePage(Kind::Snapshots(Rc::new(self))).into()
    }
}

#[wasm_bindgen]
impl NativePage {
    pub fn items(&self) -> Array {
        match &self.0 {
            Kind::Volumes(page) => items(page),
            Kind::Snapshots(page) => items(page),
        }
    }

    #[wasm_bindgen(getter, js_name = hasMore)]
    pub fn has_more(&self) -> bool {
        self.cursor().is_some()
    }

    #[wasm_bindgen(getter, js_name = nextCursor)]
    pub fn next_cursor(&self) -> Option<String> {
        self.cursor().map(str::to_owned)
    }

    #[wasm_bindgen(js_name = nextPage)]
    pub fn next_page(&self, signal: &JsValue) -> JsValue {
        match &self.0 {
            Kind::Volumes(page) => {
                let page = page.clone();
                promise(signal, async move { page.next_page().await })
            }
            Kind::Snapshots(page) => {
                let page = page.clone();
                promise(signal, async move { page.next_page().await })
            }
        }
    }
}

impl NativePage {
    fn cursor(&self) -> Option<&str> {
        match &self.0 {
            Kind::Volumes(page) => page.next_cursor(),
            Kind::Snapshots(page) => page.next_cursor(),
        }
    }
}

fn items<T: IntoJs + Clone>(page: &Page<T>) -> Array {
    page.items().iter().cloned().map(IntoJs::into_js).collect()
}
