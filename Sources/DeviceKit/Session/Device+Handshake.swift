import COSE
import CoAP
import OSCORE

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Writes `POST /.well-known/edhoc` with EDHOC's first message (RFC 9528 §A.2).
  mutating func writeGreeting(into buffer: inout MutableSpan<UInt8>) throws(Rejection) -> Int {
    var writer = request(".well-known/edhoc", .cidEdhoc, token: outreach.token, into: &buffer)
    if challenge != 0 { add(.echo, challenge, to: &writer) }
    return try end(writer) { (room) throws(Rejection) in
      do throws(EDHOCError) {
        let start = try EDHOCRequest.writePrefix(into: &room)
        var message = room._mutatingExtracting(start..<room.count)
        return try start + session.greet(into: &message, with: &crypto)
      } catch {
        throw Rejection(Code.internalServerError)
      }
    }
  }

  /// Takes the answer to the first message: the second one, by a manager of the trust descriptor in force.
  ///
  /// A manager under load wants to see first that whoever greets hears its answers too: 4.01 with an Echo (RFC 9175 §2.3),
  /// to be sent along with the next greeting. Anybody can say so in its place, and is heard once an attempt.
  ///
  /// - Returns: whether it may go on at once: to complete the session, or to greet once more.
  mutating func takeGreeting(_ message: Message, in frame: Span<UInt8>) -> Bool {
    let isChallenged = challenge != 0
    challenge = 0
    if message.code == .unauthorized, !isChallenged, let echo = message.firstUInt(.echo, in: frame), echo != 0 {
      challenge = echo
      return true
    }
    let format = message.contentFormat(in: frame)
    guard message.code == .changed, format == nil || format == .edhoc else { return false }
    do throws(EDHOCError) {
      return verifiesManager(try session.hear(frame.extracting(message.payload), with: &crypto))
    } catch {
      session.abandon(with: &crypto)
      return false
    }
  }

  /// Tries the descriptor's managers' keys that fit what the second message says of its sender.
  private mutating func verifiesManager(_ identity: PeerIdentity) -> Bool {
    var bytes = InlineArray<89, UInt8>(repeating: 0)
    for index in 0..<2 {
      guard let key = managerKey(index) else { break }
      var room = bytes.mutableSpan
      do throws(EDHOCError) {
        try Credential.write(key, into: &room, with: crypto)
        guard try identity.names(Credential(bytes.span)) else { continue }
        try session.verify(bytes.span, with: &crypto)
        return true
      } catch {
        continue
      }
    }
    session.abandon(with: &crypto)
    return false
  }

  @inline(never)
  private mutating func managerKey(_ index: Int) -> RawPublicKey? {
    var bytes = InlineArray<64, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    guard (try? journal.loadManagerKey(index, into: &room)) == true else { return nil }
    return RawPublicKey(bytes.span)
  }

  /// Writes the registration that completes a handshake (RFC 9668).
  mutating func writeFirstRegistration(into buffer: inout MutableSpan<UInt8>) throws(Rejection) -> Int {
    var message3 = InlineArray<128, UInt8>(repeating: 0)
    var message3Bytes = 0
    do throws(EDHOCError) {
      var room = message3.mutableSpan
      message3Bytes = try writeMessage3(into: &room)
    } catch {
      session.abandon(with: &crypto)
      throw Rejection(Code.internalServerError)
    }
    let count = try writeRegistration(into: &buffer)
    return try protect(count, message3: message3.span.extracting(0..<message3Bytes), in: &buffer)
  }

  @inline(never)
  private mutating func writeMessage3(into message3: inout MutableSpan<UInt8>) throws(EDHOCError) -> Int {
    var point = InlineArray<65, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var room = point.mutableSpan
      try crypto.publicKey(of: BootstrapKey.id, into: &room)
    } catch {
      throw .cryptography(error)
    }
    guard let key = RawPublicKey(point.span.extracting(1..<65)) else { throw .credential }
    var credential = InlineArray<89, UInt8>(repeating: 0)
    var room = credential.mutableSpan
    try Credential.write(key, into: &room, with: crypto)
    let own = try OwnCredential(
      credential.span, key: BootstrapKey.id, transfer: session.sendsCredential ? .value : .keyIdentifier)
    return try session.complete(own, into: &message3, with: &crypto)
  }
}
