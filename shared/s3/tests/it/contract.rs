//! What every object store must do.

use ports::{Body, ObjectStore as _, PortError};
use s3_server::{Fault, Operation, S3Server};
use testkit::block_on;

use crate::client::{settings, store};

#[test]
fn keeps_the_contract() {
    let server = S3Server::start();
    block_on(contracts::objects::check(&store(settings(&server))));
    assert_eq!(server.open_multiparts(), 0);
}

#[test]
fn a_list_of_many_has_pages() {
    let server = S3Server::start();
    for number in 0..1_005 {
        server.store(&format!("{number:04}.mp4"), b"x");
    }
    let store = store(settings(&server));
    block_on(async {
        let first = store.list("", None).await.unwrap();
        assert_eq!(first.objects.len(), 1_000);
        let rest = store.list("", first.cursor.as_deref()).await.unwrap();
        assert_eq!(rest.objects.len(), 5);
        assert_eq!(rest.objects[4].object_key, "1004.mp4");
        assert_eq!(rest.cursor, None);
        let keys = first.objects.into_iter().map(|object| object.object_key);
        let keys: Vec<String> = keys.collect();
        assert_eq!(store.delete(&keys).await, Ok(()), "a thousand at once");
    });
    assert_eq!(server.objects().len(), 5);
}

#[test]
fn a_server_that_fails_is_unavailable() {
    let server = S3Server::start();
    let store = store(settings(&server));
    let is_unavailable = |result: Result<(), PortError>| match result {
        Err(PortError::Unavailable { cause, .. }) => assert_eq!(cause, "503 SlowDown"),
        other => panic!("{other:?}"),
    };
    block_on(async {
        server.fail_next(Operation::PutObject, "", Fault::Before);
        let put = store.put("key", "video/mp4", Body::Empty, 0).await;
        is_unavailable(put.map(|_| ()));
        assert_eq!(server.objects(), []);
        server.fail_next(Operation::PutObject, "", Fault::After);
        let put = store.put("key", "video/mp4", Body::Empty, 0).await;
        is_unavailable(put.map(|_| ()));
        assert_eq!(server.objects(), [("key".to_owned(), 0)]);
        server.fail_next(Operation::GetObject, "", Fault::Before);
        is_unavailable(store.get("key", None).await.map(|_| ()));
        server.fail_next(Operation::DeleteObjects, "", Fault::Before);
        let keys = ["key".to_owned(), "other".to_owned()];
        is_unavailable(store.delete(&keys).await);
    });
    assert!(server.faults_left().is_empty());
}

#[test]
fn a_wrong_bucket_is_not_an_empty_one() {
    let server = S3Server::start();
    let mut settings = settings(&server);
    settings.bucket = "another".to_owned();
    let found = block_on(store(settings).list("", None));
    assert!(
        matches!(&found, Err(PortError::Unavailable { cause, .. }) if cause == "404 NoSuchBucket"),
        "{found:?}"
    );
}
