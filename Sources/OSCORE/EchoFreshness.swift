/// Echo values of a device (RFC 9175 §2): its uptime, from which it tells how long ago it gave one out.
///
/// They need no tag of their own: only the manager can send one back inside the session's OSCORE, and the session ends
/// with the uptime. Nothing is stored, so any number of them may be out.
public enum EchoFreshness {
  /// A value's length.
  public static let valueBytes = 4

  /// The value to give out now.
  ///
  /// - Parameter uptimeMilliseconds: may wrap around.
  public static func value(uptimeMilliseconds: UInt32) -> InlineArray<4, UInt8> {
    [
      UInt8(truncatingIfNeeded: uptimeMilliseconds >> 24), UInt8(truncatingIfNeeded: uptimeMilliseconds >> 16),
      UInt8(truncatingIfNeeded: uptimeMilliseconds >> 8), UInt8(truncatingIfNeeded: uptimeMilliseconds),
    ]
  }

  /// Whether a value that came back was given out at most `lifetimeMilliseconds` ago. One of another length, and one
  /// from the future, is not.
  public static func isFresh(
    _ value: Span<UInt8>, uptimeMilliseconds: UInt32, lifetimeMilliseconds: UInt32 = 30_000
  ) -> Bool {
    guard value.count == Self.valueBytes else { return false }
    var given: UInt32 = 0
    for index in value.indices { given = given << 8 | UInt32(value[index]) }
    return uptimeMilliseconds &- given <= lifetimeMilliseconds
  }
}
