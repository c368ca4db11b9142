//! The door: what gets through it, and what does not.

mod at_once;
mod kept;

use std::sync::OnceLock;

use activitypub::signature::Outgoing;
use activitypub::signature::Unsigned;
use ports::{Crypto, RsaKeyPair, Statement, Task};
use serde_json::{Value, json};
use soft_crypto::SoftCrypto;
use testkit::{SentRequest, TestPlatform, block_on, typed_response};

use super::sender_key::{KEY_KEPT_MS, REFETCH_AFTER_MS, UNREACHABLE_MS};
use super::*;

const BOB: &str = "https://far.test/u/bob";
const KEY_ID: &str = "https://far.test/u/bob#main-key";
const OURS: &str = "https://video.test/videos/watch/11111111-1111-4111-8111-111111111111";

/// Two key pairs, made once: it takes long.
fn keys() -> &'static [RsaKeyPair; 2] {
    static KEYS: OnceLock<[RsaKeyPair; 2]> = OnceLock::new();
    KEYS.get_or_init(|| {
        let pair = || block_on(SoftCrypto.generate_rsa_key()).unwrap();
        [pair(), pair()]
    })
}

struct Door {
    platform: TestPlatform,
    memory: InboxMemory,
}

/// A request as somebody signs it.
struct Signer<'a> {
    key_id: &'a str,
    key: &'a RsaKeyPair,
    scheme: Scheme,
    host: &'a str,
    age_secs: i64,
}

impl Default for Signer<'_> {
    fn default() -> Self {
        Self {
            key_id: KEY_ID,
            key: &keys()[0],
            scheme: Scheme::Cavage,
            host: "video.test",
            age_secs: 0,
        }
    }
}

type Headers = Vec<(String, String)>;

impl Door {
    fn new() -> Self {
        let door = Self {
            platform: TestPlatform::new(),
            memory: InboxMemory::default(),
        };
        door.serve_bob(&keys()[0]);
        door
    }

    fn serve_bob(&self, key: &RsaKeyPair) {
        self.platform
            .http
            .serve_document(BOB, &person(BOB, KEY_ID, &key.public_key_pem).to_string());
    }

    fn sign(&self, signer: &Signer<'_>, body: &[u8]) -> Headers {
        let url = AbsoluteUrl::parse(&format!("https://{}/inbox", signer.host)).unwrap();
        let outgoing = Outgoing {
            method: "POST",
            url: &url,
            key_id: signer.key_id,
            now_unix_secs: self.platform.now().0 / 1_000 - signer.age_secs,
            body: Some(body),
        };
        let unsigned = Unsigned::new(&outgoing, signer.scheme).unwrap();
        let der = &signer.key.private_key_der;
        let signature = block_on(SoftCrypto.sign_rsa(der, unsigned.message())).unwrap();
        let mut headers: Headers = unsigned
            .headers(&signature)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        headers.push(("content-type".into(), "application/activity+json".into()));
        headers
    }

    fn knock(&self, headers: &Headers, body: &[u8]) -> Result<Option<FederationTask>, AppError> {
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let delivery = Delivery {
            path_and_query: "/inbox",
            headers: &headers,
        };
        block_on(accept(
            &self.platform,
            &self.memory,
            delivery,
            body.to_vec(),
            OnTheWay::default(),
        ))?;
        Ok(self.kept())
    }

    /// What waits to be acted upon, which a message names.
    fn kept(&self) -> Option<FederationTask> {
        self.platform.run_spawned();
        let rows = match self.platform.tasks.take()? {
            Task::Federation(FederationTask::ActOnReceived(rows)) => rows,
            other => panic!("{other:?}"),
        };
        let (first_id, last_id) = rows.runs().next().unwrap();
        let batch = vec![
            store::federation::received::select(first_id, last_id),
            store::federation::received::finish(first_id),
        ];
        let results = block_on(self.platform.database().batch(batch)).unwrap();
        let row = store::federation::received::read(&results[0][0]).unwrap();
        match ports::decode_task(&row.message) {
            Some(Task::Federation(task)) => Some(task),
            other => panic!("{other:?}"),
        }
    }

    fn deliver(
        &self,
        signer: &Signer<'_>,
        body: &Value,
    ) -> Result<Option<FederationTask>, AppError> {
        let body = body.to_string().into_bytes();
        let headers = self.sign(signer, &body);
        self.knock(&headers, &body)
    }

    /// The status of a refusal, after which there is nothing to do.
    fn refused(&self, result: Result<Option<FederationTask>, AppError>) -> Rejection {
        assert_eq!(self.kept(), None);
        let rows = self
            .platform
            .database
            .dump("SELECT message FROM received_task");
        assert_eq!(rows, Vec::<String>::new());
        match result {
            Err(AppError::Rejected { rejection, .. }) => rejection,
            other => panic!("{other:?}"),
        }
    }

    fn fetches(&self) -> usize {
        self.platform.http.take_sent().len()
    }
}

fn person(id: &str, key_id: &str, pem: &str) -> Value {
    json!({
        "id": id, "type": "Person", "preferredUsername": "bob", "inbox": format!("{id}/inbox"),
        "publicKey": {"id": key_id, "owner": id, "publicKeyPem": pem},
    })
}

fn like() -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Like", "id": "https://far.test/l/1",
        "actor": BOB, "object": OURS, "signature": {"type": "RsaSignature2017", "signatureValue": "x"}})
}

#[test]
fn both_forms_of_signature_are_taken_and_remembered() {
    let door = Door::new();
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let task = door
            .deliver(
                &Signer {
                    scheme,
                    ..Signer::default()
                },
                &like(),
            )
            .unwrap();
        let Some(FederationTask::Receive {
            actor_url,
            activity,
            replay_key,
        }) = task
        else {
            panic!("{task:?}");
        };
        assert_eq!((actor_url.as_str(), replay_key.len()), (BOB, 32));
        assert!(!activity.contains("@context") && !activity.contains("RsaSignature2017"));
    }
    assert_eq!(door.fetches(), 1, "the key is fetched once");
    assert_eq!(
        door.platform
            .database
            .dump("SELECT host||' '||scheme FROM remote_host"),
        ["far.test rfc9421"]
    );
}

#[test]
fn a_known_key_costs_no_read_for_a_while() {
    let door = Door::new();
    door.deliver(&Signer::default(), &like()).unwrap();
    // The batches of one delivery; the test itself takes one to look.
    let batches = || {
        let before = door.platform.database.batches();
        door.deliver(&Signer::default(), &like()).unwrap();
        door.platform.database.batches() - before - 1
    };
    assert_eq!(batches(), 2, "the key is read, the activity is stored");
    assert_eq!(batches(), 1, "stored");
    door.platform.advance_ms(KEY_KEPT_MS);
    assert_eq!(batches(), 2);
}

#[test]
fn whoever_is_blocked_is_not_heard_for_longer_than_a_key_is_kept() {
    let door = Door::new();
    for _ in 0..2 {
        assert!(door.deliver(&Signer::default(), &like()).unwrap().is_some());
    }
    let block = "INSERT INTO host_block (host, created_at_unix_ms) VALUES ('far.test', 1)";
    let batch = vec![Statement::new(block, vec![])];
    block_on(door.platform.database().batch(batch)).unwrap();
    door.platform.advance_ms(KEY_KEPT_MS);
    assert_eq!(door.deliver(&Signer::default(), &like()), Ok(None));
}

#[test]
fn a_kept_key_is_no_key_once_another_is_known() {
    let door = Door::new();
    for _ in 0..2 {
        door.deliver(&Signer::default(), &like()).unwrap();
    }
    // Another instance of the site has heard of a new key meanwhile.
    let sql = "UPDATE actor SET public_key_pem = ?1 WHERE url = ?2";
    let pem = keys()[1].public_key_pem.as_str();
    let batch = vec![Statement::new(sql, vec![pem.into(), BOB.into()])];
    block_on(door.platform.database().batch(batch)).unwrap();
    let renewed = Signer {
        key: &keys()[1],
        ..Signer::default()
    };
    assert!(door.deliver(&renewed, &like()).is_ok());
    let refused = door.deliver(&Signer::default(), &like());
    assert_eq!(door.refused(refused), Rejection::Unauthorized);
}

#[test]
fn peertube_names_the_actor_and_gotosocial_a_key_of_its_own() {
    let door = Door::new();
    // The bare id of the actor.
    assert!(
        door.deliver(
            &Signer {
                key_id: BOB,
                ..Signer::default()
            },
            &like()
        )
        .is_ok()
    );
    // A document of the key: a stub of the actor without its inbox.
    let door = Door::new();
    let key_id = "https://far.test/u/bob/main-key";
    let pem = &keys()[0].public_key_pem;
    let mut stub = person(BOB, key_id, pem);
    stub.as_object_mut().unwrap().remove("inbox");
    door.platform.http.serve_document(key_id, &stub.to_string());
    door.platform
        .http
        .serve_document(BOB, &person(BOB, key_id, pem).to_string());
    let signer = Signer {
        key_id,
        ..Signer::default()
    };
    assert!(door.deliver(&signer, &like()).is_ok());
    assert_eq!(door.fetches(), 2);
    assert!(door.deliver(&signer, &like()).is_ok());
    assert_eq!(door.fetches(), 0);
}

#[test]
fn a_changed_key_is_fetched_again_but_not_for_everybody_who_knocks() {
    let door = Door::new();
    door.deliver(&Signer::default(), &like()).unwrap();
    door.serve_bob(&keys()[1]);
    let renewed = Signer {
        key: &keys()[1],
        ..Signer::default()
    };
    // Not so soon after the last fetch.
    let refused = door.deliver(&renewed, &like());
    assert_eq!(door.refused(refused), Rejection::Unauthorized);
    door.platform.advance_ms(REFETCH_AFTER_MS);
    let _ = door.fetches();
    assert!(door.deliver(&renewed, &like()).is_ok());
    for _ in 0..3 {
        // The old key is no key any more.
        let refused = door.deliver(&Signer::default(), &like());
        assert_eq!(door.refused(refused), Rejection::Unauthorized);
    }
    assert_eq!(door.fetches(), 1);
}

#[test]
fn a_key_that_cannot_be_fetched_is_the_senders_fault_and_not_asked_for_again() {
    let door = Door::new();
    door.platform.http.stop(BOB);
    for _ in 0..3 {
        let refused = door.deliver(&Signer::default(), &like());
        assert_eq!(door.refused(refused), Rejection::Unauthorized);
    }
    assert_eq!(door.fetches(), 1);
    door.platform.advance_ms(UNREACHABLE_MS);
    door.serve_bob(&keys()[0]);
    assert!(door.deliver(&Signer::default(), &like()).is_ok());
}

#[test]
fn what_is_not_signed_as_it_should_be_is_refused() {
    let door = Door::new();
    let body = like().to_string().into_bytes();
    let check = |headers: &Headers, body: &[u8], expected: Rejection| {
        let result = door.knock(headers, body);
        assert_eq!(door.refused(result), expected);
    };
    let signed = |signer: Signer<'_>| door.sign(&signer, &body);
    let good = signed(Signer::default());
    // Another body, another digest, no signature, no digest, another type.
    let other = body.iter().map(|byte| byte ^ 1).collect::<Vec<u8>>();
    check(&good, &other, Rejection::BadRequest);
    let without = |name: &str| {
        let kept = good
            .iter()
            .filter(|(other, _)| !other.eq_ignore_ascii_case(name));
        kept.cloned().collect::<Headers>()
    };
    check(&without("signature"), &body, Rejection::Unauthorized);
    check(&without("digest"), &body, Rejection::BadRequest);
    check(&without("date"), &body, Rejection::Unauthorized);
    check(
        &without("content-type"),
        &body,
        Rejection::UnsupportedMediaType,
    );
    // Dates that are too old and too new: a request that is kept is worth nothing.
    for age_secs in [31 * 60, -31 * 60, 86_400] {
        let headers = signed(Signer {
            age_secs,
            ..Signer::default()
        });
        check(&headers, &body, Rejection::Unauthorized);
    }
    // A date that was changed afterwards.
    let mut redated = signed(Signer {
        age_secs: 86_400,
        ..Signer::default()
    });
    for header in redated
        .iter_mut()
        .filter(|(name, _)| name.eq_ignore_ascii_case("date"))
    {
        header.1 = activitypub::date::write_http_date(door.platform.now().0 / 1_000);
    }
    check(&redated, &body, Rejection::Unauthorized);
    // For another server, by another key.
    check(
        &signed(Signer {
            host: "else.test",
            ..Signer::default()
        }),
        &body,
        Rejection::Unauthorized,
    );
    check(
        &signed(Signer {
            key: &keys()[1],
            ..Signer::default()
        }),
        &body,
        Rejection::Unauthorized,
    );
    // A key of another kind of place.
    for key_id in [
        "https://127.0.0.1/key",
        "http://far.test/u/bob",
        "https://video.test/accounts/peertube#main-key",
        "acct:bob@far.test",
        "nonsense",
    ] {
        check(
            &signed(Signer {
                key_id,
                ..Signer::default()
            }),
            &body,
            Rejection::Unauthorized,
        );
    }
    assert!(
        door.platform
            .database
            .dump("SELECT url FROM actor WHERE host<>''")
            .len()
            <= 1
    );
}

#[test]
fn a_key_of_one_host_is_nothing_on_another() {
    let door = Door::new();
    let eve_key = "https://evil.test/u/eve#main-key";
    // A document on eve's host that says the key is bob's.
    let mut forged = person(
        "https://evil.test/u/eve",
        eve_key,
        &keys()[1].public_key_pem,
    );
    forged["publicKey"]["owner"] = json!(BOB);
    door.platform
        .http
        .serve_document("https://evil.test/u/eve", &forged.to_string());
    let signer = Signer {
        key_id: eve_key,
        key: &keys()[1],
        ..Signer::default()
    };
    let refused = door.deliver(&signer, &like());
    assert_eq!(door.refused(refused), Rejection::Unauthorized);
    // A document on eve's host that says that it is bob.
    door.platform.advance_ms(UNREACHABLE_MS);
    let forged = person(BOB, eve_key, &keys()[1].public_key_pem);
    door.platform
        .http
        .serve_document("https://evil.test/u/eve", &forged.to_string());
    let refused = door.deliver(&signer, &like());
    assert_eq!(door.refused(refused), Rejection::Unauthorized);
    // Eve, who is eve, in bob's name: it is read at bob's, and what is only in the request counts nothing.
    door.platform.advance_ms(UNREACHABLE_MS);
    let eve = person(
        "https://evil.test/u/eve",
        eve_key,
        &keys()[1].public_key_pem,
    );
    door.platform
        .http
        .serve_document("https://evil.test/u/eve", &eve.to_string());
    assert_eq!(door.deliver(&signer, &like()), Ok(None));
    let mut create = like();
    create["type"] = json!("Create");
    create["object"] = json!({"type": "Note", "id": "https://far.test/n/1", "content": "forged"});
    assert_eq!(
        door.deliver(&signer, &create),
        Ok(Some(FederationTask::FetchActivity {
            activity_url: "https://far.test/n/1".to_owned()
        }))
    );
    // In her own name about what is bob's.
    create["actor"] = json!("https://evil.test/u/eve");
    create["id"] = json!("https://evil.test/c/1");
    for kind in ["Create", "Update", "Delete"] {
        create["type"] = json!(kind);
        let refused = door.deliver(&signer, &create);
        assert_eq!(door.refused(refused), Rejection::Forbidden, "{kind}");
    }
    create["id"] = json!("https://far.test/c/1");
    let refused = door.deliver(&signer, &create);
    assert_eq!(door.refused(refused), Rejection::Forbidden);
}

#[test]
fn bodies_that_are_too_much_are_refused_before_they_are_read() {
    let door = Door::new();
    for (body, expected) in [
        ("x".repeat(600_000), Rejection::PayloadTooLarge),
        (
            format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000)),
            Rejection::BadRequest,
        ),
        (
            format!("{{\"a\":[{}1]}}", "1,".repeat(50_000)),
            Rejection::BadRequest,
        ),
        ("{".to_owned(), Rejection::BadRequest),
        ("[]".to_owned(), Rejection::BadRequest),
        ("{\"type\":\"Like\"}".to_owned(), Rejection::BadRequest),
        ("\u{0}".to_owned(), Rejection::BadRequest),
    ] {
        let headers = door.sign(&Signer::default(), body.as_bytes());
        let result = door.knock(&headers, body.as_bytes());
        assert_eq!(door.refused(result), expected, "{:.20}", body);
    }
}

#[test]
fn what_does_not_fit_into_a_queue_is_read_at_its_origin() {
    let door = Door::new();
    let mut create = like();
    create["type"] = json!("Create");
    create["object"] = json!({"type": "Note", "id": "https://far.test/n/1", "attributedTo": BOB,
        "content": "x".repeat(200_000)});
    assert_eq!(
        door.deliver(&Signer::default(), &create),
        Ok(Some(FederationTask::FetchActivity {
            activity_url: "https://far.test/n/1".to_owned()
        }))
    );
}

#[test]
fn the_end_of_somebody_unknown_needs_no_fetch() {
    let door = Door::new();
    let mut delete = like();
    delete["type"] = json!("Delete");
    delete["object"] = json!(BOB);
    assert_eq!(door.deliver(&Signer::default(), &delete), Ok(None));
    assert_eq!(door.fetches(), 0);
}

#[test]
fn whoever_is_blocked_knocks_in_vain() {
    let door = Door::new();
    door.deliver(&Signer::default(), &like()).unwrap();
    let block = Statement::new(
        "INSERT INTO host_block (host,created_at_unix_ms) VALUES ('far.test',1)",
        vec![],
    );
    block_on(door.platform.database.batch(vec![block])).unwrap();
    assert_eq!(door.deliver(&Signer::default(), &like()), Ok(None));
}

#[test]
fn an_address_knocks_five_hundred_times_in_ten_seconds() {
    let door = Door::new();
    let knock = |address: &str| admit(&door.platform, &door.memory, Some(address));
    for _ in 0..MAX_DELIVERIES {
        assert_eq!(knock("192.0.2.1"), Ok(()));
    }
    let Err(AppError::Rejected { rejection, .. }) = knock("192.0.2.1") else {
        panic!("one too many");
    };
    assert_eq!(
        rejection,
        Rejection::TooManyRequests {
            retry_after_secs: 10
        }
    );
    assert_eq!(knock("192.0.2.2"), Ok(()));
    door.platform.advance_ms(WINDOW_MS);
    assert_eq!(knock("192.0.2.1"), Ok(()));
    // Memory has a bound.
    for number in 0..3 * MAX_REMEMBERED {
        assert_eq!(knock(&format!("{number}")), Ok(()));
    }
    assert!(door.memory.deliveries.borrow().len() <= MAX_REMEMBERED);
}

#[test]
fn a_redirect_of_a_key_does_not_leave_its_host() {
    let door = Door::new();
    door.platform.http.serve(BOB, |_: &SentRequest| {
        let mut response = typed_response("text/plain", b"");
        *response.status_mut() = http::StatusCode::FOUND;
        let location = http::HeaderValue::from_static("https://127.0.0.1/u/bob");
        response
            .headers_mut()
            .insert(http::header::LOCATION, location);
        response
    });
    let refused = door.deliver(&Signer::default(), &like());
    assert_eq!(door.refused(refused), Rejection::Unauthorized);
    assert_eq!(door.fetches(), 1);
}
