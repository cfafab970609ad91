import CoAP
import TestKit
import Testing

@testable import OSCORE

/// aiocoap on one end of the session, we on the other.
@Suite("aiocoap agrees on OSCORE")
struct OSCOREOracleTests {
  /// How the other end's context reads on the oracle's input: sender and recipient are the other's.
  private let managerLine = "context 0102030405060708090a0b0c0d0e0f10 0102030405060708 05 a1b2c3d4"
  private let deviceLine = "context 0102030405060708090a0b0c0d0e0f10 0102030405060708 a1b2c3d4 05"

  @Test("It reads the device's requests, and the device its answers", arguments: [1, 2, 3] as [UInt64])
  func deviceAsks(seed: UInt64) throws {
    try self.weAsk(Endpoint.device(), oracle: self.managerLine, seed: seed)
  }

  @Test("It reads the manager's requests, and the manager its answers", arguments: [4, 5, 6] as [UInt64])
  func managerAsks(seed: UInt64) throws {
    try self.weAsk(Endpoint.manager(), oracle: self.deviceLine, seed: seed)
  }

  @Test("The manager reads its requests, and it the manager's answers", arguments: [7, 8, 9] as [UInt64])
  func deviceAnswers(seed: UInt64) throws {
    try self.itAsks(Endpoint.manager(), oracle: self.deviceLine, seed: seed)
  }

  @Test("The device reads its requests, and it the device's answers", arguments: [10, 11, 12] as [UInt64])
  func managerAnswers(seed: UInt64) throws {
    try self.itAsks(Endpoint.device(), oracle: self.managerLine, seed: seed)
  }

  @Test("It refuses what was altered, and what comes twice")
  func refusals() throws {
    var device = try Endpoint.device()
    let request = try device.protect(request: frame(.post) { $0.path("register") }).frame
    var altered = request
    altered[altered.count - 1] ^= 1
    let answers = try Oracle.run(
      "aiocoap_oscore.py",
      lines: [self.managerLine] + [altered, request, request].map { "unprotect-request " + hexText($0) })
    #expect(answers.count == 3)
    #expect(answers.first == "error ProtectionInvalid")
    #expect(answers.last == "error ReplayError")
  }

  private func weAsk(_ us: consuming Endpoint, oracle: String, seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let requests = try (0..<60).map { _ in try Sample(asking: true, using: &random).written() }
    var asked: [(frame: [UInt8], binding: RequestBinding)] = []
    for request in requests { asked.append(try us.protect(request: request)) }
    let read = try Oracle.run(
      "aiocoap_oscore.py", lines: [oracle] + asked.map { "unprotect-request " + hexText($0.frame) })
    #expect(try read == requests.map { try hexText(withoutOuterOptions($0)) })

    // Each is answered twice: the second time it gives the answer a number of its own.
    let responses = try requests.map { _ in try Sample(asking: false, using: &random).written() }
    let answers = try Oracle.run(
      "aiocoap_oscore.py",
      lines: [oracle] + asked.map { "unprotect-request " + hexText($0.frame) }
        + responses.enumerated().flatMap { index, response in
          [String](repeating: "protect-response \(index) \(hexText(response))", count: 2)
        })
    try #require(answers.count == 3 * requests.count)
    for (index, answer) in answers[requests.count...].enumerated() {
      let binding = asked[index / 2].binding
      #expect(try us.unprotect(response: hex(answer), answering: binding) == responses[index / 2], "\(answer)")
    }
  }

  private func itAsks(_ us: consuming Endpoint, oracle: String, seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let requests = try (0..<60).map { _ in try Sample(asking: true, using: &random).written() }
    let asking = requests.map { "protect-request " + hexText($0) }
    let asked = try Oracle.run("aiocoap_oscore.py", lines: [oracle] + asking)
    try #require(asked.count == requests.count)
    let responses = try requests.map { _ in try Sample(asking: false, using: &random).written() }
    var answers: [String] = []
    for (index, request) in asked.enumerated() {
      let received = try us.unprotect(request: hex(request))
      #expect(try received.frame == withoutOuterOptions(requests[index]))
      for _ in 0..<2 {
        let answer = try us.protect(response: responses[index], answering: received.binding)
        answers.append("unprotect-response \(index) " + hexText(answer))
      }
    }
    let read = try Oracle.run("aiocoap_oscore.py", lines: [oracle] + asking + answers)
    #expect(Array(read.dropFirst(requests.count)) == responses.flatMap { [hexText($0), hexText($0)] })
  }
}
