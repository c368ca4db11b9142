-- The id of a follow stands in those of its activities, by which other servers know it: one that has ended is never
-- given again. By itself SQLite goes on from the highest that is there.
CREATE TABLE follow_ended (
    highest_id INTEGER NOT NULL
) STRICT;
INSERT INTO follow_ended SELECT coalesce(max(id), 0) FROM follow;
CREATE TRIGGER follow_ended_noted AFTER DELETE ON follow WHEN OLD.id > (SELECT highest_id FROM follow_ended)
BEGIN
    UPDATE follow_ended SET highest_id = OLD.id;
END;
CREATE VIEW next_follow AS
SELECT 1 + max((SELECT highest_id FROM follow_ended), coalesce((SELECT max(id) FROM follow), 0)) AS id;
