-- Viewers of a copy meet at our tracker, too, for as long as the copy is served: `video_swarm` of another server's video
-- has rows exactly then. They are made with the last step of the copy, which knows them.
CREATE TRIGGER mirror_swarms_gone AFTER DELETE ON mirror
WHEN OLD.actor_id IS NULL
BEGIN
    DELETE FROM video_swarm WHERE video_id = OLD.video_id;
END;
CREATE TRIGGER mirror_swarms_paused AFTER UPDATE OF state ON mirror
WHEN OLD.actor_id IS NULL AND OLD.state = 'kept' AND NEW.state <> 'kept'
BEGIN
    DELETE FROM video_swarm WHERE video_id = OLD.video_id;
END;
