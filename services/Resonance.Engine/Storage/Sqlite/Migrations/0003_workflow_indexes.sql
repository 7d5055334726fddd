-- No index has a column that changes at every step. Who looks for a state looks for its status as well, which has an index. Databases that
-- were made for a few hours on the way here never had this one.
DROP INDEX IF EXISTS workflow_state;
