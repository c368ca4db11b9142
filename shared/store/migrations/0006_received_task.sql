-- What other servers brought, verified and not acted upon yet. A queue message names the rows, and whoever acts
-- on one removes it in the same transaction.
CREATE TABLE received_task (
    id INTEGER PRIMARY KEY,
    -- JSON (ports::encode_task).
    message TEXT NOT NULL,
    -- When the message that names it counts as lost.
    overdue_at_unix_ms INTEGER NOT NULL,
    -- How often it did.
    losses INTEGER NOT NULL DEFAULT 0
) STRICT;
