-- Deferred work on hosts that have no queue of their own; empty where there is one.
CREATE TABLE queued_task (
    id INTEGER PRIMARY KEY,
    -- JSON (ports::encode_task).
    message TEXT NOT NULL,
    -- Not before; while somebody works on it, when it counts as given up.
    due_at_unix_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX queued_task_by_time ON queued_task (due_at_unix_ms, id);
