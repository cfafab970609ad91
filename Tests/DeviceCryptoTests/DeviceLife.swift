import COSE
import CoAP
import CoAPStream
import Crypto
import DeviceBench
import PKI
import SessionPeer
import Testing
import X509

/// DeviceKit's device on a PSA, and all that a manager does with one in its life, step by step.
final class DeviceLife<PSA: SessionCryptography & ~Copyable> {
  private let makePSA: () throws -> PSA
  private let chip = MemoryFlash.Chip()
  private let authority: TestAuthority
  private let root = SigningKey()
  private var terms: TrustTerms
  private var device: DeviceEnd<PSA>?
  private var certificate: Certificate?
  let manager: ManagerEnd
  /// Every byte of both directions on the line.
  private(set) var line: [UInt8] = []
  private var tokens: UInt32 = 0

  init(_ makePSA: @escaping () throws -> PSA) throws {
    self.makePSA = makePSA
    authority = try TestAuthority()
    manager = try ManagerEnd(key: authority.managerKey)
    terms = TrustTerms(
      network: "opaque", epoch: 1, managerKeys: [authority.managerKey.coordinates], signers: [],
      anchors: [try TrustTerms.Anchor(authority.anchor)])
  }

  var flash: [UInt8] { chip.bytes }

  /// Off and on: PSA's persistent keys and the flash are all that is left.
  func boot() throws {
    device = nil
    device = try DeviceEnd("OPAQUE-1", crypto: makePSA(), chip: chip)
  }

  func provision() throws {
    let id = try #require(try deliver(.request(.get, "id")))
    #expect(id.code == .content)
    let device = try #require(device)
    let code = try device.provision(
      root: Array(root.publicKey.rawRepresentation), descriptor: terms.signed(by: root))
    #expect(code == .changed)
  }

  /// The device opens a session, with its registration in the same message.
  func openSession() throws {
    let before = manager.sessions
    #expect(try hear().uriPath == ["register"])
    #expect(manager.sessions == before + 1)
  }

  /// The manager forgets the session, and the device finds out when it calls next.
  func renewSession() throws {
    manager.restart()
    try openSession()
  }

  func enrol() throws {
    let answer = try ask(
      .request(.post, "csr", contentFormat: .cbor, payload: [0xA1, 0x01, 0x66] + Array("opaque".utf8)))
    #expect(answer.code == .changed)
    let issued = try authority.issue(CertificationRequest(answer.payload))
    certificate = issued
    #expect(try put(CertificateBundle.encode([issued, authority.issuing])) == .changed)
  }

  /// The device's signed word on what it holds.
  func report() throws {
    var message = try hear()
    while message.uriPath != ["report"] { message = try hear() }
    let held = try #require(certificate)
    let key = try #require(P256.Signing.PublicKey(held.publicKey))
    var crypto = HostCryptography()
    let payload = message.payload
    let signed = try COSESign1(payload.span)
    try signed.verify(publicKey: Array(key.x963Representation).span, with: &crypto)
  }

  /// A later descriptor of the root.
  func trust() throws {
    terms.epoch += 1
    try terms.announce(managerKey: AgreementKey().coordinates)
    let descriptor = try terms.signed(by: root)
    #expect(try ask(.request(.put, "trust", contentFormat: .coseSign1, payload: descriptor)).code == .changed)
  }

  func reset() throws {
    #expect(try ask(.request(.post, "reset")).code == .changed)
    #expect(try deliver(.request(.get, "id"))?.code == .content)
  }

  /// The device's next request as the manager reads it; a handshake is led on the way, and the answer is 2.04.
  private func hear() throws -> CoAPMessage {
    while true {
      let device = try #require(device)
      let message = try #require(try device.laterMessage(), "the device is silent")
      line += try message.serialized()
      var answer = CoAPMessage.response(.unauthorized)
      answer.token = message.token
      if message.uriPath == [".well-known", "edhoc"] {
        answer.code = .changed
        answer.payload = try manager.answerGreeting(message.payload)
        try deliver(answer)
      } else if let request = try? manager.open(request: try message.serialized()) {
        answer.code = .changed
        let protected = try manager.protect(answer: try answer.serialized(), to: request.binding)
        try deliver(CoAPMessage(parsing: protected))
        return try CoAPMessage(parsing: request.frame)
      } else {
        try deliver(answer)
      }
    }
  }

  /// Asks the device in the session, a second time with the Echo that it wants.
  private func ask(_ request: CoAPMessage) throws -> CoAPMessage {
    let answer = try askOnce(request)
    guard answer.code == .unauthorized, let echo = answer.value(of: .echo) else { return answer }
    var request = request
    request.set(.echo, echo)
    return try askOnce(request)
  }

  private func askOnce(_ request: CoAPMessage) throws -> CoAPMessage {
    var request = request
    tokens += 1
    request.token = Token(tokens)
    let outgoing = try manager.protect(request: try request.serialized())
    let answer = try #require(try deliver(CoAPMessage(parsing: outgoing.frame)))
    return try CoAPMessage(parsing: manager.open(answer: try answer.serialized(), to: outgoing.binding))
  }

  private func put(_ certificates: [UInt8]) throws -> Code {
    var sender = BlockSender(bodyBytes: certificates.count, sizeExponent: 4)
    while true {
      var request = CoAPMessage.request(
        .put, "crt", contentFormat: .certsOnly, payload: Array(certificates[sender.range]))
      request.block1 = sender.block
      let answer = try ask(request)
      guard case .next = sender.receive(answer.code, reply: answer.block1) else { return answer.code }
    }
  }

  @discardableResult
  private func deliver(_ message: CoAPMessage) throws -> CoAPMessage? {
    line += try message.serialized()
    let answer = try device?.handle(message)
    if let answer { line += try answer.serialized() }
    return answer
  }
}
