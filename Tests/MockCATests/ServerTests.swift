import AsyncHTTPClient
import Foundation
import NIOCore
import PKI
import Testing
import X509

@testable import MockCA

@Suite("EST over HTTPS", .serialized)
struct ServerTests {
  private static func basic(_ code: String) -> (String, String) {
    ("Authorization", "Basic " + Data("ra:\(code)".utf8).base64EncodedString())
  }

  @Test("cacerts gives anchor and issuing CA in base64 on one line")
  func cacerts() async throws {
    let ca = try TestCA()
    let (anchor, issuing) = (ca.authority.anchor, ca.authority.issuing)
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }) { server in
      for path in ["cacerts", "device/cacerts"] {
        let answer = try await server.get(path)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/pkcs7-mime")
        #expect(answer.headers["content-transfer-encoding"] == "base64")
        #expect(!answer.body.contains(0x0A))
        #expect(try CertificateBundle.decode(answer.decoded) == [anchor, issuing])
      }
    }
  }

  @Test(
    "A registration authority enrols with its code, before and after a 401, wrapped and chunked; the code dies at use")
  func enrolment() async throws {
    let ca = try TestCA()
    let (directory, clock, anchor, issuing) = (ca.directory, ca.clock, ca.authority.anchor, ca.authority.issuing)
    let codes = [
      try await MockCA.makeCode(directory: directory, now: clock.now),
      try await MockCA.makeCode(directory: directory, now: clock.now),
    ]
    let late = try await MockCA.makeCode(directory: directory, lifetime: -1, now: clock.now)
    try await TestServer.run(directory, now: { clock.now }) { server in
      let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: SigningKey())
      let wrapped = Data(request.derBytes).base64EncodedString(options: [
        .lineLength64Characters, .endLineWithCarriageReturn,
      ])
      func enrol(
        _ headers: [(String, String)], _ body: HTTPClientRequest.Body? = nil
      ) async throws -> TestServer.Answer {
        try await server.post(
          "ra/simpleenroll", body ?? .bytes(Data(wrapped.utf8)), type: "application/pkcs10", headers: headers)
      }
      // Nothing, nonsense, a code nobody made, one that expired.
      for (headers, reason) in [
        ([], "code-missing"), ([Self.basic("secret")], "code-missing"),
        ([Self.basic(OneTimeCode.random().text)], "code-unknown"), ([Self.basic(late.text)], "code-expired"),
      ] {
        let answer = try await enrol(headers)
        #expect(answer.status == 401)
        #expect(answer.headers["www-authenticate"]?.hasPrefix("Basic realm=") == true)
        #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix(reason + ": "), "\(headers)")
      }
      let chunks = wrapped.utf8.map { ByteBuffer(bytes: [$0]) }.stream
      let answer = try await enrol([Self.basic(codes[0].text.uppercased())], .stream(chunks, length: .unknown))
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "application/pkcs7-mime; smime-type=certs-only")
      let certificates = try CertificateBundle.decode(answer.decoded)
      #expect(certificates.count == 1)
      let path = CertificatePath(anchors: [anchor], purpose: .init(oid: [1, 3, 6, 1, 5, 5, 7, 3, 28]))
      #expect(try await path.validate(certificates[0], intermediates: [issuing], now: clock.now).count == 2)
      // The same request again is the same order; another one is a stranger with a used code.
      #expect(try await enrol([Self.basic(codes[0].text)]).decoded == answer.decoded)
      let other = try CertificationRequest(subject: Subject(commonName: "thief"), key: SigningKey())
      let refused = try await enrol([Self.basic(codes[0].text)], .bytes(Data(other.derBytes).base64EncodedData()))
      #expect(refused.status == 401)
      #expect(String(decoding: refused.body, as: UTF8.self).hasPrefix("code-used: "))
      // A bad request does not use the code up.
      let bad = try await enrol([Self.basic(codes[1].text)], .bytes(Data("AAAA".utf8)))
      #expect(bad.status == 400)
      let second = try await enrol([Self.basic(codes[1].text)], .bytes(Data(other.derBytes).base64EncodedData()))
      #expect(second.status == 200)
    }
  }

  @Test("An order is answered by a CMC message that verifies, with a certificate or with the audit row's reason")
  func orders() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let (directory, clock) = (ca.directory, ca.clock)
    let answers = try await TestServer.run(directory, now: { clock.now }) { server in
      var answers: [String] = []
      let device = try deviceRequest()
      for request in [device, device, try deviceRequest(key: SigningKey(), network: "other")] {
        let message = CMCRequest(
          transaction: TransactionID(bytes: [1]) ?? .random(), certificationRequest: request)
        let http = try await server.order(ra.order(message, at: clock.now))
        #expect(http.headers["content-type"] == "application/pkcs7-mime; smime-type=CMC-response")
        #expect(!http.body.contains(0x0A))
        switch try await CMCAnswer(http.decoded, to: message, anchors: [ra.anchor], now: clock.now) {
        case .issued(let certificate, let issuers):
          #expect(http.status == 200)
          #expect(issuers.count == 1)
          answers.append(certificate.serialNumber.hexadecimal)
        case .notIssued(let status):
          #expect(http.status == 400)
          #expect(status.failInfo == .badRequest)
          answers.append(status.reason ?? "")
        }
      }
      return answers
    }
    #expect(answers.count == 3)
    #expect(answers[0] == answers[1])
    #expect(answers[2] == "transaction-reused")
    #expect(try await ca.refusals() == ["transaction-reused"])
  }

  @Test("What is no order at all is answered in CMC too: wrong label, type, encoding, length")
  func noOrders() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let good = Data(try ra.order(deviceRequest(), at: clock.now)).base64EncodedData()
      let type = "application/pkcs7-mime"
      let long = Data(repeating: UInt8(ascii: "A"), count: 40_000)
      for (label, body, type, status, reason) in [
        ("nonsense", good, type, 404, "profile-unknown"), ("responder", good, type, 404, "profile-unknown"),
        ("device", good, "text/plain", 415, "content-type"), ("device", Data("*!*".utf8), type, 400, "body-not-base64"),
        ("device", Data(), type, 400, "message-malformed"), ("device", long, type, 413, "message-too-long"),
      ] {
        let answer = try await server.post("\(label)/fullcmc", .bytes(body), type: type)
        #expect(answer.status == status, "\(reason)")
        #expect(Data(answer.decoded).firstRange(of: Data("\(reason): ".utf8)) != nil, "\(reason)")
      }
      #expect(try await server.order(ra.order(deviceRequest(), at: clock.now)).status == 200)
    }
    // Anybody can cause these, so that the second of a kind is counted in the row of the first.
    #expect(
      try await ca.refusals() == [
        "profile-unknown", "content-type", "body-not-base64", "message-malformed",
        "message-too-long",
      ])
  }

  @Test("A body longer than the limit is 413 for an enrolment too, chunked or not")
  func longBody() async throws {
    let ca = try TestCA()
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let chunk = ByteBuffer(repeating: UInt8(ascii: "A"), count: 20_000)
      for body in [
        .bytes(Data(repeating: UInt8(ascii: "A"), count: 33_000)), .stream([chunk, chunk].stream, length: .unknown),
      ]
        as [HTTPClientRequest.Body]
      {
        let answer = try await server.post("ra/simpleenroll", body, type: "application/pkcs10")
        #expect(answer.status == 413)
        #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix("message-too-long: "))
      }
    }
  }

  @Test("A path that exists refuses other methods with 405 and says which it allows; one that does not is 404")
  func methods() async throws {
    let ca = try TestCA()
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      for (path, allowed) in [
        ("cacerts", "GET, HEAD"), ("device/cacerts", "GET, HEAD"), ("ra/simpleenroll", "POST"),
        ("device/fullcmc", "POST"),
      ] {
        for method in ["PUT", "DELETE", "PATCH"] + (allowed == "POST" ? ["GET"] : ["POST"]) {
          let answer = try await server.send(method, path)
          #expect(answer.status == 405, "\(method) \(path)")
          #expect(answer.headers["allow"] == allowed, "\(method) \(path)")
        }
      }
      #expect(try await server.send("HEAD", "cacerts").status == 200)
      #expect(try await server.send("PUT", "nothing").status == 404)
    }
  }

  @Test("A port in use ends the CA with a sentence that names the address")
  func busyPort() async throws {
    let (ca, other) = (try TestCA(), try TestCA())
    let (clock, later) = (ca.clock, other.clock)
    let directory = other.directory
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let second = try await MockCA.build(
        MockCAConfiguration(directory: directory, host: "localhost", port: server.port, now: { later.now }))
      await #expect { try await second.run() } throws: { error in
        let error = error as? MockCAError
        return error?.code == .cannotListen && error?.reason.contains("localhost:\(server.port)") == true
      }
    }
  }

  @Test("A body that trickles is cut off at its deadline, and the connection with it")
  func slowBody() async throws {
    let ca = try TestCA()
    var limits = MockCAConfiguration.Limits()
    limits.bodyDeadline = .milliseconds(200)
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }, limits: limits) { server in
      // A body that begins and never ends.
      let (bytes, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
      continuation.yield(ByteBuffer(string: "AAAA"))
      let answer = try await server.post(
        "device/fullcmc", .stream(bytes, length: .unknown), type: "application/pkcs7-mime")
      #expect(answer.status == 408)
      #expect(answer.headers["connection"] == "close")
      continuation.finish()
    }
    #expect(try await ca.refusals() == ["body-too-slow"])
  }

  @Test("The CA stops, starts again on its directory and goes on: same order, same certificate")
  func restart() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let clock = ca.clock
    let message = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest())
    var certificates: Set<Certificate> = []
    for _ in 0..<2 {
      let again = CMCRequest(
        transaction: message.transaction, certificationRequest: try CertificationRequest(message.certificationRequest))
      let answer = try await TestServer.run(ca.directory, now: { clock.now }) { server in
        let http = try await server.order(ra.order(again, at: clock.now))
        return try await CMCAnswer(http.decoded, to: again, anchors: [ra.anchor], now: clock.now)
      }
      if case .issued(let certificate, _) = answer { certificates.insert(certificate) }
    }
    #expect(certificates.count == 1)
  }
}

extension Sequence where Self: Sendable, Element: Sendable {
  /// The elements as an asynchronous sequence.
  fileprivate var stream: AsyncStream<Element> {
    AsyncStream { continuation in
      for element in self { continuation.yield(element) }
      continuation.finish()
    }
  }
}
