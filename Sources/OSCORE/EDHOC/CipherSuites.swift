import COSE

/// Lists of cipher suites: one integer, or an array of two and more (RFC 9528 §5.2.2, §6.3).
enum CipherSuites {
  /// `EDHOC.cipherSuite`, in the width that numbers are read in.
  private static let ours: Int64 = 2

  /// What SUITES_I wants.
  enum Verdict {
    /// Suite 2 is selected, and nothing that Muster speaks too is preferred.
    case ours
    /// Another one.
    case other
    /// Not a list of suites.
    case malformed
  }

  /// Judges SUITES_I: the last suite is the selected one, those before it the initiator likes better.
  static func judge(_ item: Span<UInt8>) -> Verdict {
    do throws(CBORError) {
      var reader = try CBORReader(item)
      guard reader.kind == .array else { return try reader.int() == Self.ours ? .ours : .other }
      var count = try reader.array()
      guard count >= 2, count <= EDHOC.maxSuites else { return .malformed }
      // Suite 2 in front of the selected one: then it should have been selected.
      var isOurs = true
      while count > 1 {
        if try reader.int() == Self.ours { isOurs = false }
        count -= 1
      }
      return try reader.int() == Self.ours && isOurs ? .ours : .other
    } catch {
      return .malformed
    }
  }

  /// Whether a list, such as SUITES_R of an error message, holds suite 2; nil if it is no list.
  static func contains(_ item: Span<UInt8>) -> Bool? {
    do throws(CBORError) {
      var reader = try CBORReader(item)
      var count = 1
      if reader.kind == .array {
        count = try reader.array()
        guard count >= 2, count <= EDHOC.maxSuites else { return nil }
      }
      var isThere = false
      while count > 0 {
        if try reader.int() == Self.ours { isThere = true }
        count -= 1
      }
      return isThere
    } catch {
      return nil
    }
  }
}
