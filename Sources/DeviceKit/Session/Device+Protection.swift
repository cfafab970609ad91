import COSE
import CoAP
import OSCORE
import Trust

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Protects a request of the device's own where it stands.
  ///
  /// - Returns: Bytes of the protected request.
  mutating func protect(
    _ count: Int, message3: Span<UInt8> = Span(), in buffer: inout MutableSpan<UInt8>
  ) throws(Rejection) -> Int {
    do throws(OSCOREError) {
      return try session.protectRequest(&buffer, count: count, message3: message3, with: &crypto)
    } catch {
      // A session that is used up, or none: the next one begins with a greeting. Whatever else it was, a longer buffer
      // perhaps, the session is as good as before.
      if error == .exhausted || error == .unknownContext { session.forget() }
      throw Rejection(Code.internalServerError)
    }
  }

  /// Answers a request of the manager's, under its session.
  ///
  /// - Returns: Bytes of the protected answer.
  mutating func answer(
    _ message: Message, _ binding: RequestBinding, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>, now: UInt64
  ) -> Int {
    var room = reply._mutatingExtracting(0..<reply.count - OSCOREContext.maxOverheadBytes)
    let epoch = journal.trust?.epoch
    let count = answer(message, in: frame, reply: &room, now: now)
    let protected = try? session.protectResponse(&reply, count: count, answering: binding, with: &crypto)
    if journal.trust?.epoch != epoch { endSessions(now: now) }
    return protected ?? 0
  }

  /// Ends every session and handshake: all of them were made with a manager of a descriptor that is no longer in force.
  ///
  /// The answer that says so was the last message. Whoever stole the manager's key and copied the session has nothing
  /// then, and nor has his handshake under way; the manager of the descriptor in force begins anew.
  private mutating func endSessions(now: UInt64) {
    session.end(with: &crypto)
    outreach.session(isThere: false)
    if state == nil {
      session.sendsCredential = true
    } else {
      outreach.begin(hasCertificate: state == .certified, now: now)
    }
  }

  /// Takes an answer to a request of the device's own.
  mutating func take(_ message: Message, in frame: inout MutableSpan<UInt8>, now: UInt64) {
    guard let errand = outreach.errand(answeredBy: message.token) else { return }
    let verdict: Outreach.Verdict
    if errand == .greet {
      verdict = takeGreeting(message, in: frame.span) ? .done(pauseSeconds: 0) : .failed
    } else if message.has(.oscore, in: frame.span) {
      // Not the manager's, or not whole. The manager's own may still come.
      guard let answered = takeProtected(&frame) else { return }
      verdict = answered
    } else {
      verdict = takeUnprotected(message, in: frame.span)
    }
    outreach.settle(errand, verdict, now: now)
    outreach.session(isThere: session.isReady)
  }

  private mutating func takeProtected(_ frame: inout MutableSpan<UInt8>) -> Outreach.Verdict? {
    guard let count = try? session.unprotectResponse(&frame, with: &crypto) else { return nil }
    let plain = frame.span.extracting(0..<count)
    guard let answer = try? Message.parse(plain) else { return nil }
    return Outreach.Verdict(answer, in: plain)
  }

  /// An answer that nobody has signed for: it can make the device try again, and nothing else.
  private mutating func takeUnprotected(_ message: Message, in frame: Span<UInt8>) -> Outreach.Verdict {
    if message.code == .unauthorized { session.forget() }
    if let error = try? EDHOCErrorMessage(frame.extracting(message.payload)), error == .unknownCredential {
      session.sendsCredential = true
    }
    session.abandon(with: &crypto)
    return .failed
  }
}
