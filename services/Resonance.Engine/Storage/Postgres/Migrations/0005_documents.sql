-- Files that workflows made. A document is written once; the application's role may not change or remove it.
CREATE TABLE document (
    id text NOT NULL,
    workflow_id text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    body bytea NOT NULL,
    created_at text NOT NULL,
    CONSTRAINT document_pkey PRIMARY KEY (id)
);

CREATE FUNCTION refuse_document_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A document is written once: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER document_written_once BEFORE UPDATE ON document
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_document_change();
