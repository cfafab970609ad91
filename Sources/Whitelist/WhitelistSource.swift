/// Where a list stands: flash as a rule, for a list may be longer than memory.
///
/// It is read in pieces, twice for a new list: once to hash it, once to read what was hashed. Between the two, and for as
/// long as a ``Whitelist`` is in use, the bytes must not change: a list may stand only where nobody but the device writes.
public protocol WhitelistSource: ~Copyable {
  /// The list's length in bytes.
  var count: Int { get }

  /// Reads bytes into the whole of a buffer.
  ///
  /// - Parameters:
  ///   - offset: from the list's first byte; what is asked for lies within the list.
  ///   - bytes: at most 64.
  func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(WhitelistSourceFailure)
}

/// Flash, or whatever a list stands in, could not be read.
public struct WhitelistSourceFailure: Error, Equatable, Sendable {
  public init() {}
}
