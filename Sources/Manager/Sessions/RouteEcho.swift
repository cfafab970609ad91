import Crypto
import Foundation

/// Echo values for message 1 under load (RFC 9175 §2.3): they prove that whoever sends can also receive there, and cost no
/// memory. Four bytes of time and eight of a MAC over time and route.
struct RouteEcho: Sendable {
  private let key = SymmetricKey(size: .bits256)
  /// How old a value may be, in seconds.
  private static let lifetime: UInt32 = 60

  func value(for route: Route, at now: Date) -> [UInt8] {
    let seconds = Self.seconds(now)
    let time = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: seconds >> $0) }
    return time + mac(time, route)
  }

  func isFresh(_ value: [UInt8], for route: Route, at now: Date) -> Bool {
    guard value.count == 12 else { return false }
    let time = Array(value.prefix(4))
    let seconds = time.reduce(0) { $0 << 8 | UInt32($1) }
    let mac = mac(time, route)
    // The difference is in the last step only, so that the comparison takes the same time for every value.
    let isGenuine = zip(mac, value.dropFirst(4)).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    return isGenuine && Self.seconds(now) &- seconds <= Self.lifetime
  }

  private func mac(_ time: [UInt8], _ route: Route) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: time + Array(route.uriHost.utf8), using: key).prefix(8))
  }

  private static func seconds(_ date: Date) -> UInt32 { UInt32(truncatingIfNeeded: Int64(date.timeIntervalSince1970)) }
}
