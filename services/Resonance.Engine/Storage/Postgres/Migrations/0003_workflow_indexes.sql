-- Databases that were made for a few hours on the way here have some of this already: every statement may find its work done.

-- No index has a column that changes at every step: the new version of a row then stays on its page, where there is room for it, and a step
-- writes to no index of this table at all. Who looks for a state looks for its status as well, which has an index.
DROP INDEX IF EXISTS workflow_state;
ALTER TABLE workflow SET (fillfactor = 60);

-- A key is looked for by itself. With the type in front, the indexes of lists begin alike, and look as good until the table is analysed.
ALTER TABLE workflow
    DROP CONSTRAINT IF EXISTS workflow_type_key,
    ADD CONSTRAINT workflow_type_key UNIQUE (key, type);

-- ALWAYS: it fires in replication roles too, which switch ordinary triggers off.
ALTER TABLE rule_version ENABLE ALWAYS TRIGGER rule_version_append_only;
