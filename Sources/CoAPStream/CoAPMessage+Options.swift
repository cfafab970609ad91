import CoAP

extension CoAPMessage {
  /// The values of all options of this number, in their order.
  public func values(of number: OptionNumber) -> [[UInt8]] {
    self.options.filter { $0.number == number }.map(\.value)
  }

  /// The value of the first option of this number.
  public func value(of number: OptionNumber) -> [UInt8]? {
    self.options.first { $0.number == number }?.value
  }

  /// The first option of this number as an unsigned integer; nil if there is none or it has more than four bytes.
  public func uint(_ number: OptionNumber) -> UInt32? {
    guard let value = self.value(of: number), value.count <= 4 else { return nil }
    return value.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The first option of this number as text; nil if there is none or it is not UTF-8.
  public func string(_ number: OptionNumber) -> String? {
    self.value(of: number).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// Adds an option behind those of the same number.
  public mutating func add(_ number: OptionNumber, _ value: [UInt8] = []) {
    let index = self.options.firstIndex { $0.number > number } ?? self.options.endIndex
    self.options.insert((number, value), at: index)
  }

  /// Adds an option whose value is an unsigned integer, in as few bytes as it needs, none for zero.
  public mutating func add(_ number: OptionNumber, uint: UInt32) {
    self.add(number, withUnsafeBytes(of: uint.bigEndian) { Array($0.drop { $0 == 0 }) })
  }

  /// Adds an option whose value is text.
  public mutating func add(_ number: OptionNumber, _ text: String) {
    self.add(number, Array(text.utf8))
  }

  /// Replaces all options of this number by one, or by none.
  public mutating func set(_ number: OptionNumber, _ value: [UInt8]?) {
    self.remove(number)
    if let value { self.add(number, value) }
  }

  /// Replaces all options of this number by one integer, or by none.
  public mutating func set(_ number: OptionNumber, uint: UInt32?) {
    self.remove(number)
    if let uint { self.add(number, uint: uint) }
  }

  /// Removes all options of this number.
  public mutating func remove(_ number: OptionNumber) {
    self.options.removeAll { $0.number == number }
  }

  /// The Uri-Path's segments. A segment that is not UTF-8 is repaired, so that it matches no path of ours.
  public var uriPath: [String] {
    get { self.values(of: .uriPath).map { String(decoding: $0, as: UTF8.self) } }
    set {
      self.remove(.uriPath)
      for segment in newValue { self.add(.uriPath, segment) }
    }
  }

  /// The Uri-Host; nil if there is none.
  public var uriHost: String? {
    get { self.string(.uriHost) }
    set { self.set(.uriHost, newValue.map { Array($0.utf8) }) }
  }

  /// What the payload is; nil if it is not said.
  public var contentFormat: ContentFormat? {
    get { self.uint(.contentFormat).flatMap { UInt16(exactly: $0) }.map { ContentFormat(rawValue: $0) } }
    set { self.set(.contentFormat, uint: newValue.map { UInt32($0.rawValue) }) }
  }

  /// Seconds: how long a response may be kept, or with 5.03 when to try again.
  public var maxAge: UInt32? {
    get { self.uint(.maxAge) }
    set { self.set(.maxAge, uint: newValue) }
  }

  /// The Block1 option: the slice of the request's body. A malformed one reads as nil.
  public var block1: Block? {
    get { self.block(.block1) }
    set { self.set(.block1, uint: newValue?.optionValue) }
  }

  /// The Block2 option: the slice of the response's body. A malformed one reads as nil.
  public var block2: Block? {
    get { self.block(.block2) }
    set { self.set(.block2, uint: newValue?.optionValue) }
  }

  /// The first ETag; nil if there is none or it is malformed.
  public var entityTag: EntityTag? {
    self.value(of: .eTag).flatMap { Token($0.span) }
  }

  private func block(_ number: OptionNumber) -> Block? {
    guard let value = self.value(of: number), value.count <= 3 else { return nil }
    return self.uint(number).flatMap { Block(optionValue: $0) }
  }
}
