/// The tables of schema version 1, as they were when it was in use: a copy on purpose. Taken from `Schema`, a change to the
/// step that makes them would change the file that the migration is tested on too, and nobody would notice.
enum Version1 {
  static let tables = """
    CREATE TABLE device (
      id TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      model TEXT,
      firmware TEXT,
      gateway TEXT,
      line TEXT,
      claimed_holding INTEGER,
      claimed_serial TEXT,
      claimed_message_bytes INTEGER,
      problem TEXT,
      problem_detail TEXT,
      problem_at INTEGER,
      held INTEGER NOT NULL DEFAULT 0,
      order_id TEXT REFERENCES certificate_order(id),
      certificate_id TEXT REFERENCES certificate(id),
      created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      seen_at INTEGER
    ) STRICT;
    CREATE INDEX device_by_state ON device(state, id);
    CREATE INDEX device_by_gateway ON device(gateway, state);

    -- Every key ever seen in a good request, and whose it is for all time.
    CREATE TABLE key_seen (
      key TEXT PRIMARY KEY,
      holder_kind TEXT NOT NULL,
      holder TEXT NOT NULL,
      first_seen_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE certificate_order (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      holder_kind TEXT NOT NULL,
      holder TEXT NOT NULL,
      profile TEXT NOT NULL,
      key TEXT NOT NULL REFERENCES key_seen(key),
      request BLOB NOT NULL,
      sent BLOB,
      state TEXT NOT NULL,
      refusal TEXT,
      created_at INTEGER NOT NULL
    ) STRICT;
    -- The same key is the same order, as long as it is open.
    CREATE UNIQUE INDEX one_open_order ON certificate_order(key) WHERE state = 'open';
    CREATE INDEX order_by_holder ON certificate_order(holder_kind, holder, key);

    CREATE TABLE certificate (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      serial TEXT NOT NULL,
      holder_kind TEXT NOT NULL,
      holder TEXT NOT NULL,
      key TEXT NOT NULL REFERENCES key_seen(key),
      order_id TEXT NOT NULL UNIQUE REFERENCES certificate_order(id),
      der BLOB NOT NULL,
      chain BLOB NOT NULL,
      subject TEXT NOT NULL,
      issuer TEXT NOT NULL,
      not_before INTEGER NOT NULL,
      not_after INTEGER NOT NULL,
      state TEXT NOT NULL,
      report BLOB,
      refusal TEXT,
      created_at INTEGER NOT NULL,
      UNIQUE (issuer, serial)
    ) STRICT;
    CREATE UNIQUE INDEX one_active_certificate ON certificate(key) WHERE state = 'active';
    CREATE INDEX certificate_by_holder ON certificate(holder_kind, holder, state);
    CREATE INDEX certificate_by_serial ON certificate(serial);
    CREATE INDEX certificate_by_end ON certificate(not_after) WHERE state = 'active';

    CREATE TABLE gateway (
      name TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      order_id TEXT NOT NULL REFERENCES certificate_order(id),
      certificate_id TEXT REFERENCES certificate(id),
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    """
}
