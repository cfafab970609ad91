/// Reads the times of a certificate as RFC 5280 §4.1.2.5 has them, and nothing else.
enum CertificateTime {
  /// Steps over the next element, a UTCTime or GeneralizedTime, and returns seconds since 1970.
  ///
  /// UTCTime through 2049 and GeneralizedTime from 2050 on, both to the second and in Zulu.
  /// - Throws: ``CertificateRefusal/time``
  static func read(_ reader: inout DERReader, _ bytes: Span<UInt8>) throws(CertificateRefusal) -> UInt64 {
    let isShort = reader.isNext(DERTag.utcTime)
    guard isShort || reader.isNext(DERTag.generalizedTime) else { throw .time }
    let content = try reader.nextOfAnyTag()
    guard content.count == (isShort ? 13 : 15), bytes[content.upperBound - 1] == UInt8(ascii: "Z") else { throw .time }
    var digits = content.lowerBound
    var year = try twoDigits(&digits, bytes)
    if isShort {
      year += year < 50 ? 2000 : 1900
    } else {
      year = try year * 100 + twoDigits(&digits, bytes)
      guard year >= 2050 else { throw .time }
    }
    let month = try twoDigits(&digits, bytes)
    let day = try twoDigits(&digits, bytes)
    let hour = try twoDigits(&digits, bytes)
    let minute = try twoDigits(&digits, bytes)
    let second = try twoDigits(&digits, bytes)
    guard year >= 1970, 1...12 ~= month, day >= 1, day <= days(in: month, of: year), hour < 24, minute < 60, second < 60
    else { throw .time }
    let secondOfDay = (hour * 60 + minute) * 60 + second
    return UInt64(widening: UInt32(daysSince1970(year, month, day))) &* 86_400 + UInt64(widening: UInt32(secondOfDay))
  }

  private static func twoDigits(_ position: inout Int, _ bytes: Span<UInt8>) throws(CertificateRefusal) -> Int {
    let tens = Int(bytes[position]) - 0x30
    let ones = Int(bytes[position + 1]) - 0x30
    guard 0...9 ~= tens, 0...9 ~= ones else { throw .time }
    position += 2
    return tens * 10 + ones
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    if month == 2 { return isLeap(year) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    var days = 365 * (year - 1970) + day - 1
    // Leap days of the years from 1970 to the one before.
    let before = year - 1
    days += before / 4 - before / 100 + before / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
    for earlier in 1..<month { days += Self.days(in: earlier, of: year) }
    return days
  }
}
