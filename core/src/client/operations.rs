//! Operations of the control plane by name, for faces of languages without types.

use super::action::Name;
use super::options::list_options;
use super::page::{Place, Reached};
use super::{Client, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Quoted, Reference, SandboxId};
use crate::rest::http::{HttpRequest, HttpResponse};
use crate::rest::page::Listing;
use crate::rest::request::Operation;
use crate::rest::volumes::{NewSnapshot, NewVolume};
use crate::rest::{response, sandboxes, snapshots, volumes};
use crate::rpc::dynamic::{Dynamic, Encoder};
use crate::rpc::shape::{EXACT, Field, Kind, Shaped, checked, shape};

shape!(NewVolume {
    slug = "slug",
    region = "region",
    capacity = "capacity",
    from = "from",
});
shape!(NewSnapshot {
    slug = "slug",
});

const BYTES: Kind = Kind::Whole(EXACT);
const NAMED: Kind = Kind::Object(&[
    Field::required("id", Kind::Text),
    Field::required("slug", Kind::Text),
]);
const VOLUME: Kind = Kind::Object(&[
    Field::required("id", Kind::Text),
    Field::required("slug", Kind::Text),
    Field::required("region", Kind::Text),
    Field::required("capacity", BYTES),
    Field::optional("used", BYTES),
    Field::optional("estimated_allocated_size", BYTES),
    Field::optional("estimated_flattened_size", BYTES),
    Field::optional("is_bootable", Kind::Flag),
    Field::optional("base_snapshot", NAMED),
]);
const SNAPSHOT: Kind = Kind::Object(&[
    Field::required("id", Kind::Text),
    Field::required("slug", Kind::Text),
    Field::required("region", Kind::Text),
    Field::optional("allocated_size", BYTES),
    Field::optional("flattened_size", BYTES),
    Field::optional("is_bootable", Kind::Flag),
    Field::required("volume", NAMED),
]);
const SANDBOX: Kind = Kind::Object(&[
    Field::required("id", Kind::Text),
    Field::required("createdAt", Kind::Moment),
    Field::optional("stoppedAt", Kind::Moment),
    Field::required("region", Kind::Text),
    Field::required("status", Kind::Text),
    Field::optional("labels", Kind::Texts),
]);

/// An operation as data.
struct Described {
    name: &'static str,
    operation: &'static Operation,
    thing: Thing,
    params: Kind,
    answer: Kind,
    /// Whether it is a result that there is no such thing.
    finds: bool,
}

/// What an operation is about.
#[derive(Clone, Copy)]
enum Thing {
    /// A collection.
    All,
    /// A volume or snapshot, by slug or id.
    Stored,
    Sandbox,
}

impl Described {
    const fn new(name: &'static str, operation: &'static Operation, thing: Thing) -> Self {
        Self {
            name,
            operation,
            thing,
            params: Kind::Nothing,
            answer: Kind::Nothing,
            finds: false,
        }
    }

    const fn makes(self, params: Kind, answer: Kind) -> Self {
        Self {
            params,
            answer,
            ..self
        }
    }

    const fn finds(self, answer: Kind) -> Self {
        Self {
            answer,
            finds: true,
            ..self
        }
    }
}

static OPERATIONS: [Described; 7] = [
    Described::new("createVolume", &volumes::CREATE, Thing::All).makes(NewVolume::KIND, VOLUME),
    Described::new("getVolume", &volumes::GET, Thing::Stored).finds(VOLUME),
    Described::new("deleteVolume", &volumes::DELETE, Thing::Stored),
    Described::new("snapshotVolume", &volumes::SNAPSHOT, Thing::Stored)
        .makes(NewSnapshot::KIND, SNAPSHOT),
    Described::new("getSnapshot", &snapshots::GET, Thing::Stored).finds(SNAPSHOT),
    Described::new("deleteSnapshot", &snapshots::DELETE, Thing::Stored),
    Described::new("killSandbox", &sandboxes::KILL, Thing::Sandbox),
];

/// A list as data.
struct List {
    name: &'static str,
    operation: &'static Operation,
    options: &'static [&'static str],
    items: Kind,
}

const OF_PAGES: &[&str] = &["limit", "cursor", "search"];

static LISTS: [List; 3] = [
    List {
        name: "listVolumes",
        operation: &volumes::LIST,
        options: OF_PAGES,
        items: Kind::List(&VOLUME),
    },
    List {
        name: "listSnapshots",
        operation: &snapshots::LIST,
        options: OF_PAGES,
        items: Kind::List(&SNAPSHOT),
    },
    List {
        name: "listSandboxes",
        operation: &sandboxes::LIST,
        options: &["labels"],
        items: Kind::List(&SANDBOX),
    },
];

impl Client {
    /// Calls an operation of the control plane by its name, like `createVolume`, about `thing` if it is about one,
    /// with its parameters as an object; gives the record in the answer as the service's own JSON text, `null`
    /// where there is none.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) among others for parameters that are not what the operation
    /// takes, before anything is sent; else as the operation's own function on [`Volumes`](crate::Volumes),
    /// [`Snapshots`](crate::Snapshots) or [`Sandboxes`](crate::Sandboxes).
    pub fn call(&self, name: &str, thing: &str, params: &impl Dynamic) -> Request<String> {
        let Some(known) = OPERATIONS.iter().find(|known| known.name == name) else {
            return Request::new(
                self,
                Name::plain("call the service"),
                Err(unknown(name)),
                |_| Ok(String::new()),
            );
        };
        let mut encoder = Encoder::default();
        if !matches!(known.thing, Thing::All) {
            encoder.about.push(thing.to_owned());
        }
        let request = known.request(self, thing, params, &mut encoder);
        let what: Vec<&str> = encoder.about.iter().map(String::as_str).collect();
        let name = Name::about(known.operation.verb, "as", &what);
        Request::new(self, name, request, |answer| known.read(answer))
    }

    /// Reads a page of a list by its name, like `listVolumes`, with its options as an object.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn list(&self, name: &str, options: &impl Dynamic) -> Request<JsonPage> {
        let known = LISTS.iter().find(|known| known.name == name);
        let (words, items) = known.map_or(("read a list", Kind::Nothing), |known| {
            (known.operation.verb, known.items)
        });
        let listing = known.ok_or_else(|| unknown(name)).and_then(|known| {
            let (list, labels) = list_options(options, known.options)?;
            Ok(Listing::new(known.operation, list)?.labels(&labels))
        });
        JsonPage::read(self, words, Place::start(self, listing, words), items)
    }
}

fn unknown(name: &str) -> Error {
    let message = format!("there is no operation {}", Quoted(name));
    Error::new(ErrorCode::InvalidOption, message)
}

fn json(kind: Kind, answer: &HttpResponse) -> Result<String> {
    response::read(answer, |body| checked(kind, body))
}

impl Described {
    fn request(
        &self,
        client: &Client,
        thing: &str,
        params: &impl Dynamic,
        encoder: &mut Encoder,
    ) -> Result<HttpRequest> {
        let data;
        let (service, thing) = match self.thing {
            Thing::All => (client.control(), None),
            Thing::Stored => {
                thing.parse::<Reference>()?;
                (client.control(), Some(thing))
            }
            Thing::Sandbox => {
                data = client.data(&thing.parse::<SandboxId>()?.region());
                (&data, Some(thing))
            }
        };
        if !matches!(self.params, Kind::Nothing) {
            encoder.write("options", self.params, params)?;
        }
        let body = std::mem::take(&mut encoder.json);
        Ok(self.operation.request(service, thing, body))
    }

    fn read(&self, answer: &HttpResponse) -> Result<String> {
        let nothing = || "null".to_owned();
        match self.answer {
            Kind::Nothing => response::done(answer).map(|()| nothing()),
            _ if self.finds && answer.status == 404 => Ok(nothing()),
            kind => json(kind, answer),
        }
    }
}

/// One page of a list for a language without types, and the way to the next.
#[derive(Debug)]
pub struct JsonPage(Reached<String>, Kind);

impl JsonPage {
    /// The items on this page, as the service's own JSON text.
    pub fn items(&self) -> &str {
        &self.0.items
    }

    /// The service's name for the next page.
    pub fn next_cursor(&self) -> Option<&str> {
        self.0.next_cursor.as_deref()
    }

    /// Reads the next page, which must be one that [`next_cursor`](Self::next_cursor) names.
    ///
    /// # Errors
    /// As [`Page::next_page`](crate::Page::next_page).
    pub fn next_page(&self) -> Request<Self> {
        let Place { client, words, .. } = &self.0.place;
        Self::read(client, words, self.0.next(), self.1)
    }

    fn read(
        client: &Client,
        words: &'static str,
        place: Result<Place>,
        items: Kind,
    ) -> Request<Self> {
        let page = Place::read(client, words, place, move |answer| json(items, answer));
        page.map(move |page| Self(page, items))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::{self, FromJson, written};
    use crate::model::{SandboxInfo, Snapshot, Volume};
    use crate::rpc::shape::check;

    /// Where the type refuses, the shape must refuse.
    fn agree<T: FromJson>(kind: Kind, record: &Value) {
        let agrees = |record: &Value| {
            let json = record.to_string();
            let (typed, shaped) = (
                json::read::<T>(json.as_bytes()),
                check(kind, json.as_bytes()),
            );
            assert_eq!(typed.is_ok(), shaped.is_ok(), "{json}");
        };
        check(kind, record.to_string().as_bytes()).unwrap();
        agrees(record);
        for name in record.as_object().unwrap().keys() {
            let mut less = record.clone();
            less.as_object_mut().unwrap().remove(name);
            agrees(&less);
            for value in [json!(null), json!({}), json!([7]), json!("text"), json!(-1)] {
                let mut other = record.clone();
                other[name] = value;
                agrees(&other);
            }
        }
    }

    #[test]
    fn records_are_of_the_shapes_their_types_have() {
        let named = json!({"id": "id", "slug": "slug"});
        agree::<Volume>(
            VOLUME,
            &json!({
                "id": "id", "slug": "slug", "region": "ord", "capacity": 1, "used": 2,
                "estimated_allocated_size": 3, "estimated_flattened_size": 4, "is_bootable": true,
                "base_snapshot": named,
            }),
        );
        agree::<Snapshot>(
            SNAPSHOT,
            &json!({
                "id": "id", "slug": "slug", "region": "ord", "allocated_size": 1, "flattened_size": 2,
                "is_bootable": false, "volume": named,
            }),
        );
        agree::<SandboxInfo>(
            SANDBOX,
            &json!({
                "id": "id", "createdAt": "2001-02-03T04:05:06Z", "stoppedAt": "2001-02-03T04:05:06Z",
                "region": "ord", "status": "running", "labels": {"key": "value"},
            }),
        );
    }

    #[test]
    fn what_is_written_by_a_shape_is_what_the_type_writes() {
        let given = json!({"slug": "cache", "region": "ord", "capacity": "2GB", "from": "base"});
        let typed = NewVolume {
            slug: "cache".parse().unwrap(),
            region: "ord".parse().unwrap(),
            capacity: "2GB".parse().unwrap(),
            from: Some("base".parse().unwrap()),
        };
        let mut encoder = Encoder::default();
        encoder.write("options", NewVolume::KIND, &given).unwrap();
        assert_eq!(encoder.json, written(&typed));
        assert_eq!(encoder.about, ["cache"]);
    }

    #[test]
    fn a_parameter_that_is_malformed_is_told_by_its_own_code() {
        let given = |name: &str, value: Value| {
            let mut given = json!({"slug": "cache", "region": "ord", "capacity": "2GB"});
            given[name] = value;
            let mut encoder = Encoder::default();
            let error = encoder.write("options", NewVolume::KIND, &given);
            error.unwrap_err().code()
        };
        for (name, value, code) in [
            ("slug", json!("No"), ErrorCode::InvalidSlug),
            ("slug", json!(null), ErrorCode::InvalidOption),
            ("region", json!("Mars!"), ErrorCode::InvalidRegion),
            ("capacity", json!("2gb"), ErrorCode::InvalidCapacity),
            ("capacity", json!(1.5), ErrorCode::InvalidCapacity),
            ("capacity", json!(null), ErrorCode::InvalidCapacity),
            ("capacity", json!([]), ErrorCode::InvalidOption),
            ("from", json!(".."), ErrorCode::InvalidReference),
            ("form", json!("base"), ErrorCode::InvalidOption),
        ] {
            assert_eq!(given(name, value.clone()), code, "{name}: {value}");
        }
    }
}
