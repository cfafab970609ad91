import CoAP
import CoAPStream

/// Which options a hop ends, which go on, and which stop a message (RFC 7252 §5.4.2 and §5.7).
enum ProxyOptions {
  /// Routing ends at each hop, and so does whatever a device may claim about its line.
  private static let endingHere: Set<OptionNumber> = [
    .uriHost, .uriPort, .proxyUri, .proxyScheme, .musterLine,
    // The gateway does not observe. Without it a request for observation is a plain request (RFC 7641 §4.1).
    .observe,
  ]

  /// Unsafe options whose meaning the gateway knows, so that it may pass them on.
  private static let understood: Set<OptionNumber> = [
    .uriPath, .uriQuery, .maxAge, .block1, .block2,
  ]

  /// Whether a message has an option that only proxies who understand it may pass on, and this one does not.
  static func hasUnknownUnsafe(_ message: CoAPMessage) -> Bool {
    message.options.contains { option in
      option.number.isUnsafe && !endingHere.contains(option.number) && !understood.contains(option.number)
    }
  }

  /// A device's request, as the manager gets it.
  static func toManager(_ request: CoAPMessage, from line: LineName) -> CoAPMessage {
    var request = forwarded(request)
    request.add(.musterLine, line.rawValue)
    return request
  }

  /// A device's answer, as the manager gets it; nil when it must not be passed on.
  static func toManager(answer: CoAPMessage) -> CoAPMessage? {
    hasUnknownUnsafe(answer) ? nil : forwarded(answer)
  }

  /// The manager's request, as the device gets it.
  static func toDevice(request: CoAPMessage) -> CoAPMessage {
    forwarded(request)
  }

  /// The manager's answer, as the device gets it; nil when it must not be passed on.
  static func toDevice(answer: CoAPMessage) -> CoAPMessage? {
    hasUnknownUnsafe(answer) ? nil : forwarded(answer)
  }

  /// Why a request of the manager's must not reach a device; nil when it may.
  static func refusal(of request: CoAPMessage) -> CoAPMessage? {
    let numbers = Set(request.options.map(\.number))
    if numbers.contains(.proxyUri) || numbers.contains(.proxyScheme) {
      return .problem(.proxyingNotSupported, "name the device by Uri-Host")
    }
    if hasUnknownUnsafe(request) {
      return .problem(.badOption, "the request has an option that no proxy may pass on without knowing it")
    }
    let path = request.values(of: .uriPath)
    // A path that two readers could read differently reaches no device (RFC 3986 §5.2.4).
    if path.contains(where: { $0.contains(UInt8(ascii: "/")) || [Array(".".utf8), Array("..".utf8)].contains($0) }) {
      return .problem(.badRequest, "Uri-Path has a segment that is no name")
    }
    if let first = path.first(where: { !$0.isEmpty }), directLineOnly.contains(first) {
      return .problem(.forbidden, "only whoever holds the device's line may ask this")
    }
    return nil
  }

  /// The resources of the factory state: for the one who holds the line, never for one who is far away.
  private static let directLineOnly = [Array("id".utf8), Array("provision".utf8)]

  private static func forwarded(_ message: CoAPMessage) -> CoAPMessage {
    var message = message
    message.options.removeAll { endingHere.contains($0.number) }
    return message
  }
}
