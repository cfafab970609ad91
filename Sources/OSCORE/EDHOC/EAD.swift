public import COSE

/// One item of external authorization data (RFC 9528 §3.8).
public struct EADItem: ~Escapable {
  /// 0 is padding, to be ignored.
  public let label: UInt16
  /// Whether the session must end if the receiver does not understand it.
  public let isCritical: Bool
  /// Nil when the item has none.
  public let value: Span<UInt8>?

  @_lifetime(copy value)
  init(label: UInt16, isCritical: Bool, value: Span<UInt8>?) {
    self.label = label
    self.isCritical = isCritical
    self.value = value
  }
}

/// The labels of external authorization data that a caller understands; Muster itself understands none.
public struct EADLabels: Equatable, Sendable {
  private var first: UInt16 = 0
  private var second: UInt16 = 0

  /// None: critical items are refused, all others ignored.
  public static let none = EADLabels()

  /// None.
  public init() {}

  /// One or two labels, not 0.
  public init(_ first: UInt16, _ second: UInt16 = 0) {
    self.first = first
    self.second = second
  }

  func contains(_ label: UInt16) -> Bool { label == 0 || label == self.first || label == self.second }
}

/// Reads the items of an EAD field one by one.
public struct EADItems: ~Escapable {
  private var reader: CBORReader

  /// - Parameter bytes: a whole EAD field; no bytes for none.
  /// - Throws: an encoding's fault.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) throws(EDHOCError) {
    do throws(CBORError) {
      self.reader = try CBORReader(bytes)
    } catch {
      throw EDHOCError(error)
    }
  }

  /// The next item, nil at the end.
  ///
  /// - Throws: `malformed` for anything but an integer of at most 65535 either way, and a byte string if one follows.
  @_lifetime(copy self)
  public mutating func next() throws(EDHOCError) -> EADItem? {
    guard !self.reader.isAtEnd else { return nil }
    do throws(CBORError) {
      let label = try self.reader.int()
      let magnitude = label.magnitude
      guard magnitude <= 0xFFFF else { throw .outOfRange }
      let value = self.reader.kind == .bytes ? try self.reader.byteString() : nil
      return EADItem(label: UInt16(truncatingIfNeeded: magnitude), isCritical: label < 0, value: value)
    } catch {
      throw EDHOCError(error)
    }
  }

  /// Whether a field is well-formed and holds no critical item that is not among `labels`.
  ///
  /// - Throws: `criticalEAD`, `malformed`, an encoding's fault.
  static func check(_ bytes: Span<UInt8>, understanding labels: EADLabels) throws(EDHOCError) {
    var items = try EADItems(bytes)
    while let item = try items.next() {
      guard !item.isCritical || labels.contains(item.label) else { throw .criticalEAD }
    }
  }

  /// Writes an item.
  ///
  /// - Parameter value: nil for none. Padding is label 0 with as many bytes as the message shall grow by.
  public static func write(
    label: UInt16, isCritical: Bool = false, value: Span<UInt8>?, to writer: inout CBORWriter
  ) {
    if isCritical && label > 0 {
      // -label: a device has no widening to Int64 without allocations (see `UInt64+Widening` in COSE).
      let argument = label - 1
      let low = UInt8(truncatingIfNeeded: argument)
      let head: InlineArray<3, UInt8> =
        argument < 24
        ? [0x20 | low, 0, 0] : argument < 256 ? [0x38, low, 0] : [0x39, UInt8(truncatingIfNeeded: argument >> 8), low]
      writer.raw(head.span.extracting(0..<(argument < 24 ? 1 : argument < 256 ? 2 : 3)))
    } else {
      writer.uint32(UInt32(label))
    }
    if let value { writer.bytes(value) }
  }
}
