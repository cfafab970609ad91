import Foundation
import PKI
import Testing
import X509

@testable import Manager

@Suite("The connector to a CA that speaks CMC", .serialized)
struct FullCMCConnectorTests {
  let authority: TestAuthority
  let ca: ScriptedCA
  let order: Order
  let identity = RegistrationAuthorityIdentity()

  init() throws {
    authority = try TestAuthority(now: Date())
    ca = ScriptedCA(authority: authority)
    let key = SigningKey()
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1"), key: key)
    order = Order(
      id: .fresh(), holder: .device(try DeviceID("D1")), profile: "device", key: KeyDigest(sha256: request.keyDigest),
      request: request.derBytes, createdAt: Date())
  }

  /// Sends the order once for each script.
  private func send(
    anchors: [Certificate]? = nil, _ scripts: ScriptedCA.Script...
  ) async throws -> [AuthorityAnswer] {
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
    let own = Order(
      id: .fresh(), holder: .manager(.registrationAuthority), profile: "ra", key: KeyDigest(sha256: request.keyDigest),
      request: request.derBytes, createdAt: Date())
    let issued = try authority.issue(request, profile: .registrationAuthority)
    try identity.replace(key: key, record: CertificateRecord(issued, for: own, state: .active, now: Date()))
    let answers = AnswerBox()
    try await ca.serving { url in
      let client = try AuthorityClient(url: url, anchors: anchors ?? [authority.anchor])
      let connector = FullCMCConnector(client: client, identity: identity, clock: SystemClock())
      for script in scripts {
        ca.answer(script)
        await answers.append(await connector.send(try await connector.prepare(order)))
      }
      try await client.shutdown()
    }
    return await answers.all
  }

  private func issued(_ request: UnverifiedCMCRequest) throws -> ScriptedCA.Reply {
    let certificate = try authority.issue(try CertificationRequest(order.request)).certificate
    return try ca.signed(request, certificates: [certificate])
  }

  @Test("A certificate in a signed answer is taken")
  func issues() async throws {
    let answers = try await send { try issued($0) }
    guard case .issued(let certificate) = answers.first else {
      Issue.record("\(answers)")
      return
    }
    #expect(try CertificateRecord(certificate, for: order, state: .issued, now: Date()).key == order.key)
  }

  @Test("Every try is the same transaction over the same request, with a nonce of its own")
  func resends() async throws {
    _ = try await send({ _ in .init(status: 503) }, { _ in .init(status: 500) }, { try issued($0) })
    let requests = ca.requests
    #expect(requests.count == 3)
    #expect(Set(requests.map(\.transaction)) == [try #require(order.id.transaction)])
    #expect(Set(requests.map(\.senderNonce)).count == 3)
  }

  @Test("What is not signed by the CA decides nothing, and Retry-After is heeded")
  func unsigned() async throws {
    let answers = try await send(
      { _ in .init(status: 503, type: "text/plain", retryAfter: "120") },
      { _ in .init(status: 200, type: "text/html", body: "<html>") },
      { _ in .init(status: 403, type: "text/plain", body: "never!") },
      { _ in .init(status: 200, body: "AAAA") },
      { _ in .init(status: 200, body: "not base64 at all") },
      { _ in .init(status: 202, retryAfter: "x") })
    for (index, answer) in answers.enumerated() {
      guard case .later(let patience, _) = answer else {
        Issue.record("\(index): \(answer)")
        continue
      }
      #expect(patience == (index == 0 ? .seconds(120) : .zero))
    }
    #expect(answers.count == 6)
  }

  @Test("An answer to another transaction or nonce, or with another key's certificate, is not trusted")
  func foreignAnswers() async throws {
    let other = try authority.issue(
      try CertificationRequest(
        subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1"), key: SigningKey())
    ).certificate
    let answers = try await send(
      { try ca.signed($0, transaction: .random()) }, { try ca.signed($0, nonce: randomBytes(16)) },
      { try ca.signed($0, certificates: [other]) }, { try ca.signed($0) })
    #expect(answers.count == 4)
    for answer in answers {
      guard case .later(_, let detail) = answer else {
        Issue.record("\(answer)")
        continue
      }
      #expect(detail.contains("cannot be trusted"))
    }
  }

  @Test("A signed refusal is final when it is about the request, and passes when it is about the moment")
  func refusals() async throws {
    let answers = try await send(
      { try ca.signed($0, status: .failed("key-revoked", "A certificate for this key was revoked.", .noKeyReuse)) },
      { try ca.signed($0, status: .failed("possession-not-proven", "No.", .popFailed)) },
      { try ca.signed($0, status: .failed("store-failed", "Later.", .tryLater)) },
      { try ca.signed($0, status: .failed("signing-time-off", "Your clock.", .badTime)) },
      { try ca.signed($0, status: .failed("authority-expired", "You.", .badIdentity)) },
      { try ca.signed($0, status: .failed("nonce-replayed", "Again?", .badRequest)) })
    #expect(
      answers == [
        .refused("key-revoked: A certificate for this key was revoked."), .refused("possession-not-proven: No."),
        .later(atLeast: .zero, "store-failed: Later."), .later(atLeast: .zero, "signing-time-off: Your clock."),
        .disowned("authority-expired: You."), .later(atLeast: .zero, "nonce-replayed: Again?"),
      ])
  }

  @Test("A CA that does not know the signer is remembered as that, until it takes an order again")
  func standing() async throws {
    _ = try await send({ try ca.signed($0, status: .failed("authority-revoked", "Revoked.", .badIdentity)) })
    #expect(identity.refusal == "authority-revoked: Revoked.")
    identity.accepted(authority.anchor)
    #expect(identity.refusal != nil)
    identity.accepted(identity.current?.certificate)
    #expect(identity.refusal == nil)
    identity.refused(authority.anchor, "an answer to an earlier certificate's order")
    #expect(identity.refusal == nil)
    _ = try await send({ try ca.signed($0, status: .failed("store-failed", "Later.", .tryLater)) })
    #expect(identity.refusal == nil)
  }

  @Test("A server whose certificate does not lead to the anchor gets no order")
  func otherAnchor() async throws {
    let answers = try await send(anchors: [try TestAuthority(now: Date()).anchor], { try issued($0) })
    guard case .later(_, let detail) = answers.first else {
      Issue.record("\(answers)")
      return
    }
    #expect(detail.contains("does not lead to the anchor"))
    #expect(!detail.contains("/") || !detail.contains(".cc"))
    #expect(ca.requests.isEmpty)
  }

  @Test("Without a certificate of its own the manager sends nothing")
  func noIdentity() async throws {
    let client = try AuthorityClient(url: "https://127.0.0.1:1", anchors: [authority.anchor])
    let connector = FullCMCConnector(client: client, identity: identity, clock: SystemClock())
    await #expect(throws: ManagerError(.unreachable, "")) { _ = try await connector.prepare(order) }
    try await client.shutdown()
  }

  private actor AnswerBox {
    private(set) var all: [AuthorityAnswer] = []
    func append(_ answer: AuthorityAnswer) { all.append(answer) }
  }
}
