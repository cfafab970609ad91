import Foundation
import GRDB
import PKI
import TestKit
import Testing
import X509

@testable import MockCA
@testable import RequestBench

/// The requests of PyPI's `cryptography_vectors`, good and bad: none of them fits a profile here.
@Suite("Requests that others collected")
struct BadRequestTests {
  @Test(
    "Each is refused with 4xx and a reason, as an order and at enrolment, never with 5xx, and nothing is issued",
    arguments: KeyHome.allCases)
  func refused(keys: KeyHome) async throws {
    #expect(RequestCorpus.all.count >= 25, "run `make setup`")
    let ca = try TestCA(keys: keys.places())
    #expect(ca.authority.key.isInToken == (keys == .token))
    let ra = try await ca.makeRA()
    let before = try await certificates(ca)
    var reasons: [String: Int] = [:]
    for (name, der) in RequestCorpus.all {
      for label in ["device", "gateway", "server", "ra"] {
        let profile = try #require(ca.authority.settings.profiles[label])
        let message = try ra.order(unchecked: der, at: ca.clock.now)
        switch await ca.registrar.handle(message, profile: profile).1 {
        case .success: Issue.record("\(name) was issued as \(label)")
        case .failure(let refusal):
          #expect((400...499).contains(refusal.status), "\(name): \(refusal)")
          reasons[refusal.name, default: 0] += 1
        }
      }
      let code = try await MockCA.makeCode(directory: ca.directory, now: ca.clock.now)
      guard case .failure(let refusal) = await ca.registrar.handleEnrolment(der, code: code) else {
        Issue.record("\(name) was enrolled")
        continue
      }
      #expect((400...499).contains(refusal.status), "\(name): \(refusal)")
    }
    #expect(try await certificates(ca) == before)
    // They are refused for what is wrong with them, not all for one thing.
    #expect(reasons.count >= 4, "\(reasons)")
  }

  private func certificates(_ ca: TestCA) async throws -> Int {
    try await ca.store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM certificate") } ?? -1
  }
}
