import CoAPStream
import Foundation
import TestKit
import Testing

/// Somebody who records everything, from the first byte on: the line, or as the gateway what passes through it.
@Suite("A recording of everything")
struct CaptureTests {
  enum Place: CaseIterable, Sendable { case line, gateway }

  /// What an undisturbed enrolment shows at a place.
  private static func findings(_ place: Place, _ weaknesses: Set<Weakness> = []) async throws -> [String] {
    try await Story.tell(weaknesses) { story in
      let passed = Recording()
      story.uplink = { _, message in
        passed.bytes += (try? message.serialized()) ?? []
        return message
      }
      try await story.run()
      #expect(story.isEnrolled)
      return try await Search.findings(
        in: place == .line ? story.wire.capture.flatMap(\.frame) : passed.bytes, of: story)
    }
  }

  private final class Recording {
    var bytes: [UInt8] = []
  }

  @Test("Device name, certificate and keys are in it in no encoding", arguments: Place.allCases)
  func nothingFound(place: Place) async throws {
    let found = try await Self.findings(place)
    #expect(found.isEmpty)
  }

  @Test("The search finds them where there is no protection", arguments: Place.allCases)
  func searchWorks(place: Place) async throws {
    let found = try await Self.findings(place, [.unprotected])
    for name in ["the device's name, raw", "the certificate, raw", "the identity key's x, raw"] {
      #expect(found.contains(name))
    }
  }

  @Test("The search finds each encoding that somebody puts there")
  func encodings() async throws {
    try await Story.tell { story in
      try await story.run()
      let device = story.devices[0]
      for (encoding, bytes) in Search.encodings(Array(device.bootstrap[..<32])) {
        let found = try await Search.findings(in: [0] + bytes + [0], of: story)
        #expect(found.contains("the bootstrap key's x, \(encoding)"))
      }
    }
  }
}
