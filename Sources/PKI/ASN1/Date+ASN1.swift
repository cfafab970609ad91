import Foundation
import SwiftASN1

// Times are whole seconds of UTC (RFC 5280 §4.1.2.5, RFC 5652 §11.3): UTCTime up to 2049, GeneralizedTime from 2050 on.
extension Date {
  /// Writes this moment as an ASN.1 Time; fractions of a second are cut off.
  func serializeTime(into coder: inout DER.Serializer) throws {
    let moment = CalendarMoment(self)
    if (1950..<2050).contains(moment.year) {
      try coder.serialize(
        UTCTime(
          year: moment.year, month: moment.month, day: moment.day, hours: moment.hours, minutes: moment.minutes,
          seconds: moment.seconds))
    } else {
      try serializeGeneralizedTime(into: &coder)
    }
  }

  /// Writes this moment as GeneralizedTime, as OCSP has it for every year (RFC 6960 §4.2.1).
  func serializeGeneralizedTime(into coder: inout DER.Serializer) throws {
    let moment = CalendarMoment(self)
    try coder.serialize(
      GeneralizedTime(
        year: moment.year, month: moment.month, day: moment.day, hours: moment.hours, minutes: moment.minutes,
        seconds: moment.seconds, fractionalSeconds: 0))
  }

  /// Reads an ASN.1 Time.
  init(time node: ASN1Node) throws {
    if node.identifier == .utcTime {
      let time = try UTCTime(derEncoded: node)
      self =
        CalendarMoment(
          year: time.year, month: time.month, day: time.day, hours: time.hours, minutes: time.minutes,
          seconds: time.seconds
        ).date
    } else {
      let time = try GeneralizedTime(derEncoded: node)
      self =
        CalendarMoment(
          year: time.year, month: time.month, day: time.day, hours: time.hours, minutes: time.minutes,
          seconds: time.seconds
        ).date
    }
  }
}

/// A moment in the Gregorian calendar of UTC. Foundation's calendar takes longer for one than a P-256 signature does for
/// itself, and an OCSP answer has four.
struct CalendarMoment: Equatable {
  let year, month, day, hours, minutes, seconds: Int

  /// A moment by its parts, which must be a moment: SwiftASN1 has looked at them.
  init(year: Int, month: Int, day: Int, hours: Int, minutes: Int, seconds: Int) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hours, self.minutes, self.seconds) = (hours, minutes, seconds)
  }

  /// The moment as a date.
  var date: Date {
    // As below, the other way round.
    let year = month > 2 ? year : year - 1
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return Date(timeIntervalSince1970: TimeInterval(days * 86_400 + hours * 3_600 + minutes * 60 + seconds))
  }

  init(_ date: Date) {
    let total = Int(date.timeIntervalSince1970.rounded(.down))
    let secondOfDay = ((total % 86_400) + 86_400) % 86_400
    (hours, minutes, seconds) = (secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60)
    // Years begin in March here, so that a leap day is a year's last, and 400 of them are 146,097 days.
    let days = (total - secondOfDay) / 86_400 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }
}
