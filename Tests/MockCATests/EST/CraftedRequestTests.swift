import Foundation
import GRDB
import Testing
import X509

@testable import MockCA
@testable import PKI
@testable import RequestBench

/// As x509-limbo has them for certificates: what one implementation or another has fallen for, one at a time.
@Suite("Requests that are wrong in one way each")
struct CraftedRequestTests {
  @Test(
    "Each is refused with 4xx and its own reason, as an order and at enrolment; nothing is issued. Unspoilt, it is",
    arguments: KeyHome.allCases)
  func refused(keys: KeyHome) async throws {
    let ca = try TestCA(keys: keys.places())
    #expect(ca.authority.key.isInToken == (keys == .token))
    let ra = try await ca.makeRA()
    let code = try await MockCA.makeCode(directory: ca.directory, profile: "device", now: ca.clock.now)
    let requests = try Crafted.all()
    #expect(Set(requests.map(\.defect)).count == requests.count && requests.count > 120)
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }) { server in
      let before = try await certificates(ca)
      for crafted in requests {
        let (status, reason) = try await order(crafted.bytes, ra, server, ca)
        #expect((400...499).contains(status), "\(crafted.defect): \(status) \(reason)")
        // What is no DER inside of a message is none of the message.
        let spoilsMessage = crafted.reason == "request-malformed" && reason == "message-malformed"
        #expect(reason == crafted.reason || spoilsMessage, "\(crafted.defect): \(reason)")
        let answer = try await enrol(crafted.bytes, code, server)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect((400...499).contains(answer.status), "\(crafted.defect): \(answer.status)")
        #expect(text.hasPrefix(crafted.reason + ": "), "\(crafted.defect): \(text)")
      }
      #expect(try await certificates(ca) == before)
      #expect(try await order(RequestParts().bytes(), ra, server, ca) == (200, "issued"))
      var other = RequestParts()
      other.subject = RequestParts.subject(
        RequestParts.attribute(RequestParts.serialNumber, 0x13, "SN-2"),
        RequestParts.attribute(RequestParts.commonName, 0x0C, "SN-2"))
      #expect(try await enrol(other.bytes(), code, server).status == 200)
    }
  }

  private func order(
    _ bytes: [UInt8], _ ra: TestRA, _ server: TestServer, _ ca: TestCA
  ) async throws -> (Int, String) {
    let request = CMCRequest(
      transaction: .random(), certificationRequest: bytes, senderNonce: randomBytes(16))
    let http = try await server.order(ra.order(request, at: ca.clock.now))
    do {
      switch try await CMCAnswer(http.decoded, to: request, anchors: [ra.anchor], now: ca.clock.now) {
      case .issued: return (http.status, "issued")
      case .notIssued(let status): return (http.status, status.reason ?? "")
      }
    } catch CMCFault.answerNotOurs {
      // A message that cannot be read has no transaction that its answer could name.
      return (http.status, "message-malformed")
    }
  }

  private func enrol(_ bytes: [UInt8], _ code: OneTimeCode, _ server: TestServer) async throws -> TestServer.Answer {
    let credentials = Data("anybody:\(code.text)".utf8).base64EncodedString()
    return try await server.post(
      "simpleenroll", .bytes(Data(bytes).base64EncodedData()), type: "application/pkcs10",
      headers: [("Authorization", "Basic \(credentials)")])
  }

  private func certificates(_ ca: TestCA) async throws -> Int {
    try await ca.store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM certificate") } ?? -1
  }
}
