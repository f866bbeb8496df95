-- What `jcgov init` makes in a PostgreSQL database, once: the events, and what guards them.
--
-- Events are appended by one function alone, which takes the writers' turn, gives the next position
-- and computes the link; so positions have no gaps and stand in the order of the commits, and who
-- may only call it cannot write a chain that does not hold. A second time changes nothing.

-- Of starts that race, one makes the tables and the others find them.
SELECT pg_advisory_xact_lock(1245922134);

CREATE SCHEMA IF NOT EXISTS jcgov;

CREATE TABLE IF NOT EXISTS jcgov.format (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version integer NOT NULL
);
INSERT INTO jcgov.format (version) VALUES (1) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS jcgov.events (
    notification_id bigint PRIMARY KEY,
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    link bytea NOT NULL,
    UNIQUE (originator_id, originator_version)
);

CREATE OR REPLACE FUNCTION jcgov.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE OR REPLACE TRIGGER events_stay
    BEFORE UPDATE OR DELETE OR TRUNCATE ON jcgov.events
    FOR EACH STATEMENT EXECUTE FUNCTION jcgov.refuse_change();

-- The link of aggregates/store/chain.py; a test compares the two.
CREATE OR REPLACE FUNCTION jcgov.part(value bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN int8send(octet_length(value)) || value;

CREATE OR REPLACE FUNCTION jcgov.append(
    streams text[], versions bigint[], topics text[], states bytea[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = jcgov, pg_temp AS $$
DECLARE
    place bigint;
    before bytea;
BEGIN
    LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE;
    SELECT notification_id, link INTO place, before
        FROM events ORDER BY notification_id DESC LIMIT 1;
    place := coalesce(place, 0);
    before := coalesce(before, decode(repeat('00', 32), 'hex'));
    FOR i IN 1 .. cardinality(streams) LOOP
        place := place + 1;
        before := sha256(
            before
            || part(convert_to(streams[i], 'UTF8'))
            || part(convert_to(versions[i]::text, 'UTF8'))
            || part(convert_to(topics[i], 'UTF8'))
            || part(states[i])
        );
        INSERT INTO events VALUES (place, streams[i], versions[i], topics[i], states[i], before);
    END LOOP;
    PERFORM pg_notify('jcgov_events', place::text);
    RETURN place;
END
$$;

REVOKE ALL ON FUNCTION jcgov.append FROM PUBLIC;
