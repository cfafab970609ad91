import COSE

/// EDHOC's error message (RFC 9528 §6): ( ERR_CODE, ERR_INFO ). Nobody authenticates it: it says why there is no session,
/// never who there is.
public enum EDHOCErrorMessage: Equatable, Sendable {
  /// Code 1: unspecified. What its text says is for people, and may be anything.
  case unspecified
  /// Code 2: the suite selected is not the responder's. The associated value: whether the responder speaks suite 2.
  case wrongSuite(speaksOurs: Bool)
  /// Code 3: the credential that ID_CRED refers to is not known; by value it may be.
  case unknownCredential
  /// Another code.
  case other

  /// The most bytes `write` needs, beyond those of a diagnostic text.
  public static let maxBytes = 4

  /// Reads one.
  ///
  /// - Throws: what is wrong with it.
  public init(_ message: Span<UInt8>) throws(EDHOCError) {
    guard message.count <= EDHOC.maxMessageBytes else { throw .tooLong }
    do throws(CBORError) {
      var reader = try CBORReader(message)
      let code = try reader.int()
      let kind = reader.kind
      let info = try reader.encodedItem()
      guard reader.isAtEnd else { throw .trailingBytes }
      switch code {
      case 1:
        guard kind == .text else { throw .wrongType }
        self = .unspecified
      case 2:
        guard let speaksOurs = CipherSuites.contains(info) else { throw .wrongType }
        self = .wrongSuite(speaksOurs: speaksOurs)
      case 3:
        guard info.count == 1, info[0] == 0xF5 else { throw .wrongType }
        self = .unknownCredential
      default:
        self = .other
      }
    } catch {
      throw EDHOCError(error)
    }
  }

  /// Which error message answers a refusal.
  public init(answering error: EDHOCError) {
    self = error == .wrongSuite ? .wrongSuite(speaksOurs: true) : .unspecified
  }

  /// Writes the message; `other` is written as `unspecified`.
  ///
  /// - Parameter diagnostic: a text for `unspecified`, which goes out unprotected.
  /// - Returns: its length.
  /// - Throws: `noSpace`.
  public func write(diagnostic: StaticString = "", into message: inout MutableSpan<UInt8>) throws(EDHOCError) -> Int {
    var writer = CBORWriter(&message)
    switch self {
    case .unspecified, .other:
      writer.uint32(1)
      writer.text(diagnostic)
    case .wrongSuite:
      writer.uint32(2)
      writer.uint32(EDHOC.cipherSuite)
    case .unknownCredential:
      writer.uint32(3)
      writer.bool(true)
    }
    do throws(CBORError) {
      return try writer.finish()
    } catch {
      throw EDHOCError(error)
    }
  }
}
