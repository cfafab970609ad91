import COSE
import CoAP
import OSCORE

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Unprotects a message from the link where it stands, ahead of ``handle(_:reply:now:)``.
  ///
  /// Calling it is optional, and the message has to be the one that is handled next. Slow work is what the firmware
  /// announces on the link, so that the other end does not take silence for a failure.
  ///
  /// - Parameter frame: One RFC 8323 frame.
  /// - Returns: How long handling it will take, in milliseconds; 0 for quick work.
  public mutating func open(_ frame: inout MutableSpan<UInt8>) -> UInt16 {
    let message = openedMessage(&frame)
    opened = message
    // In signatures: making a key and agreeing on a secret take as long as one, verifying as long as two.
    let signatures: UInt32
    switch message {
    case .nothing, .refused: signatures = 0
    case .answer(let message): signatures = outreach.errand(answeredBy: message.token) == .greet ? 2 : 0
    case .plain(let message), .protected(let message, _): signatures = work(for: message, in: frame.span)
    }
    return UInt16(min(signatures * UInt32(description.signingMilliseconds), 0xFFFF))
  }

  private mutating func openedMessage(_ frame: inout MutableSpan<UInt8>) -> OpenedMessage {
    guard let message = try? Message.parse(frame.span) else { return .nothing }
    if message.code.isResponse { return .answer(message) }
    guard message.code.isRequest else { return .nothing }
    guard state != nil else { return .plain(message) }
    do throws(OSCOREError) {
      let option = try OSCOREOption.of(message, in: frame.span)
      let request = try session.unprotectRequest(&frame, option: option, with: &crypto)
      guard let plain = try? Message.parse(frame.span.extracting(0..<request.count)) else { throw .innerMalformed }
      return .protected(plain, request.binding)
    } catch {
      return .refused(error, message.token)
    }
  }

  private mutating func work(for message: Message, in frame: Span<UInt8>) -> UInt32 {
    guard let resource = Resource(message, in: frame), resource.isForFactory == (state == nil) else { return 0 }
    switch resource {
    case .csr: return journal.record.key == nil ? 2 : 1
    case .provision, .trust: return 2
    case .crt where message.code == .put: return message.isUnfinished(in: frame) ? 0 : 6
    default: return 0
    }
  }
}

extension Message {
  /// Whether a later block of the body is still to come.
  func isUnfinished(in frame: Span<UInt8>) -> Bool {
    let block = try? block(.block1, in: frame)
    return (block ?? nil)?.more == true
  }
}
