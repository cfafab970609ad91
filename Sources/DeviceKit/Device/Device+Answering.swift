import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Answers a request, or throws the answer that refuses it.
  mutating func answer(
    _ request: Message, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>, now: UInt64
  ) throws(Rejection) -> Int {
    let isFactory = state == nil
    let unknown = request.firstUnsupportedCriticalOption(in: frame) {
      $0 == .uriPath || $0 == .block1 || $0 == .block2
    }
    guard unknown == nil else { throw Rejection(.badOption) }
    guard let resource = Resource(request, in: frame) else { throw Rejection(isFactory ? .forbidden : .notFound) }
    // On the direct line before provisioning, and never after it: a gateway has no way to these two.
    guard isFactory == resource.isForFactory else { throw Rejection(.forbidden) }
    switch (resource, request.code) {
    case (.id, .get): return answerID(request, reply: &reply)
    case (.provision, .post): return try provision(request, in: frame, reply: &reply, now: now)
    case (.csr, .post): return try answerCSR(request, in: frame, reply: &reply)
    case (.crt, .put): return try takeCertificates(request, in: frame, reply: &reply, now: now)
    case (.crt, .get): return try answerCertificates(request, in: frame, reply: &reply)
    case (.status, .get): return try answerStatus(request, reply: &reply)
    case (.reset, .post): return try reset(request, reply: &reply)
    default: throw Rejection(.methodNotAllowed)
    }
  }

  /// Writes the answer that refuses a request.
  mutating func reject(_ rejection: Rejection, token: Token, reply: inout MutableSpan<UInt8>) -> Int {
    if let refusal = rejection.refusal {
      lastRefusal = refusal
      return writeCBOR(to: &reply, code: rejection.code, token: token) { cbor in
        cbor.map(2)
        cbor.uint(1)
        cbor.uint(UInt64(widening: UInt32(refusal.rawValue)))
        cbor.uint(2)
        let name = refusal.name
        cbor.text(utf8: name.utf8)
      }
    }
    var writer = MessageWriter(&reply, code: rejection.code, token: token)
    if rejection.maxAgeSeconds > 0 { writer.option(.maxAge, uint: rejection.maxAgeSeconds) }
    return (try? writer.finish()) ?? 0
  }

  /// Writes an answer without payload.
  func acknowledge(_ request: Message, reply: inout MutableSpan<UInt8>) -> Int {
    let writer = MessageWriter(&reply, code: .changed, token: request.token)
    return (try? writer.finish()) ?? 0
  }

  /// Requires a payload in this format.
  func require(_ format: ContentFormat, _ request: Message, in frame: Span<UInt8>) throws(Rejection) {
    guard request.contentFormat(in: frame) == format else { throw Rejection(.unsupportedContentFormat) }
  }
}
