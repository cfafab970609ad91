import GRDB

/// The database's tables and their version, which SQLite keeps as `user_version`.
enum Schema {
  /// The version that this program reads and writes.
  static let version = 2

  /// Brings the database to ``version``.
  ///
  /// - Throws: ``MockCAError`` with code `databaseNewer`; nothing is changed then.
  static func migrate(_ pool: DatabasePool, path: String) throws {
    // By the writing connection: a reading one would prepare its first statements by the tables as they were before.
    let found = try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
    guard found <= version else {
      throw MockCAError(
        .databaseNewer,
        "The database \(path) has schema version \(found) and this program knows \(version).",
        remedy: "Run a newer muster.")
    }
    guard found < version else { return }
    try pool.write { database in
      for step in steps[found...] { try database.execute(sql: step) }
      // SQLite binds no parameters in a PRAGMA; the number is a constant of this type.
      try database.execute(sql: "PRAGMA user_version = \(version)")
    }
  }

  /// One step a version. A step that was published is never changed.
  static let steps = [
    """
    -- Every serial number ever given, from before its certificate was signed. "authority" is the serial number of the registration
    -- authority that ordered it, empty for what the CA issues without one; with "transaction" it names the order.
    CREATE TABLE certificate (
      serial BLOB PRIMARY KEY,
      profile TEXT NOT NULL,
      authority BLOB NOT NULL,
      "transaction" BLOB NOT NULL,
      request BLOB NOT NULL,
      requestDigest BLOB NOT NULL,
      keyDigest BLOB NOT NULL,
      subject BLOB NOT NULL,
      notBefore INTEGER NOT NULL,
      reservedAt INTEGER NOT NULL,
      tbs BLOB,
      der BLOB,
      issuedAt INTEGER,
      revokedAt INTEGER
    );
    CREATE UNIQUE INDEX certificateByOrder ON certificate (authority, "transaction");
    CREATE INDEX certificateByKey ON certificate (keyDigest);

    -- Nonces that registration authorities used, for as long as their messages' signing times are accepted.
    CREATE TABLE nonce (
      authority BLOB NOT NULL,
      nonce BLOB NOT NULL,
      expires INTEGER NOT NULL,
      PRIMARY KEY (authority, nonce)
    ) WITHOUT ROWID;
    CREATE INDEX nonceByExpiry ON nonce (expires);

    -- One-time codes, as hashes. A used code stays, with the request it was used for.
    CREATE TABLE code (
      digest BLOB PRIMARY KEY,
      createdAt INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      requestDigest BLOB
    ) WITHOUT ROWID;

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      event TEXT NOT NULL,
      reason TEXT,
      profile TEXT,
      authority TEXT,
      "transaction" TEXT,
      serial TEXT,
      subject TEXT
    );
    """,
    """
    -- "gathered" names what is counted in one row a minute instead of being written again; null for all other rows.
    ALTER TABLE audit ADD COLUMN "count" INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE audit ADD COLUMN gathered TEXT;
    CREATE INDEX auditGathered ON audit (gathered, at) WHERE gathered IS NOT NULL;
    """,
  ]
}
