import CoAP

/// A context's ID Context, 0 to 8 opaque bytes (RFC 8613 §3.1). Contexts that come of EDHOC have none.
public typealias IDContext = Token

/// The OSCORE option's value (RFC 8613 §6.1).
///
/// Everything in it is in clear: a hint which context to try. The tag decides.
public struct OSCOREOption: Equatable, Sendable {
  /// The number its sender gave the message; in a response nil means that it goes by the request's.
  public let partialIV: PartialIV?
  /// Tells contexts with the same kid apart.
  public let kidContext: IDContext?
  /// The sender's ID; always in requests.
  public let kid: ConnectionIdentifier?

  init(partialIV: PartialIV?, kidContext: IDContext? = nil, kid: ConnectionIdentifier? = nil) {
    self.partialIV = partialIV
    self.kidContext = kidContext
    self.kid = kid
  }

  /// Reads the option's value.
  ///
  /// - Throws: what is malformed; `unknownContext` for a kid of more than seven bytes or a kid context of more than
  ///   eight: no context of Muster has such.
  public static func parse(_ value: Span<UInt8>) throws(OSCOREError) -> OSCOREOption {
    guard value.count > 0 else { return OSCOREOption(partialIV: nil) }
    let flags = value[0]
    guard flags & Flag.reserved == 0 else { throw .reservedFlag }
    guard flags != 0 else { throw value.count == 1 ? .needlessFlags : .optionTrailingBytes }
    var position = 1
    var partialIV: PartialIV?
    let ivBytes = Int(flags & Flag.partialIVBytes)
    if ivBytes > 0 {
      guard ivBytes <= PartialIV.maxBytes else { throw .reservedLength }
      guard ivBytes <= value.count - position else { throw .optionTruncated }
      partialIV = try PartialIV(value.extracting(position..<position + ivBytes))
      position += ivBytes
    }
    var kidContext: IDContext?
    if flags & Flag.kidContext != 0 {
      guard position < value.count, Int(value[position]) < value.count - position else { throw .optionTruncated }
      let start = position + 1
      position = start + Int(value[position])
      kidContext = IDContext(value.extracting(start..<position))
      guard kidContext != nil else { throw .unknownContext }
    }
    guard flags & Flag.kid != 0 else {
      guard position == value.count else { throw .optionTrailingBytes }
      return OSCOREOption(partialIV: partialIV, kidContext: kidContext)
    }
    guard let kid = ConnectionIdentifier(value.extracting(position..<value.count)) else { throw .unknownContext }
    return OSCOREOption(partialIV: partialIV, kidContext: kidContext, kid: kid)
  }

  /// Reads the OSCORE option of a message, so that its receiver can choose the context by the kid.
  ///
  /// - Throws: `notProtected`, `repeatedOption`, or what `parse` throws.
  public static func of(_ message: Message, in frame: Span<UInt8>) throws(OSCOREError) -> OSCOREOption {
    var found: Range<Int>?
    var cursor = OptionCursor(message)
    while let option = cursor.next(in: frame) {
      guard option.number == .oscore else { continue }
      guard found == nil else { throw .repeatedOption }
      found = option.value
    }
    guard let found else { throw .notProtected }
    return try self.parse(frame.extracting(found))
  }

  /// The first byte's bits.
  private enum Flag {
    static let partialIVBytes: UInt8 = 0x07
    static let kid: UInt8 = 0x08
    static let kidContext: UInt8 = 0x10
    static let reserved: UInt8 = 0xE0
  }

  /// How many bytes the value takes, 0 to 22.
  var valueBytes: Int {
    guard self.partialIV != nil || self.kid != nil || self.kidContext != nil else { return 0 }
    var count = 1
    if let partialIV { count += partialIV.count }
    if let kidContext { count += 1 + kidContext.count }
    if let kid { count += kid.count }
    return count
  }

  /// Writes the value into a buffer that has room for it at `position`.
  func write(to buffer: inout MutableSpan<UInt8>, at position: Int) {
    guard self.valueBytes > 0 else { return }
    var flags: UInt8 = 0
    var next = position + 1
    if let partialIV {
      flags |= UInt8(truncatingIfNeeded: partialIV.count)
      for index in 0..<partialIV.count { buffer[next + index] = partialIV[index] }
      next += partialIV.count
    }
    if let kidContext {
      flags |= Flag.kidContext
      buffer[next] = UInt8(truncatingIfNeeded: kidContext.count)
      for index in 0..<kidContext.count { buffer[next + 1 + index] = kidContext[index] }
      next += 1 + kidContext.count
    }
    if let kid {
      flags |= Flag.kid
      buffer.copy(kid.bytes, at: next)
    }
    buffer[position] = flags
  }
}
