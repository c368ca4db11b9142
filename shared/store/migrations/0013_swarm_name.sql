-- The info hash that stands for the swarm in which those who announce under `info_hash` meet: viewers whose players call
-- one stream by several names, but understand each other. NULL is the row's own, as in rows that are older than this.
ALTER TABLE video_swarm ADD COLUMN swarm TEXT;
