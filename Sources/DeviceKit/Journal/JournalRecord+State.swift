extension JournalRecord {
  /// Where in its life a device is of which this is in force; `nil` is factory state.
  var state: DeviceState? {
    if descriptorBytes == 0 { return nil }
    if key == nil { return .provisioned }
    return certificatesBytes == 0 ? .keyMade : .certified
  }
}
