import COSE
import PKI

/// What a device says at `POST /register`, read strictly.
struct Registration: Equatable {
  let id: DeviceID
  let model: String
  let firmware: String
  let claim: DeviceClaim

  /// - Throws: ``ManagerError`` with code `invalid`, saying what is wrong in words that may go back to the sender.
  init(_ payload: [UInt8]) throws(ManagerError) {
    var fields = Fields()
    do {
      fields = try Fields(payload)
    } catch {
      throw ManagerError(.invalid, "The registration is not the CBOR that docs/spec/device.md has.")
    }
    guard let id = fields.id, let model = fields.model, let firmware = fields.firmware, let holding = fields.holding,
      let longest = fields.longestMessage
    else { throw ManagerError(.invalid, "The registration lacks a field.") }
    guard let holding = UInt8(exactly: holding).flatMap(DeviceClaim.Holding.init(rawValue:)) else {
      throw ManagerError(.invalid, "The registration claims a state that there is not.")
    }
    guard (fields.serial != nil) == (holding == .certificate),
      fields.serial.map({ (1...20).contains($0.count) }) ?? true
    else { throw ManagerError(.invalid, "The registration has a serial number without a certificate, or the reverse.") }
    guard (64...65_536).contains(longest) else {
      throw ManagerError(.invalid, "The registration's longest message is out of range.")
    }
    self.id = try DeviceID(id)
    self.model = try Self.plain(model)
    self.firmware = try Self.plain(firmware)
    claim = DeviceClaim(holding: holding, serial: fields.serial?.hexadecimal, maximumMessageBytes: Int(longest))
  }

  private static func plain(_ text: String) throws(ManagerError) -> String {
    guard NameRule.allowsText(text) else {
      throw ManagerError(.invalid, "The registration has a text that is too long or not printable.")
    }
    return text
  }

  private struct Fields {
    var id: String?
    var model: String?
    var firmware: String?
    var holding: UInt32?
    var serial: [UInt8]?
    var longestMessage: UInt32?

    init() {}

    init(_ payload: [UInt8]) throws(CBORError) {
      var reader = try CBORReader(payload.span)
      for _ in 0..<(try reader.map()) {
        switch try reader.uint() {
        case 1: id = String(span: try reader.text())
        case 2: model = String(span: try reader.text())
        case 3: firmware = String(span: try reader.text())
        case 4: holding = try reader.uint32()
        case 5: serial = Array(span: try reader.byteString())
        case 6: longestMessage = try reader.uint32()
        default: try reader.skip()
        }
      }
      guard reader.isAtEnd else { throw .trailingBytes }
    }
  }
}
