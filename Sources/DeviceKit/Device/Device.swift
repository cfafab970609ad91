import COSE
import CoAP
import OSCORE

/// A Muster device: its identity, its enrolment and its resources, between a link that carries CoAP messages and the
/// cryptography and flash of a board (docs/spec/device.md).
///
/// It does no I/O of its own but on flash: the firmware hands in what the link received and sends what comes out.
///
///     device.start(now:)                      once
///     device.linkDidComeUp(now:)              whenever the link says so
///     device.open(&message)                   for each message that arrived: how long will it take?
///     device.handle(&message, reply:, now:)   and then its answer
///     device.nextRequest(into:, now:)         whenever the link can send and ``deadline`` has come
///
/// A buffer given for an answer or a request also serves as scratch space while certificates are read, so the device
/// has none of its own. Once it has a network everything it says is protected by a ``Session`` with its manager.
///
/// Getters are `mutating` though they change nothing: from a borrowed value of this size Embedded Swift makes a copy
/// on the stack for every call.
public struct Device<Crypto: SessionCryptography & ~Copyable, Storage: Flash & ~Copyable>: ~Copyable {
  let description: DeviceDescription
  var crypto: Crypto
  var journal: Journal<Storage>
  var receiver = BlockReceiver(largestExponent: 0, limitBytes: 0)
  var outreach = Outreach()
  var bootCount: UInt32 = 0
  var hasEntropy = false
  /// The number of the last refusal's reason; 0 for none.
  var lastReason: UInt8 = 0
  var session = Session()
  /// The Echo that the next greeting has to bring, up to four bytes as a number; 0 for none.
  var challenge: UInt32 = 0
  var opened: OpenedMessage?

  /// Puts a device together; nothing is read before ``start(now:)``.
  ///
  /// - Parameters:
  ///   - description: What the board is.
  ///   - crypto: The board's cryptography, for this device alone.
  ///   - flash: A region for this device's journal alone: two slots and two pages for counting starts. Slots of 5 KiB
  ///     hold any certificates; with one intermediate of usual size 2 KiB are enough.
  public init(description: DeviceDescription, crypto: consuming Crypto, flash: consuming Storage) {
    self.description = description
    self.crypto = crypto
    journal = Journal(flash: flash)
  }

  /// Finds out what is in force, and destroys every key that is not.
  ///
  /// - Throws: ``DeviceError`` when flash or cryptography fails: the device must not go on, a restart may help.
  public mutating func start(now: UInt64) throws(DeviceError) {
    do throws(FlashError) {
      guard journal.flash.pageCount >= 2 + BootCounter.pages else { throw .outOfRange }
      try journal.open()
      bootCount = try journal.countBoot()
    } catch {
      throw .flash(error)
    }
    hasEntropy = probesEntropy()
    try keepOnlyTheKeyInForce()
    try makeBootstrapKey()
    // The manager that certified it knows its credential.
    session.sendsCredential = state != .certified
    expectTransfer()
  }

  /// Answers a message from the link.
  ///
  /// - Parameters:
  ///   - frame: One RFC 8323 frame. It is decrypted where it stands: its contents are of no use afterwards.
  ///   - reply: For the answer, as long as the longest message; nothing is done with less than 100 bytes.
  ///   - now: Milliseconds since the start.
  /// - Returns: Bytes of the answer, 0 for none: `frame` was an answer itself, a signal, or not CoAP.
  public mutating func handle(
    _ frame: inout MutableSpan<UInt8>, reply: inout MutableSpan<UInt8>, now: UInt64
  ) -> Int {
    if opened == nil { _ = open(&frame) }
    let message = opened ?? .nothing
    opened = nil
    guard reply.count >= Self.minBufferBytes else { return 0 }
    switch message {
    case .nothing: return 0
    case .answer(let message):
      take(message, in: &frame, now: now)
      return 0
    case .refused(let error, let token): return error.writeAnswer(token: token, into: &reply)
    case .plain(let message): return answer(message, in: frame.span, reply: &reply, now: now)
    case .protected(let message, let binding):
      return answer(message, binding, in: frame.span, reply: &reply, now: now)
    }
  }

  /// What no answer and no request does without: room for OSCORE's part and a little to protect.
  private static var minBufferBytes: Int { OSCOREContext.maxOverheadBytes + 64 }

  /// Writes the request that is due now.
  ///
  /// - Parameter buffer: As long as the longest message; nothing is done with less than 100 bytes.
  /// - Returns: Bytes of it, 0 for none.
  public mutating func nextRequest(into buffer: inout MutableSpan<UInt8>, now: UInt64) -> Int {
    guard buffer.count >= Self.minBufferBytes else { return 0 }
    if outreach.expires(now: now) {
      challenge = 0
      session.abandon(with: &crypto)
      outreach.session(isThere: session.isReady)
    }
    guard let errand = outreach.next(now: now) else { return 0 }
    outreach.send(errand, now: now)
    do throws(Rejection) {
      switch errand {
      case .greet: return try writeGreeting(into: &buffer)
      case .register:
        if session.completesHandshake { return try writeFirstRegistration(into: &buffer) }
        return try protect(try writeRegistration(into: &buffer), in: &buffer)
      case .report: return try protect(try writeReport(into: &buffer), in: &buffer)
      }
    } catch {
      outreach.settle(errand, .failed, now: now)
      outreach.session(isThere: session.isReady)
      return 0
    }
  }

  /// When ``nextRequest(into:now:)`` has something to say at the earliest; `nil` for never, as things stand.
  public var deadline: UInt64? {
    mutating get { outreach.deadline }
  }

  /// Tells the device that its link is up, for the first time or again.
  public mutating func linkDidComeUp(now: UInt64) {
    // What was out will not be answered any more.
    session.abandon(with: &crypto)
    outreach.session(isThere: session.isReady)
    outreach.linkDidComeUp(
      isProvisioned: state != nil, hasCertificate: state == .certified, now: now)
  }

  /// Where in its life the device is; `nil` is factory state.
  public var state: DeviceState? {
    mutating get { journal.state }
  }

  /// The state as it goes over the line.
  var stateNumber: UInt32 {
    mutating get { UInt32(journal.state?.rawValue ?? 0) }
  }

  /// Waits for certificates from their first block on, in room that depends on what is in force.
  mutating func expectTransfer() {
    // A block with its options, the longest token and a Request-Tag has to fit a message.
    let room = Int(description.maxMessageBytes) - 48
    receiver = BlockReceiver(
      largestExponent: Block.sizeExponent(fitting: room), limitBytes: journal.certificatesCapacity)
  }

  private mutating func probesEntropy() -> Bool {
    var bytes = InlineArray<4, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    do throws(CryptoError) {
      try crypto.random(into: &span)
      return true
    } catch {
      return false
    }
  }

  private mutating func keepOnlyTheKeyInForce() throws(DeviceError) {
    let inForce = journal.record.key
    do {
      try destroyKeys(except: inForce)
      // A key storage that cannot be read has not lost it: a restart may find it, and nothing is thrown away.
      guard let inForce, try !crypto.hasKey(inForce) else { return }
    } catch {
      throw .crypto(error)
    }
    // The key storage lost it: certificates without their key are of no use, and the manager can enrol the device anew.
    do {
      try journal.commitKey(nil)
    } catch {
      throw .flash(error)
    }
  }

  mutating func destroyKeys(except inForce: KeyID?) throws(CryptoError) {
    for number in IdentityKeys.numbers where number != inForce?.rawValue {
      try crypto.destroyKey(KeyID(rawValue: number))
    }
  }
}
