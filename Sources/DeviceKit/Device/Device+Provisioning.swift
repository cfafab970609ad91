import COSE
import CoAP
import Trust

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `GET /id`: who is on this line, and by which key will it be known?
  ///
  /// - Throws: 5.03 when there is no such key: without entropy a device is none.
  mutating func answerID(_ exchange: inout Exchange) throws(Rejection) -> Int {
    var point = InlineArray<65, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var room = point.mutableSpan
      try crypto.publicKey(of: BootstrapKey.id, into: &room)
    } catch {
      throw Rejection(error == .noSuchKey ? .noEntropy : error)
    }
    var payload = InlineArray<256, UInt8>(repeating: 0)
    var room = payload.mutableSpan
    var fields = FieldWriter(&room, fields: 5)
    fields.text(1, description.serialNumber.ascii)
    fields.text(2, description.model)
    fields.text(3, description.firmwareVersion)
    fields.uint(4, UInt32(description.maxMessageBytes))
    fields.bytes(5, point.span.extracting(1..<65))
    let count = fields.finish()
    return exchange.respond(.content, cbor: payload.span.extracting(0..<count))
  }

  /// `POST /provision`: pins a root, takes its descriptor, and leaves factory state.
  mutating func provision(_ exchange: inout Exchange) throws(Rejection) -> Int {
    let fields = try TwoFields(try exchange.payload(.cbor), .bytes)
    guard !fields.second.isEmpty else { throw Rejection(.badRequest) }
    let trust = try readTrust(fields.second, root: fields.first)
    do {
      try journal.commitProvisioning(root: fields.first, descriptor: fields.second, trust)
    } catch {
      throw Rejection(trust: error)
    }
    lastReason = 0
    expectTransfer()
    outreach.begin(hasCertificate: false, now: exchange.now)
    return exchange.respond(.changed)
  }

  /// `PUT /trust`: takes a later descriptor of the pinned root.
  mutating func takeTrust(_ exchange: inout Exchange) throws(Rejection) -> Int {
    let descriptor = try exchange.payload(.coseSign1)
    var root = InlineArray<64, UInt8>(repeating: 0)
    var span = root.mutableSpan
    try journal.loadRoot(into: &span)
    let trust = try readTrust(descriptor, root: root.span)
    if try update(descriptor, trust) == .newer {
      do {
        try journal.commitTrust(descriptor: descriptor, trust)
      } catch {
        throw Rejection(trust: error)
      }
      expectTransfer()
    }
    lastReason = 0
    return exchange.respond(.changed)
  }

  /// `POST /reset`: forgets the network, and with it the identity.
  ///
  /// The commit comes first: it is what a power cut cannot halve, and a key that no journal names is destroyed at the
  /// next start if it is not here.
  mutating func reset(_ exchange: inout Exchange) throws(Rejection) -> Int {
    do {
      try journal.commitReset()
    } catch {
      throw Rejection(error)
    }
    outreach.end()
    lastReason = 0
    expectTransfer()
    do {
      try destroyKeys(except: nil)
    } catch {
      throw Rejection(error)
    }
    return exchange.respond(.changed)
  }

  private mutating func readTrust(_ descriptor: Span<UInt8>, root: Span<UInt8>) throws(Rejection) -> TrustDescriptor {
    do {
      return try TrustDescriptor(descriptor, root: root, with: &crypto)
    } catch {
      throw Rejection(error)
    }
  }

  /// Compares a descriptor with the one in force.
  private mutating func update(_ descriptor: Span<UInt8>, _ new: TrustDescriptor) throws(Rejection) -> TrustUpdate {
    guard let old = journal.trust else { throw Rejection(.forbidden) }
    let isSameNetwork = try journal.isNetwork(descriptor.extracting(new.network))
    let isSameContent = try journal.descriptorHolds(descriptor.extracting(new.content), at: old.content)
    do {
      return try new.update(over: old.epoch, isSameNetwork: isSameNetwork, isSameContent: isSameContent)
    } catch {
      throw Rejection(error)
    }
  }
}

extension Rejection {
  /// A descriptor could not be stored: it does not fit beside what is there, or the flash failed.
  fileprivate init(trust error: FlashError) {
    self.init(error == .outOfRange ? Code.requestEntityTooLarge : Code.internalServerError)
  }
}
