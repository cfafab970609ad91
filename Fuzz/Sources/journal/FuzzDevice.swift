import COSE
import CoAP
import DeviceKit
import Trust

/// A flash chip whose power can be cut after a number of operations.
final class FuzzChip {
  static let pageBytes = 1024
  var bytes = [UInt8](repeating: 0xFF, count: 8 * FuzzChip.pageBytes)
  /// Operations until the power fails; `nil` for never.
  var operationsLeft: Int?

  /// Does an operation, or half of it when the power fails within.
  func perform(_ range: Range<Int>, _ change: (UInt8, Int) -> UInt8) throws(FlashError) {
    if let left = operationsLeft {
      guard left > 0 else { throw .failed }
      operationsLeft = left - 1
      if left == 1 {
        for index in range.prefix(range.count / 2) { bytes[index] = change(bytes[index], index) }
        throw .failed
      }
    }
    for index in range { bytes[index] = change(bytes[index], index) }
  }
}

struct FuzzFlash: Flash {
  let chip: FuzzChip

  var pageBytes: Int { FuzzChip.pageBytes }
  var pageCount: Int { chip.bytes.count / FuzzChip.pageBytes }
  var writeBytes: Int { 4 }

  func read(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(FlashError) {
    guard chip.operationsLeft != 0 else { throw .failed }
    guard offset >= 0, offset + buffer.count <= chip.bytes.count else { throw .outOfRange }
    for index in buffer.indices { buffer[index] = chip.bytes[offset + index] }
  }

  func erase(page: Int) throws(FlashError) {
    let start = page * FuzzChip.pageBytes
    try chip.perform(start..<start + FuzzChip.pageBytes) { _, _ in 0xFF }
  }

  func program(at offset: Int, _ data: Span<UInt8>) throws(FlashError) {
    precondition(offset % writeBytes == 0 && data.count % writeBytes == 0, "misaligned")
    guard offset >= 0, offset + data.count <= chip.bytes.count else { throw .outOfRange }
    let copy = data.indices.map { data[$0] }
    try chip.perform(offset..<offset + data.count) { old, index in old & copy[index - offset] }
  }
}

/// The device's keys; all have the fixture's public key.
final class FuzzKeys {
  var ids: Set<UInt32> = []
  /// Whether the bootstrap key was made.
  var hasBootstrapKey = false
  /// Whether every signature is good, or none.
  var acceptsSignatures = true
}

struct FuzzCryptography: SessionCryptography {
  let keys: FuzzKeys
  let chip: FuzzChip

  /// No hash, but as long as one, and quick.
  struct Hash: SHA256Hash {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
      for index in bytes.indices { value = (value ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    }

    consuming func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
      for index in digest.indices { digest[index] = UInt8(truncatingIfNeeded: value &>> UInt64(index % 8 * 8)) }
    }
  }

  func makeHash() throws(CryptoError) -> Hash { Hash() }

  func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {}

  func generateSigningKey(_ id: KeyID) throws(CryptoError) {
    guard chip.operationsLeft != 0 else { throw .storage }
    guard keys.ids.insert(id.rawValue).inserted else { throw .keyExists }
  }

  func destroyKey(_ id: KeyID) throws(CryptoError) {
    guard chip.operationsLeft != 0 else { throw .storage }
    keys.ids.remove(id.rawValue)
  }

  func generateAgreementKey(_ id: KeyID) throws(CryptoError) {
    guard chip.operationsLeft != 0 else { throw .storage }
    keys.hasBootstrapKey = true
  }

  func generateEphemeralKey() throws(CryptoError) -> KeyID { KeyID(rawValue: 0x4000_0000) }

  /// Everybody agrees on the same.
  func agree(_ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in secret.indices { secret[index] = 7 }
  }

  /// Nothing is hidden, and the tag says nothing.
  func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    for index in buffer.count - 8..<buffer.count { buffer[index] = 0 }
  }

  func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {}

  func hasKey(_ id: KeyID) -> Bool { id.rawValue == 0x1000 ? keys.hasBootstrapKey : keys.ids.contains(id.rawValue) }

  func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in point.indices { point[index] = Fixture.point[index] }
  }

  func sign(digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in signature.indices { signature[index] = digest[index % 32] }
  }

  func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(CryptoError) {
    guard keys.acceptsSignatures else { throw .badSignature }
  }
}

/// A device between requests and a chip; both outlive its restarts.
final class FuzzDevice {
  let chip = FuzzChip()
  let keys = FuzzKeys()
  private let manager = FuzzManager()
  private var now: UInt64 = 0
  private var device: Device<FuzzCryptography, FuzzFlash>

  init() {
    device = Self.assemble(chip, keys)
  }

  private static func assemble(_ chip: FuzzChip, _ keys: FuzzKeys) -> Device<FuzzCryptography, FuzzFlash> {
    guard let serialNumber = DeviceSerialNumber(Array(Fixture.serialNumber.utf8).span) else {
      preconditionFailure("the fixture's serial number is one")
    }
    let description = DeviceDescription(
      serialNumber: serialNumber, model: "fuzz", firmwareVersion: "1", maxMessageBytes: 1200, signingMilliseconds: 1)
    return Device(
      description: description, crypto: FuzzCryptography(keys: keys, chip: chip), flash: FuzzFlash(chip: chip))
  }

  var state: DeviceState? { device.state }

  /// Switches the device off and on.
  ///
  /// - Returns: Whether it started.
  func restart() -> Bool {
    device = Self.assemble(chip, keys)
    manager.restart()
    do {
      try device.start(now: 0)
    } catch {
      return false
    }
    device.linkDidComeUp(now: 0)
    return true
  }

  /// Hands over a frame and returns the answer.
  func handle(_ frame: [UInt8]) -> [UInt8] {
    var frame = frame
    var reply = [UInt8](repeating: 0, count: 1200)
    var message = frame.mutableSpan
    var room = reply.mutableSpan
    _ = device.open(&message)
    let count = device.handle(&message, reply: &room, now: now)
    return Array(reply.prefix(count))
  }

  /// Lets the device send what it has to send, and answers its handshake.
  func exchange() {
    for _ in 0..<3 {
      now = max(now, device.deadline ?? now)
      var buffer = [UInt8](repeating: 0, count: 1200)
      var room = buffer.mutableSpan
      let count = device.nextRequest(into: &room, now: now)
      guard count > 0, let request = try? Message.parse(buffer.span.extracting(0..<count)) else { continue }
      if request.has(.uriPath, in: buffer.span) {
        guard let message2 = manager.message2(answering: buffer.span.extracting(request.payload)) else { return }
        _ = handle(Self.frame(.changed, "", nil, message2, token: request.token))
      } else {
        manager.complete(Array(buffer.prefix(count)))
        return
      }
    }
  }

  /// Asks the device, in a session once it has a network, and with the Echo it wants.
  func ask(_ code: Code, _ path: StaticString, _ format: UInt32? = nil, _ payload: [UInt8] = []) -> Code? {
    guard state != nil else {
      manager.restart()
      return Self.code(handle(Self.frame(code, path, format, payload)))
    }
    if !manager.hasSession { exchange() }
    var echo: [UInt8] = []
    for _ in 0..<2 {
      guard let request = manager.protect(Self.frame(code, path, format, payload, echo: echo)) else { return nil }
      guard let answer = manager.open(handle(request.frame), to: request.binding) else { return nil }
      guard let message = try? Message.parse(answer.span) else { preconditionFailure("an answer that is no message") }
      guard message.code == .unauthorized, let value = message.value(of: .echo, in: answer.span) else {
        return message.code
      }
      echo = Array(answer[value])
    }
    return .unauthorized
  }

  private static func code(_ answer: [UInt8]) -> Code? {
    guard !answer.isEmpty else { return nil }
    guard let message = try? Message.parse(answer.span) else { preconditionFailure("an answer that is no message") }
    return message.code
  }

  static func frame(
    _ code: Code, _ path: StaticString = "", _ format: UInt32? = nil, _ payload: [UInt8] = [],
    token: Token = Token(), echo: [UInt8] = []
  ) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: payload.count + 64)
    var room = buffer.mutableSpan
    var writer = MessageWriter(&room, code: code, token: token)
    writer.path(path)
    if let format { writer.option(.contentFormat, uint: format) }
    if !echo.isEmpty { writer.option(.echo, echo.span) }
    writer.payload(payload.span)
    let count = (try? writer.finish()) ?? 0
    return Array(buffer.prefix(count))
  }
}

// The steps of an enrolment.
extension FuzzDevice {
  /// A descriptor of the fixture's network: the fuzzer's cryptography gives every key the fixture's public half.
  func descriptor(epoch: UInt32) -> [UInt8] {
    let key = Array(Fixture.point.dropFirst())
    let network = Array(Fixture.network.utf8)
    let content = TrustContent(
      network: network.span, epoch: epoch, managerKeys: key.span, signers: Span(),
      anchor: TrustContent.Anchor(name: Fixture.anchorName.span, publicKey: Fixture.anchorKey.span), nextAnchor: nil)
    var bytes = [UInt8](repeating: 0, count: TrustLimits.descriptorBytes)
    var room = bytes.mutableSpan
    // On a chip of its own, whose power does not fail.
    var crypto = FuzzCryptography(keys: FuzzKeys(), chip: FuzzChip())
    guard let count = try? content.sign(into: &room, root: KeyID(rawValue: 1), with: &crypto) else {
      preconditionFailure("a descriptor cannot be made")
    }
    return Array(bytes.prefix(count))
  }

  /// Brings a descriptor. If the device takes it the session is over, which the manager notices here.
  @discardableResult
  func trust(_ descriptor: [UInt8]) -> Code? {
    let answer = ask(.put, "trust", 18, descriptor)
    if ask(.get, "status") == nil { manager.restart() }
    return answer
  }

  @discardableResult
  func provision() -> Code? {
    let descriptor = descriptor(epoch: 1)
    let root = Array(Fixture.point.dropFirst())
    var payload = [UInt8](repeating: 0, count: descriptor.count + 96)
    var room = payload.mutableSpan
    var cbor = CBORWriter(&room)
    cbor.map(2)
    cbor.uint(1)
    cbor.bytes(root.span)
    cbor.uint(2)
    cbor.bytes(descriptor.span)
    let count = (try? cbor.finish()) ?? 0
    return ask(.post, "provision", 60, Array(payload.prefix(count)))
  }

  @discardableResult
  func requestCSR() -> Code? {
    ask(.post, "csr", 60, [0xA1, 0x01, 0x6C] + Array(Fixture.network.utf8))
  }

  @discardableResult
  func deliver(_ certificates: [UInt8]) -> Code? {
    ask(.put, "crt", 281, certificates)
  }
}
