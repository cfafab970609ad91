import CMbedTLS
import COSE
import CPSATap
import DeviceCrypto
import Foundation
import Testing

/// A witness at the border of a PSA whose keys are opaque: the stand-in for a secure element.
///
/// What makes it honest: the tap stands below DeviceCrypto, at PSA's own functions, and sees all that crosses in either
/// direction, not only what DeviceCrypto passes on. At the end the keys that PSA keeps are read from PSA's side, its files, and
/// looked for in all of it. A session's AES keys may cross: Muster derives them in memory (docs/decisions/0008).
struct PSAWitness: ~Copyable {
  /// Starts PSA without keys of these identifiers, and the recording.
  init(without ids: [KeyID]) throws {
    var crypto = try PSATests.cryptography()
    for id in ids { try crypto.destroyKey(id) }
    psa_tap_start()
  }

  deinit { psa_tap_stop() }

  /// What crossed the border although it may not; empty when all is well.
  ///
  /// - Parameter kept: the keys that PSA keeps by now.
  func breaches(kept: [KeyID]) throws -> [String] {
    try breaches(of: kept.map { try KeptKey($0) })
  }

  /// What crossed the border, or stands in what the device left behind, although it may not.
  ///
  /// - Parameters:
  ///   - keys: as PSA keeps them, or did before they were destroyed.
  ///   - traces: what the device wrote and said, by its place.
  func breaches(of keys: [KeptKey], in traces: [String: [UInt8]] = [:]) -> [String] {
    let found = psa_tap_found()
    var breaches: [String] = []
    if found.exports > 0 { breaches.append("a key was exported") }
    if found.copies > 0 { breaches.append("a key was copied") }
    if found.imports > 0 { breaches.append("a private or lasting key was imported") }
    if found.loose_keys > 0 { breaches.append("a key was made that may be exported") }
    let transcript = Self.transcript()
    for key in keys {
      if key.shows(in: transcript) { breaches.append("bytes of key \(key.id.rawValue) crossed") }
      for (place, bytes) in traces where key.shows(in: bytes) {
        breaches.append("bytes of key \(key.id.rawValue) stand in the \(place)")
      }
    }
    return breaches
  }

  /// Everything that crossed so far.
  static func transcript() -> [UInt8] {
    var count = 0
    let start = psa_tap_transcript(&count)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }
}

/// A private key that PSA keeps, as only a test of mbedTLS can know it.
struct KeptKey {
  let id: KeyID
  let bytes: [UInt8]

  /// Reads a key's 32 bytes where mbedTLS keeps them: at the end of a file that is named after the identifier.
  init(_ id: KeyID) throws {
    let name = String(format: "%016lx.psa_its", UInt(id.rawValue))
    let file = try #require(FileManager.default.contents(atPath: name), "no file of key \(id.rawValue)")
    self.id = id
    bytes = Array(file.suffix(32))
  }

  /// Whether any run of eight bytes stands there, so that no half and no reordered piece passes.
  func shows(in haystack: [UInt8]) -> Bool {
    (0...bytes.count - 8).contains { haystack.firstRange(of: bytes[$0..<$0 + 8]) != nil }
  }
}
