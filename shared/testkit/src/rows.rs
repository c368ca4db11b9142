//! Rows that many tests start from.

use crate::TestDatabase;

/// UUID of the video that [`add_video`] adds.
pub const VIDEO_UUID: &str = "11111111-1111-4111-8111-111111111111";

/// User, account and channel 1: Ada, `ada`, who has `engines`.
pub fn add_channel(database: &TestDatabase) {
    for sql in [
        "INSERT INTO user (id,username,email,password_hash,role,quota_bytes,quota_daily_bytes,\
         created_at_unix_ms) VALUES (1,'ada','ada@video.test','',2,-1,-1,1)",
        "INSERT INTO account (id,user_id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (1,1,'ada','Ada',1,1)",
        "INSERT INTO channel (id,account_id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (1,1,'engines','Engines',1,1)",
    ] {
        database.run(sql);
    }
}

/// Video 1 of that channel: public, without files.
pub fn add_video(database: &TestDatabase) {
    database.run(
        "INSERT INTO video (id,uuid,channel_id,name,privacy,state,created_at_unix_ms,\
         updated_at_unix_ms,published_at_unix_ms) \
         VALUES (1,'11111111-1111-4111-8111-111111111111',1,'Bernoulli',1,1,1,1,1)",
    );
}
