import Foundation
import Gateway
import PKI

/// The list of the devices that a factory made: CSV (RFC 4180) with the columns `id,thumbprint,model`.
///
/// What `muster device import` reads. A row is appended whole and durably, or not at all.
struct FactoryList {
  private static let head = "id,thumbprint,model"

  private let path: String
  private let rows: [String]

  /// Reads a list; no file is an empty one.
  init(_ path: String) throws {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      rows = []
      return
    }
    let lines = try DurableFile.readText(path).split(whereSeparator: \.isNewline).map(String.init)
    guard lines.isEmpty || lines[0] == Self.head else {
      throw GatewayError(
        .badIdentity, "The file \(path) is no factory list: it does not begin with '\(Self.head)'.",
        advice: "Name another file with --factory-list.")
    }
    rows = Array(lines.dropFirst())
  }

  /// Adds a device; one that is there already is left as it is.
  ///
  /// - Throws: `GatewayError` when the device has no key, when its name stands there with another one, or when the list
  ///   cannot be written.
  func add(_ identity: DeviceIdentity) throws {
    guard let thumbprint = identity.thumbprint?.hexadecimal else {
      throw GatewayError(
        .refusedByDevice, "\(identity.serialNumber) does not say its public key, so it cannot be listed.",
        advice: "Give it newer firmware, or leave out --factory-list.")
    }
    let key = "\(identity.serialNumber),\(thumbprint),"
    guard !rows.contains(where: { $0.hasPrefix(key) }) else { return }
    guard !rows.contains(where: { $0.hasPrefix("\(identity.serialNumber),") }) else {
      throw GatewayError(
        .badIdentity, "\(path) has \(identity.serialNumber) with another key.",
        advice: "Two devices with one name, or a device whose key was made anew: find out which, and mend the list.")
    }
    let row = key + Self.quoted(identity.model)
    let text = ([Self.head] + rows + [row]).joined(separator: "\n") + "\n"
    do {
      try DurableFile.replace(path, bytes: Array(text.utf8))
    } catch {
      throw GatewayError(.cannotWrite, "\(error)", advice: "The device was not provisioned; name another file.")
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
