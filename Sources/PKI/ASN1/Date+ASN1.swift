import Foundation
import SwiftASN1

// Signing times are whole seconds of UTC (RFC 5652 §11.3): UTCTime up to 2049, GeneralizedTime from 2050 on.
extension Date {
  /// Writes this moment as an ASN.1 Time; fractions of a second are cut off.
  func serializeTime(into coder: inout DER.Serializer) throws {
    let c = Self.utc.dateComponents([.year, .month, .day, .hour, .minute, .second], from: self)
    guard let year = c.year, let month = c.month, let day = c.day, let hours = c.hour, let minutes = c.minute,
      let seconds = c.second
    else { throw ShapeError("no calendar date") }
    if (1950..<2050).contains(year) {
      try coder.serialize(
        UTCTime(year: year, month: month, day: day, hours: hours, minutes: minutes, seconds: seconds))
    } else {
      try coder.serialize(
        GeneralizedTime(
          year: year, month: month, day: day, hours: hours, minutes: minutes, seconds: seconds, fractionalSeconds: 0))
    }
  }

  /// Reads an ASN.1 Time.
  init(time node: ASN1Node) throws {
    var c = DateComponents()
    if node.identifier == .utcTime {
      let time = try UTCTime(derEncoded: node)
      (c.year, c.month, c.day) = (time.year, time.month, time.day)
      (c.hour, c.minute, c.second) = (time.hours, time.minutes, time.seconds)
    } else {
      let time = try GeneralizedTime(derEncoded: node)
      (c.year, c.month, c.day) = (time.year, time.month, time.day)
      (c.hour, c.minute, c.second) = (time.hours, time.minutes, time.seconds)
    }
    guard let date = Self.utc.date(from: c) else { throw ShapeError("no calendar date") }
    self = date
  }

  private static let utc: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()
}
