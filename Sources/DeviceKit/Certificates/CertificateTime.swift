/// Reads the times of a certificate as RFC 5280 §4.1.2.5 has them, and nothing else.
enum CertificateTime {
  /// Steps over the next element, a UTCTime or GeneralizedTime, and returns seconds since 1970.
  ///
  /// UTCTime through 2049 and GeneralizedTime from 2050 on, both to the second and in Zulu.
  /// Anything else is ``CertificateRefusal/time``.
  @inline(never)
  static func read(_ reader: inout DERReader) -> UInt64 {
    let isShort = reader.isNext(DERTag.utcTime)
    reader.require(isShort || reader.isNext(DERTag.generalizedTime), .time)
    let content = reader.nextOfAnyTag()
    let seconds = content.count == (isShort ? 13 : 15) ? seconds(in: reader.bytes, content, isShort) : nil
    reader.require(seconds != nil, .time)
    return seconds ?? 0
  }

  private static func seconds(in bytes: Span<UInt8>, _ content: Range<Int>, _ isShort: Bool) -> UInt64? {
    guard bytes[content.upperBound - 1] == UInt8(ascii: "Z") else { return nil }
    var position = content.lowerBound
    // Century, year, month, day, hour, minute, second.
    var fields = InlineArray<7, UInt32>(repeating: 0)
    for field in (isShort ? 1 : 0)..<7 {
      let tens = bytes[position] &- 0x30
      let ones = bytes[position + 1] &- 0x30
      guard tens < 10, ones < 10 else { return nil }
      fields[field] = UInt32(tens) * 10 + UInt32(ones)
      position += 2
    }
    if isShort { fields[0] = fields[1] < 50 ? 20 : 19 }
    let year = fields[0] * 100 + fields[1]
    guard year >= (isShort ? 1970 : 2050), 1...12 ~= fields[2], 1...days(in: fields[2], of: year) ~= fields[3],
      fields[4] < 24, fields[5] < 60, fields[6] < 60
    else { return nil }
    let secondOfDay = (fields[4] * 60 + fields[5]) * 60 + fields[6]
    return UInt64(widening: daysSince1970(year, fields[2], fields[3])) &* 86_400 + UInt64(widening: secondOfDay)
  }

  @inline(never)
  private static func days(in month: UInt32, of year: UInt32) -> UInt32 {
    if month == 2 { return isLeap(year) ? 29 : 28 }
    // August turns the alternation of long and short months around.
    return 30 + ((month + month >> 3) & 1)
  }

  @inline(never)
  private static func isLeap(_ year: UInt32) -> Bool {
    year & 3 == 0 && (year & 15 == 0 || year % 25 != 0)
  }

  private static func daysSince1970(_ year: UInt32, _ month: UInt32, _ day: UInt32) -> UInt32 {
    var days = day - 1
    for earlier in 1970..<year { days &+= isLeap(earlier) ? 366 : 365 }
    for earlier in 1..<month { days &+= Self.days(in: earlier, of: year) }
    return days
  }
}
