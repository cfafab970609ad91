import CMbedTLS
import COSE
import CPSATap
import DeviceCrypto
import Foundation
import Testing

/// A stand-in for a secure element: PSA whose keys are opaque, and a witness at its border.
///
/// What makes it honest: the tap stands below DeviceCrypto, at PSA's own functions, and sees all that crosses in either
/// direction, not only what this type passes on. At the end the keys that PSA keeps are read from PSA's side, its files, and
/// looked for in all of it. A session's AES keys may cross: Muster derives them in memory (docs/decisions/0008).
struct OpaquePSA: ~Copyable {
  var crypto: PSACryptography

  /// Starts PSA without keys of these identifiers, and the recording.
  init(without ids: [KeyID]) throws {
    var crypto = try PSATests.cryptography()
    for id in ids { try crypto.destroyKey(id) }
    self.crypto = crypto
    psa_tap_start()
  }

  deinit { psa_tap_stop() }

  /// What crossed the border although it may not; empty when all is well.
  ///
  /// - Parameter kept: the keys that PSA keeps by now.
  func breaches(kept: [KeyID]) throws -> [String] {
    let found = psa_tap_found()
    var breaches: [String] = []
    if found.exports > 0 { breaches.append("a key was exported") }
    if found.copies > 0 { breaches.append("a key was copied") }
    if found.imports > 0 { breaches.append("a private or lasting key was imported") }
    if found.loose_keys > 0 { breaches.append("a key was made that may be exported") }
    let transcript = Self.transcript()
    for id in kept {
      let key = try Self.privateKey(id)
      // No run of eight bytes, so that no half and no reordered piece passes.
      let crossed = (0...key.count - 8).contains { transcript.firstRange(of: key[$0..<$0 + 8]) != nil }
      if crossed { breaches.append("bytes of key \(id.rawValue) crossed") }
    }
    return breaches
  }

  /// Everything that crossed so far.
  static func transcript() -> [UInt8] {
    var count = 0
    let start = psa_tap_transcript(&count)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// A key's 32 bytes as mbedTLS keeps them: at the end of a file that is named after the identifier.
  static func privateKey(_ id: KeyID) throws -> [UInt8] {
    let name = String(format: "%016lx.psa_its", UInt(id.rawValue))
    let file = try #require(FileManager.default.contents(atPath: name), "no file of key \(id.rawValue)")
    return Array(file.suffix(32))
  }
}
