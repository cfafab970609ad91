import Crypto

/// Links each record of a log to the one before it: who changes, removes, inserts or moves a record breaks the links from there
/// on, and who noted the newest link somewhere else can tell.
public enum RecordChain {
  /// What the first record is linked to: 32 bytes.
  ///
  /// - Parameter name: what the log is, so that no link of one fits into another.
  public static func start(_ name: String) -> [UInt8] { Array(SHA256.hash(data: Array(name.utf8))) }

  /// A text as SQLite gives it back: there a text ends at its first NUL, and whoever can put one into a name must not make a
  /// record that does not fit to its own link.
  public static func storable(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }

  /// A record's link: 32 bytes, the SHA-256 of the one before and the record's values.
  ///
  /// - Parameters:
  ///   - previous: the link of the record before.
  ///   - fields: the record's values, in an order that never changes.
  public static func link(_ previous: [UInt8], _ fields: [String?]) -> [UInt8] {
    var bytes = previous
    for field in fields {
      // Lengths keep two fields from passing for one, and an absent one from passing for an empty one.
      let text = Array((field ?? "").utf8)
      bytes.append(field == nil ? 0 : 1)
      bytes += withUnsafeBytes(of: UInt32(text.count).bigEndian, Array.init)
      bytes += text
    }
    return Array(SHA256.hash(data: bytes))
  }
}
