-- What was signed about the ledger: the root that it had at a size. It is stored before it is shown to anybody, so there is one for a size.
CREATE TABLE checkpoint (
    size bigint NOT NULL,
    root bytea NOT NULL,
    -- The signed note as it was exported (C2SP tlog-checkpoint).
    note text NOT NULL,
    -- Who signed it, as they named themselves: whoever checks a note brings the key along.
    verifier_key text NOT NULL,
    signed_at bigint NOT NULL,
    CONSTRAINT checkpoint_pkey PRIMARY KEY (size),
    CONSTRAINT checkpoint_size CHECK (size >= 1),
    CONSTRAINT checkpoint_root CHECK (octet_length(root) = 32)
);

CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_append_only;
