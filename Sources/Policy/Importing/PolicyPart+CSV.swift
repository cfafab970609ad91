import PKI
import Whitelist

extension PolicyPart {
  private static let deviceColumns = [
    "device", "thumbprint", "labels", "issuer", "serialNumber", "pin", "maxEntries", "maxBytes",
  ]
  private static let connectionColumns = ["name", "from", "to", "protocol", "transport", "port", "leastTLS"]

  /// Reads an engineering table: devices, whose head begins with `device`, or connections, with `from` and `to`
  /// (docs/whitelist.md).
  ///
  /// - Throws: ``PolicyError`` with line and column; nothing is passed over.
  public init(csv text: String, file: String) throws(PolicyError) {
    self.init()
    let table = try CSVTable(text, file: file)
    let isDevices = table.columns.contains("device")
    let known = isDevices ? Self.deviceColumns : Self.connectionColumns
    for column in table.columns where !known.contains(column) {
      throw PolicyError(
        .unknownField, at: "\(file):1", "there is no column '\(column)'; there are \(known.joined(separator: ", ")).")
    }
    var places: [String: Int] = [:]
    for row in table.rows {
      if isDevices { try addDevice(row, &places) } else { rules.append(try PolicyRule(row, number: rules.count + 1)) }
    }
  }

  /// Further rows of one device are its further certificates.
  ///
  /// - Parameter places: where the devices are, by name.
  private mutating func addDevice(_ row: CSVTable.Row, _ places: inout [String: Int]) throws(PolicyError) {
    let device = try PolicyDevice(row)
    guard let index = places[device.name] else {
      places[device.name] = devices.count
      devices.append(device)
      return
    }
    var (known, other) = (devices[index], device)
    (known.certificates, other.certificates) = ([], [])
    guard known == other, !device.certificates.isEmpty else {
      throw PolicyError(.duplicate, at: row.place, "'\(device.name)' is there already, with other cells.")
    }
    devices[index].certificates += device.certificates
  }
}

extension PolicyDevice {
  fileprivate init(_ row: CSVTable.Row) throws(PolicyError) {
    self.init(try row.required("device"))
    thumbprint = try row.bytes("thumbprint", 32...32)
    labels = row["labels"]?.split(separator: " ").map(String.init) ?? []
    let serialNumber = try row.bytes("serialNumber", 1...WhitelistLimits.serialNumberBytes)
    let pin = try row.bytes("pin", 32...32)
    switch (row["issuer"], serialNumber) {
    case (let issuer?, let serialNumber?):
      certificates = [Certificate(issuer: issuer, serialNumber: serialNumber, pin: pin)]
    case (nil, nil) where pin == nil: break
    default: throw row.fault("serialNumber", "a certificate has an issuer and a serial number.")
    }
    capacity = WhitelistCapacity(
      listBytes: try row.number("maxBytes", 1...WhitelistLimits.listBytes) ?? WhitelistLimits.listBytes,
      entries: try row.number("maxEntries", 0...WhitelistLimits.entries) ?? WhitelistLimits.entries)
  }
}

extension PolicyRule {
  fileprivate init(_ row: CSVTable.Row, number: Int) throws(PolicyError) {
    self.init(row["name"] ?? "\(row.place)", from: [], to: [], use: nil)
    from = try row.selectors("from")
    to = try row.selectors("to")
    var use = WhitelistTerms.Rule()
    use.protocols = try row.values("protocol", PolicyWords.application)
    use.transports = try row.values("transport", PolicyWords.transport)
    use.ports = try row.values("port", PolicyWords.ports)
    if let text = row["leastTLS"] {
      guard let version = PolicyWords.tlsVersion(text) else {
        throw row.fault("leastTLS", "'\(text)' is not 1.2 or 1.3.")
      }
      use.leastTLSVersion = version
    }
    // Nothing said: what the role accepts. Everything allowed is said by `any`.
    let isSaid = ["protocol", "transport", "port", "leastTLS"].contains { row[$0] != nil }
    self.use = isSaid ? use : nil
  }
}

extension CSVTable.Row {
  fileprivate func bytes(_ column: String, _ count: ClosedRange<Int>) throws(PolicyError) -> [UInt8]? {
    guard let text = self[column] else { return nil }
    guard let bytes = [UInt8](hexadecimal: text), count.contains(bytes.count) else {
      throw fault(column, "'\(text)' is not \(count.lowerBound) to \(count.upperBound) bytes in hexadecimal.")
    }
    return bytes
  }

  fileprivate func number(_ column: String, _ range: ClosedRange<Int>) throws(PolicyError) -> Int? {
    guard let text = self[column] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw fault(column, "'\(text)' is no number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  fileprivate func selectors(_ column: String) throws(PolicyError) -> [PolicySelector] {
    var selectors: [PolicySelector] = []
    for word in try required(column).split(separator: " ") {
      guard let selector = PolicySelector(String(word)) else { throw fault(column, "'\(word)' names no devices.") }
      selectors.append(selector)
    }
    return selectors
  }

  fileprivate func values<Value>(_ column: String, _ read: (String) -> Value?) throws(PolicyError) -> [Value]? {
    guard let text = self[column], text != "any" else { return nil }
    var values: [Value] = []
    for word in text.split(separator: " ") {
      guard let value = read(String(word)) else { throw fault(column, "'\(word)' is no \(column).") }
      values.append(value)
    }
    return values
  }
}
