-- A key is looked for by how it begins, and lists go by it. No key ever changes, so that a step writes nothing here.
CREATE INDEX IF NOT EXISTS workflow_key ON workflow (key, started_at, id);
