import Crypto
import Foundation

/// Echo values for message 1 under load (RFC 9175 §2.3): they prove that whoever sends can also receive there, and cost no
/// memory. Four bytes, the first of them never zero, which a device keeps as a number: 31 bits of a MAC over the half minute
/// and the route. Whoever guesses one in two thousand million tries has a place that he could have had by listening.
struct RouteEcho: Sendable {
  private static let bytes = 4
  private let key = SymmetricKey(size: .bits256)
  /// How long a value is given out, in seconds; it is good for one such time more.
  private static let period: TimeInterval = 30

  func value(for route: Route, at now: Date) -> [UInt8] { value(for: route, in: Self.period(of: now)) }

  /// Whether the value was given out for this route in this half minute or the one before.
  func isFresh(_ value: [UInt8], for route: Route, at now: Date) -> Bool {
    let period = Self.period(of: now)
    // Both are compared, and whole, so that it takes the same time for every value of this length.
    let isOfNow = Self.isEqual(value, self.value(for: route, in: period))
    let isOfBefore = Self.isEqual(value, self.value(for: route, in: period &- 1))
    return isOfNow || isOfBefore
  }

  private func value(for route: Route, in period: UInt64) -> [UInt8] {
    let time = withUnsafeBytes(of: period.bigEndian) { Array($0) }
    let mac = HMAC<SHA256>.authenticationCode(for: time + Array(route.uriHost.utf8), using: key)
    var value = Array(mac.prefix(Self.bytes))
    value[0] |= 0x80
    return value
  }

  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func period(of date: Date) -> UInt64 {
    UInt64(bitPattern: Int64((date.timeIntervalSince1970 / period).rounded(.down)))
  }
}
