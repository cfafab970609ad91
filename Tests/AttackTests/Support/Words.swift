import CoAP
import CoAPStream
import PKI

/// What of a message is meant for the other end: no hop changes it, since each hop has its own tokens and routes.
struct Words: Hashable, CustomStringConvertible {
  /// Empty under protection.
  let path: [String]
  /// The OSCORE option; nil in clear.
  let option: [UInt8]?
  let payload: [UInt8]

  init(_ message: CoAPMessage) {
    path = message.uriPath
    option = message.value(of: .oscore)
    payload = message.payload
  }

  var description: String {
    option.map { "the message of \(payload.count) bytes under \($0.hexadecimal)" }
      ?? "/\(path.joined(separator: "/")) in clear"
  }
}

/// A request that one end took for the other's.
struct Belief: Sendable {
  let words: Words
  /// When, in milliseconds of the story.
  let at: UInt64
  /// Whether it changed anything: a key was made, something was signed, or flash was written.
  let isObeyed: Bool

  /// What an answer tells of the request it answers. Under protection answers only who believed; in clear, a success says so.
  /// EDHOC's first message is nobody's yet, and answered to everybody.
  static func shows(_ answer: CoAPMessage, to request: CoAPMessage) -> Bool {
    answer.value(of: .oscore) != nil || (answer.code.isSuccess && request.uriPath != [".well-known", "edhoc"])
  }
}
