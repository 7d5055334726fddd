-- Files that workflows made. A document is written once.
CREATE TABLE document (
    id TEXT NOT NULL PRIMARY KEY,
    workflow_id TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER document_refuses_update BEFORE UPDATE ON document
BEGIN
    SELECT RAISE(ABORT, 'A document is written once: UPDATE is refused.');
END;
