import COSE
import CoAP
import OSCORE

/// The device's end of its sessions with the manager: the one in force, and the one that is being made.
///
/// A session in force lives until a new one is proven. Everything is in memory only: a restart begins anew, and so no
/// nonce is ever used twice.
struct Session: ~Copyable {
  /// What requests and answers go by.
  var current: OSCOREContext?
  /// From the third message on, until the manager has shown that it has the keys too.
  private var successor: OSCOREContext?
  /// From the first message to the third.
  private var handshake: EDHOCInitiator?
  /// The manager no longer knows the session in force.
  private var isForgotten = false
  /// Of the device's own request that is out.
  private var outgoing: RequestBinding?
  private var isOutgoingOnSuccessor = false
  /// Whether the third message has the whole credential, or its name only because the manager knows it.
  var sendsCredential = true
  private var number: UInt8 = 0

  /// Begins without any.
  init() {}

  /// Whether a registration can be protected: by the session in force, or by the one that it completes.
  var isReady: Bool {
    mutating get { completesHandshake || (current != nil && !isForgotten) }
  }

  /// Whether the next request has to carry EDHOC's third message: the second one was the manager's.
  private(set) var completesHandshake = false

  /// A connection identifier that no session of this device has: one byte that is an integer in CBOR.
  ///
  /// The session in force may be older than 23 handshakes that failed.
  private mutating func nextConnection() -> ConnectionIdentifier? {
    repeat {
      number = number == 23 ? 0 : number + 1
    } while current?.recipientID[0] == number
    let byte: InlineArray<1, UInt8> = [number]
    return ConnectionIdentifier(byte.span)
  }

  /// The manager does not know the session in force, or so it seems. It goes on answering until another one is proven.
  mutating func forget() {
    isForgotten = true
    outgoing = nil
  }

  /// Gives up what was begun.
  mutating func abandon<Crypto: SessionCryptography & ~Copyable>(with crypto: inout Crypto) {
    handshake?.end(with: &crypto)
    handshake = nil
    completesHandshake = false
    successor?.erase()
    successor = nil
    outgoing = nil
    isOutgoingOnSuccessor = false
  }

  /// Ends everything.
  mutating func end<Crypto: SessionCryptography & ~Copyable>(with crypto: inout Crypto) {
    abandon(with: &crypto)
    current?.erase()
    current = nil
    isForgotten = false
  }
}

// Handshake

extension Session {
  /// Makes EDHOC's first message; what was begun before is given up.
  ///
  /// - Returns: its length.
  mutating func greet<Crypto: SessionCryptography & ~Copyable>(
    into message: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    abandon(with: &crypto)
    guard let connection = nextConnection() else { throw .connectionIdentifier }
    handshake = EDHOCInitiator(connection)
    return try handshake?.writeMessage1(into: &message, with: &crypto) ?? 0
  }

  /// Reads the second message, without believing it yet.
  mutating func hear<Crypto: SessionCryptography & ~Copyable>(
    _ message: Span<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> PeerIdentity {
    guard let identity = try handshake?.readMessage2(message, with: &crypto) else { throw .wrongStep }
    return identity
  }

  /// Verifies the second message with a credential that it may be by.
  mutating func verify<Crypto: SessionCryptography & ~Copyable>(
    _ credential: Span<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    try handshake?.verifyMessage2(credential, with: &crypto)
    completesHandshake = true
  }

  /// Makes the third message, and out of it the session that it begins.
  ///
  /// - Returns: its length.
  mutating func complete<Crypto: SessionCryptography & ~Copyable>(
    _ own: borrowing OwnCredential, into message: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    var secret = InlineArray<16, UInt8>(repeating: 0)
    var salt = InlineArray<8, UInt8>(repeating: 0)
    defer { secret.erase() }
    guard let count = try handshake?.writeMessage3(own, into: &message, with: &crypto) else { throw .wrongStep }
    var secretRoom = secret.mutableSpan
    var saltRoom = salt.mutableSpan
    try handshake?.exportOSCORE(secret: &secretRoom, salt: &saltRoom, with: crypto)
    guard let senderID = handshake?.responderIdentifier, let recipientID = handshake?.initiatorIdentifier else {
      throw .wrongStep
    }
    do throws(CryptoError) {
      successor = try OSCOREContext(
        masterSecret: secret.span, masterSalt: salt.span, senderID: senderID, recipientID: recipientID, with: crypto)
    } catch {
      throw .cryptography(error)
    }
    handshake?.end(with: &crypto)
    handshake = nil
    completesHandshake = false
    return count
  }
}

// Messages

extension Session {
  /// Protects a request of the device's own, in place; with a third message it becomes the session's first.
  ///
  /// - Returns: the frame's new length.
  mutating func protectRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, message3: Span<UInt8>, with crypto: inout Crypto
  ) throws(OSCOREError) -> Int {
    let request: BoundRequest?
    if message3.isEmpty {
      request = try current?.protectRequest(&buffer, count: count, with: &crypto)
    } else {
      request = try successor?.protectCombinedRequest(&buffer, count: count, message3: message3, with: &crypto)
    }
    guard let request else { throw .unknownContext }
    outgoing = request.binding
    isOutgoingOnSuccessor = !message3.isEmpty
    return request.count
  }

  /// Unprotects the answer to the request that is out, in place.
  ///
  /// - Returns: the plain frame's length.
  mutating func unprotectResponse<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(OSCOREError) -> Int {
    guard let outgoing else { throw .unknownContext }
    let all = buffer.count
    let count: Int?
    if isOutgoingOnSuccessor {
      count = try successor?.unprotectResponse(&buffer, count: all, answering: outgoing, with: &crypto)
      promote()
    } else {
      count = try current?.unprotectResponse(&buffer, count: all, answering: outgoing, with: &crypto)
    }
    self.outgoing = nil
    guard let count else { throw .unknownContext }
    return count
  }

  /// Unprotects a request of the manager's, in place.
  mutating func unprotectRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, option: OSCOREOption, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    let all = buffer.count
    if successor?.matches(option) == true {
      // The manager may be faster with a request than with its answer; either proves it.
      guard let request = try successor?.unprotectRequest(&buffer, count: all, with: &crypto) else {
        throw .unknownContext
      }
      promote()
      return request
    }
    guard let request = try current?.unprotectRequest(&buffer, count: all, with: &crypto) else {
      throw .unknownContext
    }
    return request
  }

  /// Protects the answer to a request of the manager's, in place.
  mutating func protectResponse<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, answering binding: RequestBinding, with crypto: inout Crypto
  ) throws(OSCOREError) -> Int {
    guard let count = try current?.protectResponse(&buffer, count: count, answering: binding, with: &crypto) else {
      throw .unknownContext
    }
    return count
  }

  /// The new session is proven: it takes the old one's place.
  private mutating func promote() {
    current?.erase()
    current = successor.take()
    isForgotten = false
    isOutgoingOnSuccessor = false
    sendsCredential = false
  }
}
