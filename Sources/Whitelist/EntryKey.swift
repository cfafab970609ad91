/// What entries are sorted and found by: an issuer of the list's table, then the serial number.
struct EntryKey: Equatable {
  let issuer: UInt32
  let serialNumber: SerialNumber

  static func < (left: EntryKey, right: EntryKey) -> Bool {
    left.issuer != right.issuer ? left.issuer < right.issuer : left.serialNumber < right.serialNumber
  }
}
