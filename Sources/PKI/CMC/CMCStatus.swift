/// The outcome of a CMC request (RFC 5272 §6.1.3).
public enum CMCStatus: Int, Sendable {
  case success = 0
  case failed = 2
  case pending = 3
  case noSupport = 4
  case confirmRequired = 5
  case popRequired = 6
  case partial = 7
}

/// Why a CMC request failed, as far as the standard distinguishes it (RFC 5272 §6.1.4).
public enum CMCFailInfo: Int, Sendable {
  case badAlgorithm = 0
  case badMessageCheck = 1
  case badRequest = 2
  case badTime = 3
  case badCertificateID = 4
  case unsupportedExtension = 5
  case mustArchiveKeys = 6
  case badIdentity = 7
  case popRequired = 8
  case popFailed = 9
  case noKeyReuse = 10
  case internalCAError = 11
  case tryLater = 12
  case authenticationDataFailed = 13
}

/// The statusInfoV2 control (RFC 5272 §6.1.1): how a request went.
///
/// RFC 5272 has fourteen reasons; a system needs more to say what to do. So the status string, which is free text there, is
/// `<reason>: <sentence>` here: a stable name for programs, then a sentence for people.
public struct CMCStatusInfo: Equatable, Sendable {
  /// How it went.
  public let status: CMCStatus
  /// The body parts of the request that this is about; 0 is the request as a whole.
  public let bodyParts: [UInt32]
  /// The stable name of the refusal, such as `nonce-replayed`; nil on success or when the peer gave none.
  public let reason: String?
  /// The sentence for people.
  public let sentence: String?
  /// The standard's own reason.
  public let failInfo: CMCFailInfo?

  /// The one good outcome.
  public static func success(bodyPart: UInt32) -> CMCStatusInfo {
    CMCStatusInfo(status: .success, bodyParts: [bodyPart], statusString: nil, failInfo: nil)
  }

  /// A refusal.
  ///
  /// - Parameters:
  ///   - reason: a name of small letters, digits and hyphens.
  ///   - sentence: what happened, for people.
  ///   - failInfo: the nearest of the standard's reasons.
  ///   - bodyPart: the refused part; 0 for the request as a whole.
  public static func failed(
    _ reason: String, _ sentence: String, _ failInfo: CMCFailInfo, bodyPart: UInt32 = 0
  ) -> CMCStatusInfo {
    CMCStatusInfo(
      status: .failed, bodyParts: [bodyPart], statusString: "\(reason): \(sentence)", failInfo: failInfo)
  }

  init(status: CMCStatus, bodyParts: [UInt32], statusString: String?, failInfo: CMCFailInfo?) {
    self.status = status
    self.bodyParts = bodyParts
    self.failInfo = failInfo
    let parts = (statusString ?? "").split(separator: ": ", maxSplits: 1)
    if parts.count == 2, parts[0].utf8.allSatisfy(Self.isNameByte) {
      (reason, sentence) = (String(parts[0]), String(parts[1]))
    } else {
      (reason, sentence) = (nil, statusString)
    }
  }

  var statusString: String? {
    guard let reason else { return sentence }
    return "\(reason): \(sentence ?? "")"
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "-")
  }
}
