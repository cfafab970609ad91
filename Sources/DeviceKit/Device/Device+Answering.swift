import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Answers a request in clear.
  ///
  /// - Returns: Bytes of the answer.
  mutating func answer(
    _ message: Message, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>, now: UInt64
  ) -> Int {
    var exchange = Exchange(frame, message, reply: &reply, now: now)
    do {
      let count = try answer(&exchange)
      return count > 0 ? count : exchange.respond(.internalServerError)
    } catch {
      return reject(error, &exchange)
    }
  }

  /// Answers a request, or throws the answer that refuses it.
  private mutating func answer(_ exchange: inout Exchange) throws(Rejection) -> Int {
    let isFactory = state == nil
    let resource = try exchange.resource(isFactory: isFactory)
    // On the direct line before provisioning, and never after it: a gateway has no way to these two.
    guard isFactory == resource.isForFactory else { throw Rejection(.forbidden) }
    guard exchange.request.code == resource.method || (resource == .crt && exchange.request.code == .get) else {
      throw Rejection(.methodNotAllowed)
    }
    if resource.changesState(by: exchange.request, in: exchange.frame) { try exchange.requireFreshness() }
    switch resource {
    case .id: return try answerID(&exchange)
    case .provision: return try provision(&exchange)
    case .trust: return try takeTrust(&exchange)
    case .csr: return try answerCSR(&exchange)
    case .crt:
      return try exchange.request.code == .get ? answerCertificates(&exchange) : takeCertificates(&exchange)
    case .status: return try answerStatus(&exchange)
    case .reset: return try reset(&exchange)
    }
  }

  /// Writes the answer that refuses a request.
  mutating func reject(_ rejection: Rejection, _ exchange: inout Exchange) -> Int {
    guard rejection.reason != 0 else { return exchange.respond(rejection.code) }
    lastReason = rejection.reason
    return exchange.respond(reason: rejection.reason)
  }
}

extension Exchange {
  /// The resource the request is for.
  ///
  /// - Throws: 4.02 for an unknown critical option, and for Block1 where bodies are taken whole: a block of one must never
  ///   pass for it (RFC 7959 §2.5). 4.04 for an unknown resource, or 4.03 in factory state.
  fileprivate mutating func resource(isFactory: Bool) throws(Rejection) -> Resource {
    let resource = Resource(request, in: frame)
    let unknown = request.firstUnsupportedCriticalOption(in: frame) {
      $0 == .uriPath || $0 == .block2 || ($0 == .block1 && resource == .crt)
    }
    guard unknown == nil else { throw Rejection(.badOption) }
    guard let resource else { throw Rejection(isFactory ? .forbidden : .notFound) }
    return resource
  }

  /// Answers with the reason why a certificate or a descriptor was refused.
  fileprivate mutating func respond(reason: UInt8) -> Int {
    var payload = InlineArray<32, UInt8>(repeating: 0)
    var room = payload.mutableSpan
    var fields = FieldWriter(&room, fields: 2)
    fields.uint(1, UInt32(reason))
    let name = RefusalName(of: reason)
    fields.text(2, name.utf8)
    let count = fields.finish()
    return respond(.unprocessableEntity, cbor: payload.span.extracting(0..<count))
  }
}
