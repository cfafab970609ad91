import Foundation
import GRDB

extension Database {
  /// Marks a nonce as used.
  ///
  /// Nonces are forgotten once every message that carries them is refused for its signing time anyway.
  ///
  /// - Throws: `nonceReplayed` when it was used before.
  func burnNonce(_ nonce: [UInt8], of authority: [UInt8], expires: Date, now: Date) throws(Refusal) {
    try Refusal.wrap {
      try cachedStatement(sql: "DELETE FROM nonce WHERE expires < ?").execute(arguments: [now.seconds])
      try cachedStatement(sql: "INSERT OR IGNORE INTO nonce (authority, nonce, expires) VALUES (?, ?, ?)").execute(
        arguments: [Data(authority), Data(nonce), expires.seconds])
      guard changesCount == 1 else { throw Refusal.nonceReplayed }
    }
  }
}
