import GRDB

/// The database's tables and their version, which SQLite keeps as `user_version`.
enum Schema {
  /// The version that this program reads and writes.
  static let version = 6

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
      if found < 3 { try database.fillStatus() }
      if found < 4 { try database.fillRecords() }
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
    """
    -- Who signed, by the issuing CA's number, 0 for the anchor; and when the certificate ends, once it is signed.
    ALTER TABLE certificate ADD COLUMN issuer INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE certificate ADD COLUMN notAfter INTEGER;

    -- What was revoked, in the order of revocation, with its entry in the CRL as it was encoded then.
    CREATE TABLE revocation (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      issuer INTEGER NOT NULL,
      serial BLOB NOT NULL UNIQUE,
      at INTEGER NOT NULL,
      reason INTEGER NOT NULL,
      comment TEXT,
      expires INTEGER NOT NULL,
      entry BLOB NOT NULL
    );
    CREATE INDEX revocationByIssuer ON revocation (issuer, id);

    -- The newest CRLs of each issuer, without their entries: those are in "revocation" up to "last".
    CREATE TABLE crl (
      issuer INTEGER NOT NULL,
      number INTEGER NOT NULL,
      thisUpdate INTEGER NOT NULL,
      fullUntil INTEGER NOT NULL,
      deltaUntil INTEGER NOT NULL,
      base INTEGER NOT NULL,
      baseLast INTEGER NOT NULL,
      last INTEGER NOT NULL,
      since INTEGER NOT NULL,
      fullSignature BLOB NOT NULL,
      deltaSignature BLOB NOT NULL,
      PRIMARY KEY (issuer, number)
    ) WITHOUT ROWID;

    -- OCSP answers that were signed beforehand: when, by whom, and the signature. What they say is the certificate's state.
    CREATE TABLE responder (
      id INTEGER PRIMARY KEY,
      issuer INTEGER NOT NULL,
      der BLOB NOT NULL UNIQUE
    );
    CREATE TABLE answer (
      serial BLOB PRIMARY KEY,
      responder INTEGER NOT NULL,
      thisUpdate INTEGER NOT NULL,
      signature BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX answerByAge ON answer (thisUpdate);
    """,
    """
    -- What links each row to the one before, see AuditChain.
    ALTER TABLE audit ADD COLUMN link BLOB NOT NULL DEFAULT x'';

    -- What the registration authority that uses the code may order, in JSON; null for everything.
    ALTER TABLE code ADD COLUMN limits TEXT;

    -- Registration authorities, by the serial number of the certificate that they enrolled with.
    CREATE TABLE authority (
      founder BLOB PRIMARY KEY,
      enrolledAt INTEGER NOT NULL,
      suspendedAt INTEGER,
      limits TEXT
    ) WITHOUT ROWID;

    -- What each used on each day of UTC, counted from 1970.
    CREATE TABLE usage (
      founder BLOB NOT NULL,
      day INTEGER NOT NULL,
      ordered INTEGER NOT NULL DEFAULT 0,
      issued INTEGER NOT NULL DEFAULT 0,
      renewed INTEGER NOT NULL DEFAULT 0,
      revoked INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (founder, day)
    ) WITHOUT ROWID;
    CREATE INDEX certificateBySubject ON certificate (subject);
    """,
    """
    -- How the running CA is to misbehave, as the command line has it.
    CREATE TABLE fault (fault TEXT NOT NULL);

    -- What the user of a code enrols for: at first registration authorities only.
    ALTER TABLE code ADD COLUMN profile TEXT NOT NULL DEFAULT 'ra';
    """,
    """
    -- Where the full CRL says that its delta CRL is, which its signature covers; null for nowhere, and in lists of versions before.
    ALTER TABLE crl ADD COLUMN deltaURL TEXT;

    -- The serial number of each issuing CA's certificate, by the CA's own number, which is never given again.
    CREATE TABLE issuer (
      number INTEGER PRIMARY KEY,
      serial BLOB NOT NULL
    );

    -- From its certificate on there is a row in "answer"; it says 0 as "thisUpdate" while it waits to be signed.
    INSERT OR IGNORE INTO answer (serial, responder, thisUpdate, signature)
      SELECT serial, 0, 0, x'' FROM certificate WHERE der IS NOT NULL AND issuer > 0;
    """,
  ]
}
