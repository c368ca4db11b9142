//! Two clients on one upload, and clients that vanish. The second client acts while the first one's
//! body is being read, which is where requests really meet.

use std::cell::RefCell;
use std::rc::Rc;

use crate::client::{Answer, Interrupted, assert_clean, client, count, original};
use crate::media::{PART, mp4_of};

/// Sends `start..end` of `file`, and in the midst of it what `other` does; gives both answers.
fn meanwhile<T: 'static>(
    client: &crate::client::Client,
    path: &str,
    file: &[u8],
    (start, end): (usize, usize),
    at: usize,
    other: impl FnOnce() -> T + 'static,
) -> (Answer, T) {
    let seen = Rc::new(RefCell::new(None));
    let kept = seen.clone();
    let body = Interrupted::body(&file[start..end], at, move || {
        *kept.borrow_mut() = Some(other());
    });
    let answer = client.put_body(path, start, end, file.len(), body);
    let other = seen
        .borrow_mut()
        .take()
        .expect("the other client had its turn");
    (answer, other)
}

/// The same file, but for everything behind its first bytes.
fn forged(file: &[u8]) -> Vec<u8> {
    let mut forged = file.to_vec();
    forged[100..].fill(7);
    forged
}

#[test]
fn the_slower_of_two_writers_learns_where_the_upload_is_and_leaves_no_trace() {
    // Chunks within the first part, at its end, over it; and in parts of a multipart upload that runs.
    for (start, slow_end, fast_end) in [
        (0, 5_000, 3_000),
        (0, PART, PART),
        (0, 2 * PART, PART + 10),
        (0, PART + 9, 20),
        (PART, 2 * PART, 2 * PART),
        (PART + 9, 3 * PART, 2 * PART),
        (PART, 3 * PART + 10, 3 * PART),
    ] {
        let client = client();
        let file = mp4_of(3 * PART + 1_000);
        let path = client.opened(file.len());
        if start > 0 {
            client.put(&path, &file, 0, start);
        }
        let (one, copy, second_path) = (client.clone(), file.clone(), path.clone());
        let range = (start, slow_end);
        let (slow, fast) = meanwhile(&client, &path, &forged(&file), range, 0, move || {
            one.put(&second_path, &copy, start, fast_end).received()
        });
        assert_eq!(fast, fast_end);
        assert_eq!(slow.received(), fast_end, "its own bytes do not count");
        let uuid = client.put(&path, &file, fast_end, file.len()).video_uuid();
        let stored = original(&client.platform, &uuid);
        assert!(stored == file, "{start}..{slow_end} against {fast_end}");
        assert_clean(&client.platform);
    }
}

#[test]
fn other_bytes_of_a_second_client_never_mix_in() {
    let client = client();
    let file = mp4_of(3 * PART + 1_000);
    let mut forged = file.clone();
    forged[PART..].fill(7);
    let path = client.opened(file.len());
    // The forger begins first, and its parts go out while the honest client finishes everything.
    let (honest, file_copy, honest_path) = (client.clone(), file.clone(), path.clone());
    let (forger, uuid) = meanwhile(
        &client,
        &path,
        &forged,
        (0, 3 * PART + 500),
        2 * PART,
        move || {
            let at = honest.status(&honest_path, file_copy.len()).received();
            honest
                .put(&honest_path, &file_copy, at, file_copy.len())
                .video_uuid()
        },
    );
    assert_eq!(
        forger.video_uuid(),
        uuid,
        "it is told what became of the upload"
    );
    let stored = original(&client.platform, &uuid);
    assert_eq!(stored.len(), file.len());
    // What the forger had stored before the honest client came counted; nothing after.
    for (part, bytes) in stored.chunks(PART).enumerate() {
        let here = part * PART..part * PART + bytes.len();
        assert!(
            bytes == &file[here.clone()] || bytes == &forged[here],
            "part {part} is mixed"
        );
    }
    assert!(stored[2 * PART..] == file[2 * PART..]);
    assert_eq!(count(&client.platform, "video"), "1");
    assert_clean(&client.platform);
}

#[test]
fn two_last_chunks_at_once_make_one_video() {
    for size in [30_000, PART + 5_000] {
        let client = client();
        let file = mp4_of(size);
        let path = client.opened(size);
        client.put(&path, &file, 0, size - 2_000);
        let (one, copy, second_path) = (client.clone(), file.clone(), path.clone());
        let (slow, fast) = meanwhile(&client, &path, &file, (size - 2_000, size), 0, move || {
            one.put(&second_path, &copy, size - 2_000, size)
                .video_uuid()
        });
        assert_eq!(slow.video_uuid(), fast);
        assert_eq!(count(&client.platform, "video"), "1");
        assert!(original(&client.platform, &fast) == file);
        assert_clean(&client.platform);
    }
}

#[test]
fn details_that_change_while_the_last_chunk_comes_are_the_videos() {
    for size in [30_000, PART + 5_000] {
        let client = client();
        let file = mp4_of(size);
        let mut fields = client.fields();
        fields["lastModified"] = 1.into();
        let path = crate::client::path_of(&client.open(&fields, size));
        client.put(&path, &file, 0, size - 2_000);
        let one = client.clone();
        fields["description"] = "Second thoughts".into();
        let (_, reopened) = meanwhile(&client, &path, &file, (size - 2_000, size), 0, move || {
            one.open(&fields, size).status.as_u16()
        });
        assert_eq!(reopened, 200);
        // A small file's chunk is refused and comes again; a large one's video is made from the row.
        let uuid = client.put(&path, &file, size - 2_000, size).video_uuid();
        assert!(original(&client.platform, &uuid) == file);
        let description = client
            .platform
            .database
            .dump("SELECT description FROM video");
        assert_eq!(description, ["Second thoughts"]);
        assert_clean(&client.platform);
    }
}

#[test]
fn cancelling_stops_a_running_chunk() {
    let client = client();
    let file = mp4_of(2 * PART + 10);
    let path = client.opened(file.len());
    let (one, second_path) = (client.clone(), path.clone());
    let (late, cancelled) = meanwhile(
        &client,
        &path,
        &file,
        (0, file.len()),
        PART + 5,
        move || one.cancel(&second_path).status.as_u16(),
    );
    assert_eq!(cancelled, 204);
    late.is_problem(404, "no such upload");
    assert_clean(&client.platform);
}

#[test]
fn a_broken_connection_keeps_whole_parts() {
    let client = client();
    let file = mp4_of(3 * PART);
    let path = client.opened(file.len());
    let body = Interrupted::broken(&file, 2 * PART + 100);
    client
        .put_body(&path, 0, file.len(), file.len(), body)
        .is_problem(503, "Try again");
    assert_eq!(client.status(&path, file.len()).received(), 2 * PART);
    // A body that simply ends early says where to go on.
    let short = ports::Body::Bytes(file[2 * PART..2 * PART + 9].to_vec());
    let answer = client.put_body(&path, 2 * PART, file.len(), file.len(), short);
    assert_eq!(answer.received(), 2 * PART);
    let uuid = client.put(&path, &file, 2 * PART, file.len()).video_uuid();
    assert!(original(&client.platform, &uuid) == file);
    assert_clean(&client.platform);
}

#[test]
fn a_chunk_that_was_tried_until_no_part_number_is_left() {
    let client = client();
    let file = mp4_of(PART + 10);
    let path = client.opened(file.len());
    crate::client::execute(
        &client.platform,
        "UPDATE upload SET next_part_number = 10001",
        vec![],
    );
    client
        .put(&path, &file, 0, file.len())
        .is_problem(409, "start it anew");
    assert_eq!(client.cancel(&path).status.as_u16(), 204);
    assert_clean(&client.platform);
}
