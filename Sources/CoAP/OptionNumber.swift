/// A CoAP option's number; its low bits say how one who does not know the option must treat it (RFC 7252 §5.4.6).
public struct OptionNumber: Hashable, Comparable, Sendable {
  /// 0 to 65535.
  public var rawValue: UInt16

  /// Any number: unknown ones are elective or critical by their lowest bit.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Who does not understand it must refuse the message (4.02), not ignore the option.
  public var isCritical: Bool { self.rawValue & 1 != 0 }

  /// A proxy that does not understand it must not forward the message.
  public var isUnsafe: Bool { self.rawValue & 2 != 0 }

  /// Leaves the cache key alone (only for options safe to forward).
  public var isNoCacheKey: Bool { self.rawValue & 0x1E == 0x1C }

  /// Options stand in this order in a message.
  public static func < (left: OptionNumber, right: OptionNumber) -> Bool {
    left.rawValue < right.rawValue
  }
}

// IANA, CoAP Option Numbers.
extension OptionNumber {
  /// RFC 7252 §5.10.8.1
  public static let ifMatch = OptionNumber(rawValue: 1)
  /// RFC 7252 §5.10.1
  public static let uriHost = OptionNumber(rawValue: 3)
  /// RFC 7252 §5.10.6
  public static let eTag = OptionNumber(rawValue: 4)
  /// RFC 7252 §5.10.8.2
  public static let ifNoneMatch = OptionNumber(rawValue: 5)
  /// RFC 7641
  public static let observe = OptionNumber(rawValue: 6)
  /// RFC 7252 §5.10.1
  public static let uriPort = OptionNumber(rawValue: 7)
  /// RFC 7252 §5.10.7
  public static let locationPath = OptionNumber(rawValue: 8)
  /// RFC 8613
  public static let oscore = OptionNumber(rawValue: 9)
  /// RFC 7252 §5.10.1
  public static let uriPath = OptionNumber(rawValue: 11)
  /// RFC 7252 §5.10.3
  public static let contentFormat = OptionNumber(rawValue: 12)
  /// RFC 7252 §5.10.5, seconds
  public static let maxAge = OptionNumber(rawValue: 14)
  /// RFC 7252 §5.10.1
  public static let uriQuery = OptionNumber(rawValue: 15)
  /// RFC 8768
  public static let hopLimit = OptionNumber(rawValue: 16)
  /// RFC 7252 §5.10.4
  public static let accept = OptionNumber(rawValue: 17)
  /// RFC 7252 §5.10.7
  public static let locationQuery = OptionNumber(rawValue: 20)
  /// RFC 9668
  public static let edhoc = OptionNumber(rawValue: 21)
  /// RFC 7959 §2.1
  public static let block2 = OptionNumber(rawValue: 23)
  /// RFC 7959 §2.1
  public static let block1 = OptionNumber(rawValue: 27)
  /// RFC 7959 §4
  public static let size2 = OptionNumber(rawValue: 28)
  /// RFC 7252 §5.10.2
  public static let proxyUri = OptionNumber(rawValue: 35)
  /// RFC 7252 §5.10.2
  public static let proxyScheme = OptionNumber(rawValue: 39)
  /// RFC 7252 §5.10.9, RFC 7959 §4
  public static let size1 = OptionNumber(rawValue: 60)
  /// RFC 9175 §2
  public static let echo = OptionNumber(rawValue: 252)
  /// RFC 7967
  public static let noResponse = OptionNumber(rawValue: 258)
  /// RFC 9175 §3
  public static let requestTag = OptionNumber(rawValue: 292)
  /// Muster's own, from the range for experiments: the name of the line a message came from. Elective and safe to
  /// forward by its bits, unprotected, a routing hint and never an identity (docs/spec/device.md).
  public static let musterLine = OptionNumber(rawValue: 65000)
}

// RFC 8323 §11.2: signals have option numbers of their own.
extension OptionNumber {
  /// In a CSM (7.01): the longest message its sender takes, in bytes; 1152 unless said.
  public static let maxMessageSize = OptionNumber(rawValue: 2)
  /// In a CSM (7.01): its sender knows RFC 7959 (and BERT, if it takes messages longer than 1152 bytes).
  public static let blockWiseTransfer = OptionNumber(rawValue: 4)
  /// In a Ping or Pong: answered only after everything before it was worked off.
  public static let custody = OptionNumber(rawValue: 2)
  /// In a Release (7.04): seconds to wait before connecting again.
  public static let holdOff = OptionNumber(rawValue: 4)
  /// In an Abort (7.05): the CSM option that could not be honoured.
  public static let badCSMOption = OptionNumber(rawValue: 2)
}
