/// A request method, response code or signal: three bits of class, five of detail (RFC 7252 §12.1).
public struct Code: Hashable, Sendable {
  /// The byte as it stands in the message.
  public var rawValue: UInt8

  /// Takes any byte; `Message.parse` refuses the classes that no message can have.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// A code by its two halves: `Code(2, 5)` is 2.05.
  ///
  /// - Parameters:
  ///   - codeClass: 0 to 7; higher bits are dropped.
  ///   - detail: 0 to 31; higher bits are dropped.
  public init(_ codeClass: UInt8, _ detail: UInt8) {
    self.rawValue = (codeClass & 7) << 5 | detail & 31
  }

  /// 0 request, 2 success, 4 client error, 5 server error, 7 signal.
  public var codeClass: UInt8 { self.rawValue >> 5 }

  /// The number after the point, 0 to 31.
  public var detail: UInt8 { self.rawValue & 31 }

  /// A method (0.01 to 0.31).
  public var isRequest: Bool { self.codeClass == 0 && self.rawValue != 0 }

  /// A response (2.xx, 4.xx, 5.xx).
  public var isResponse: Bool { self.codeClass == 2 || self.codeClass == 4 || self.codeClass == 5 }

  /// A signal of one hop (7.xx, RFC 8323 §5), never forwarded.
  public var isSignal: Bool { self.codeClass == 7 }

  /// A response that grants the request (2.xx).
  public var isSuccess: Bool { self.codeClass == 2 }
}

// RFC 7252 §12.1.1, RFC 8132.
extension Code {
  /// 0.00. Carries nothing; ignored on reliable transports (RFC 8323 §3.4).
  public static let empty = Code(0, 0)
  /// 0.01
  public static let get = Code(0, 1)
  /// 0.02
  public static let post = Code(0, 2)
  /// 0.03
  public static let put = Code(0, 3)
  /// 0.04
  public static let delete = Code(0, 4)
  /// 0.05, RFC 8132.
  public static let fetch = Code(0, 5)
  /// 0.06, RFC 8132.
  public static let patch = Code(0, 6)
  /// 0.07, RFC 8132.
  public static let iPatch = Code(0, 7)
}

// RFC 7252 §12.1.2, RFC 7959 §2.9, RFC 8132 §4, RFC 8516, RFC 8768.
extension Code {
  /// 2.01
  public static let created = Code(2, 1)
  /// 2.02
  public static let deleted = Code(2, 2)
  /// 2.03
  public static let valid = Code(2, 3)
  /// 2.04
  public static let changed = Code(2, 4)
  /// 2.05
  public static let content = Code(2, 5)
  /// 2.31: go on with the next block.
  public static let `continue` = Code(2, 31)
  /// 4.00
  public static let badRequest = Code(4, 0)
  /// 4.01
  public static let unauthorized = Code(4, 1)
  /// 4.02: a critical option was not understood.
  public static let badOption = Code(4, 2)
  /// 4.03
  public static let forbidden = Code(4, 3)
  /// 4.04
  public static let notFound = Code(4, 4)
  /// 4.05
  public static let methodNotAllowed = Code(4, 5)
  /// 4.06
  public static let notAcceptable = Code(4, 6)
  /// 4.08: a block is missing.
  public static let requestEntityIncomplete = Code(4, 8)
  /// 4.09
  public static let conflict = Code(4, 9)
  /// 4.12
  public static let preconditionFailed = Code(4, 12)
  /// 4.13: too large, or the block size is.
  public static let requestEntityTooLarge = Code(4, 13)
  /// 4.15
  public static let unsupportedContentFormat = Code(4, 15)
  /// 4.22
  public static let unprocessableEntity = Code(4, 22)
  /// 4.29
  public static let tooManyRequests = Code(4, 29)
  /// 5.00
  public static let internalServerError = Code(5, 0)
  /// 5.01
  public static let notImplemented = Code(5, 1)
  /// 5.02
  public static let badGateway = Code(5, 2)
  /// 5.03; Max-Age says when to try again.
  public static let serviceUnavailable = Code(5, 3)
  /// 5.04
  public static let gatewayTimeout = Code(5, 4)
  /// 5.05
  public static let proxyingNotSupported = Code(5, 5)
  /// 5.08: the hop limit was reached.
  public static let hopLimitReached = Code(5, 8)
}

// RFC 8323 §11.1.
extension Code {
  /// 7.01: capabilities and settings, the first message on every connection.
  public static let csm = Code(7, 1)
  /// 7.02
  public static let ping = Code(7, 2)
  /// 7.03
  public static let pong = Code(7, 3)
  /// 7.04: finish what is under way, then close.
  public static let release = Code(7, 4)
  /// 7.05: closed at once; the payload may say why.
  public static let abort = Code(7, 5)
}
