extension Message {
  /// Where the value of the first option of this number stands, or nil if there is none.
  public func value(of number: OptionNumber, in frame: Span<UInt8>) -> Range<Int>? {
    var cursor = OptionCursor(self)
    while let option = cursor.next(in: frame) {
      if option.number == number { return option.value }
    }
    return nil
  }

  /// Whether there is an option of this number.
  public func has(_ number: OptionNumber, in frame: Span<UInt8>) -> Bool {
    self.value(of: number, in: frame) != nil
  }

  /// The first option of this number as an unsigned integer (RFC 7252 §3.2; leading zeros are allowed in reading).
  ///
  /// - Returns: nil if there is none, or if its value is longer than four bytes.
  public func firstUInt(_ number: OptionNumber, in frame: Span<UInt8>) -> UInt32? {
    guard let range = self.value(of: number, in: frame), range.count <= 4 else { return nil }
    var value: UInt32 = 0
    for index in range { value = value << 8 | UInt32(frame[index]) }
    return value
  }

  /// The payload's format, or nil if none is given.
  public func contentFormat(in frame: Span<UInt8>) -> ContentFormat? {
    guard let value = self.firstUInt(.contentFormat, in: frame), value <= 0xFFFF else { return nil }
    return ContentFormat(rawValue: UInt16(value))
  }

  /// The first option of this number as a short tag (ETag, Request-Tag), or nil if there is none or it is too long.
  public func tag(_ number: OptionNumber, in frame: Span<UInt8>) -> Token? {
    guard let range = self.value(of: number, in: frame) else { return nil }
    return Token(frame.extracting(range))
  }

  /// Whether the Uri-Path options are exactly these segments.
  ///
  /// - Parameter path: the segments joined by `/`, without one at the front: `"est/sen"`; `""` for no segment at all.
  ///   A segment that contains a `/` of its own matches nothing.
  public func matches(path: StaticString, in frame: Span<UInt8>) -> Bool {
    var matched = 0
    var first = true
    var cursor = OptionCursor(self)
    while let option = cursor.next(in: frame) {
      guard option.number == .uriPath else { continue }
      if !first {
        guard path.byte(at: matched) == UInt8(ascii: "/") else { return false }
        matched += 1
      }
      first = false
      for index in option.value {
        let byte = frame[index]
        guard byte != UInt8(ascii: "/"), path.byte(at: matched) == byte else { return false }
        matched += 1
      }
    }
    return matched == path.utf8CodeUnitCount
  }

  /// The first critical option the caller cannot honour: it must answer 4.02 (RFC 7252 §5.4.1).
  ///
  /// An option counts as not understood too when its value's length is outside its definition, or when it stands
  /// there twice and may not (RFC 7252 §5.4.3, §5.4.5).
  ///
  /// - Parameter isSupported: whether the caller knows the option; asked for critical ones only.
  public func firstUnsupportedCriticalOption(
    in frame: Span<UInt8>, isSupported: (OptionNumber) -> Bool
  ) -> OptionNumber? {
    var previous: OptionNumber?
    var cursor = OptionCursor(self)
    while let option = cursor.next(in: frame) {
      let repeated = option.number == previous && !option.number.isRepeatable
      previous = option.number
      guard option.number.isCritical else { continue }
      guard !repeated, option.number.permits(lengthBytes: option.value.count), isSupported(option.number) else {
        return option.number
      }
    }
    return nil
  }
}

extension StaticString {
  /// The byte at `index`, or nil at and after the end.
  ///
  /// The closure's buffer is the only door the standard library has to a literal's bytes without building a `String`;
  /// the bound is checked before the access.
  func byte(at index: Int) -> UInt8? {
    self.withUTF8Buffer { index < $0.count ? $0[index] : nil }
  }
}
