-- Rows that stand in an archive may go: by the owner alone, who says so for one transaction. Nothing else that changes the journal is let through.
CREATE OR REPLACE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('resonance.archiving', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The journal is append-only: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
