-- A key is looked for by how it begins, and lists go by it: in the order of code points a beginning is a range, whatever the language of the
-- database. No key ever changes, so that a step writes nothing here.
CREATE INDEX IF NOT EXISTS workflow_key ON workflow (key COLLATE "C", started_at, id);
