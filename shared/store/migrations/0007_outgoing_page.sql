-- Deliveries that a queue has and nobody has made yet, so that neither a queue nor a restart can lose them: up to
-- fifty inboxes to a row, for each row that is written is paid for. Whoever makes deliveries notes it here, and a row
-- whose deliveries are all made, or wait in delayed_delivery, is removed.
CREATE TABLE outgoing_page (
    -- Chosen at random: an id that comes again could be taken for another's.
    id INTEGER PRIMARY KEY,
    signer_url TEXT NOT NULL,
    activity TEXT NOT NULL,
    -- JSON array of URLs.
    inboxes TEXT NOT NULL,
    since_unix_ms INTEGER NOT NULL,
    -- Bit n stands for inbox n.
    made INTEGER NOT NULL DEFAULT 0,
    -- When the messages of those that are not made count as lost.
    overdue_at_unix_ms INTEGER NOT NULL,
    -- How often they did.
    losses INTEGER NOT NULL DEFAULT 0
) STRICT;
