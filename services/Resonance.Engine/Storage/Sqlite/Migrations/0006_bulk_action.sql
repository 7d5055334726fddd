-- What operators asked of many incidents at once. The commands themselves stand in the outbox until they leave.
CREATE TABLE bulk_action (
    id text NOT NULL PRIMARY KEY,
    filter text NOT NULL,
    request text NOT NULL,
    per_second integer NOT NULL,
    incidents integer NOT NULL,
    refused integer NOT NULL,
    refusals text NOT NULL,
    accepted_at text NOT NULL,
    stopped_by text
);
