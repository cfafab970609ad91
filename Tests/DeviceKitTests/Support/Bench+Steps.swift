import CoAP
import Crypto
import DeviceKit
import SessionPeer
import Testing
import Trust

// The steps of an enrolment as a manager takes them.
extension Bench {
  /// The device's key, as its key storage holds it.
  var identityKey: P256.Signing.PrivateKey? { keys.keys.values.first }

  @discardableResult
  func provision(_ network: TestNetwork) -> TestMessage? {
    if state == nil, let end = try? ManagerEnd(key: network.managerKey) { manager = end }
    return provision(root: network.rootPublicKey, network.descriptor)
  }

  func provision(root: [UInt8], _ descriptor: [UInt8]) -> TestMessage? {
    ask(.post, "provision", .cbor, TestCBOR.map([1: .bytes(root), 2: .bytes(descriptor)]))
  }

  /// Brings a later descriptor. If the device takes it the session is over, which the manager notices here.
  func trust(_ descriptor: [UInt8]) -> TestMessage? {
    let answer = ask(.put, "trust", .coseSign1, descriptor)
    if answer?.code == .changed, askOnce(TestMessage(.get, "status")) == nil { loseSession() }
    return answer
  }

  /// The fields of `/status`.
  var status: [UInt8: TestCBOR]? { TestCBOR.fields(ask(.get, "status")?.payload ?? []) }

  func requestCSR(_ network: TestNetwork, suffix: String? = "devices.example") -> TestMessage? {
    var fields: [UInt8: TestCBOR] = [1: .text(network.name)]
    if let suffix { fields[2] = .text(suffix) }
    return ask(.post, "csr", .cbor, TestCBOR.map(fields))
  }

  /// Delivers certificates block by block and returns the last answer.
  func deliver(_ certificates: [[UInt8]], sizeExponent: UInt8 = 5) -> TestMessage? {
    deliver(bytes: certificatesOnly(certificates), sizeExponent: sizeExponent)
  }

  func deliver(bytes: [UInt8], sizeExponent: UInt8 = 5) -> TestMessage? {
    let size = 16 << Int(sizeExponent)
    var offset = 0
    while true {
      var message = TestMessage(.put)
      message.path = "crt"
      message.format = .certsOnly
      message.payload = Array(bytes[offset..<min(offset + size, bytes.count)])
      let more = offset + size < bytes.count
      message.block1 = Block(number: UInt32(offset / size), more: more, sizeExponent: sizeExponent)
      guard let answer = ask(message) else { return nil }
      guard more, answer.code == .continue else { return answer }
      offset += size
    }
  }

  /// The certificates in force, fetched block by block.
  func fetchCertificates() -> [UInt8]? {
    var bytes: [UInt8] = []
    while true {
      var message = TestMessage(.get)
      message.path = "crt"
      message.block2 = Block(number: UInt32(bytes.count / 256), more: false, sizeExponent: 4)
      guard let answer = ask(message), answer.code == .content, answer.format == .certsOnly else { return nil }
      bytes += answer.payload
      guard answer.block2?.more == true else { return bytes }
    }
  }

  /// The reason in an answer that refuses a certificate.
  static func refusal(_ answer: TestMessage?) -> CertificateRefusal? {
    guard let answer, answer.code == .unprocessableEntity,
      let number = TestCBOR.fields(answer.payload)?[1]?.uint
    else { return nil }
    return CertificateRefusal(rawValue: UInt8(number))
  }

  /// The reason in an answer that refuses a descriptor; its name must be the number's.
  static func trustRefusal(_ answer: TestMessage?) -> TrustRefusal? {
    guard let answer, answer.code == .unprocessableEntity, let fields = TestCBOR.fields(answer.payload),
      let refusal = fields[1]?.uint.flatMap({ TrustRefusal(rawValue: UInt8($0)) }), fields[2]?.text == "\(refusal)"
    else { return nil }
    return refusal
  }

  /// Leads the device from factory state to a certificate.
  func enrol(_ network: TestNetwork) throws -> [[UInt8]] {
    #expect(provision(network)?.code == .changed)
    #expect(requestCSR(network)?.code == .changed)
    let key = try #require(identityKey)
    let chain = [network.leaf(Self.serialNumber, key.publicKey), network.issuing]
    #expect(deliver(chain)?.code == .changed)
    return chain
  }
}
