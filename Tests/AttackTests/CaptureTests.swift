import Foundation
import PKI
import TestKit
import Testing

/// Somebody who records the whole line, from the first byte on, and knows what to look for.
@Suite("A capture of the whole line")
struct CaptureTests {
  /// What must not be found, by its name.
  private static func secrets(_ story: Story) async throws -> [(name: String, bytes: [UInt8])] {
    let device = story.devices[0]
    let certificate = try #require(try await story.manager.certificates(of: device.serialNumber).first)
    let identity = try #require(device.identity)
    let manager = story.manager.publicKey
    return [
      ("the device's name", Array(device.serialNumber.utf8)), ("the network's name", Array(Ownership.network.utf8)),
      ("the certificate", Array(certificate.der[40..<80])),
      ("the certificate's serial number", certificate.serialNumber),
      ("the identity key's x", Array(identity[..<32])), ("the identity key's y", Array(identity[32...])),
      ("the bootstrap key's x", Array(device.bootstrap[..<32])),
      ("the bootstrap key's y", Array(device.bootstrap[32...])),
      ("the bootstrap key's thumbprint", Array(try #require(device.bootstrap.keyThumbprint)[..<8])),
      ("the manager's key", Array(manager[..<32])),
      ("the manager's thumbprint", Array(try #require(manager.keyThumbprint)[..<8])),
    ]
  }

  /// Every encoding of it that anybody might have let slip.
  private static func encodings(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
    let hexadecimal = bytes.hexadecimal
    var all: [(String, [UInt8])] = [
      ("raw", bytes), ("hexadecimal", Array(hexadecimal.utf8)), ("HEXADECIMAL", Array(hexadecimal.uppercased().utf8)),
    ]
    // Base64 looks different by where in a group of three it begins; the first and last characters depend on neighbours.
    for shift in 0..<3 {
      let text = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
      let inside = text.dropFirst(shift == 0 ? 0 : 4).dropLast(4)
      guard inside.count >= 6 else { continue }
      all.append(("base64", Array(inside.utf8)))
      let url = inside.replacing("+", with: "-").replacing("/", with: "_")
      all.append(("base64url", Array(url.utf8)))
    }
    return all + all.map { ("reversed \($0.0)", $0.1.reversed()) }
  }

  /// What an undisturbed enrolment shows to somebody who records the line.
  private static func findings(_ weaknesses: Set<Weakness> = []) async throws -> [String] {
    try await Story.tell(weaknesses) { story in
      try await story.run()
      #expect(story.isEnrolled)
      let line = Data(story.wire.capture.flatMap(\.frame))
      return try await secrets(story).flatMap { secret in
        encodings(secret.bytes).filter { line.range(of: Data($0.bytes)) != nil }.map { "\(secret.name), \($0.name)" }
      }
    }
  }

  @Test("Device name, certificate and keys are in it in no encoding")
  func nothingFound() async throws {
    let found = try await Self.findings()
    #expect(found.isEmpty)
  }

  @Test("The search finds them on the old, unprotected path, and in each encoding that somebody puts there")
  func searchWorks() async throws {
    let found = try await Self.findings([.unprotected])
    for name in ["the device's name, raw", "the certificate, raw", "the identity key's x, raw"] {
      #expect(found.contains(name))
    }
    for (name, bytes) in Self.encodings(SplitMix.sample) {
      var wire = HostileWire()
      wire.send(.toManager, line: 0, [0] + bytes + [0], now: 0)
      #expect(Data(wire.capture.flatMap(\.frame)).range(of: Data(bytes)) != nil, "\(name)")
    }
  }
}

extension SplitMix {
  fileprivate static var sample: [UInt8] {
    var random = SplitMix(seed: 1)
    return random.bytes(32)
  }
}
