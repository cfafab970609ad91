import Foundation
import Gateway
import PKI

/// The list of the devices that a factory made: CSV (RFC 4180) with the columns `id,thumbprint,model`.
///
/// What `muster device import` reads. A row is added whole and durably, or not at all, and stations that share a list wait for
/// each other: what another one added meanwhile stays.
struct FactoryList {
  private static let head = "id,thumbprint,model"

  private let path: String

  /// Looks at a list, before anything is done to a device; no file is an empty one.
  init(_ path: String) throws {
    self.path = path
    _ = try Self.rows(of: path)
  }

  private static func rows(of path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let lines = try DurableFile.readText(path).split(whereSeparator: \.isNewline).map(String.init)
    guard lines.isEmpty || lines[0] == head else {
      throw GatewayError(
        .badIdentity, "The file \(path) is no factory list: it does not begin with '\(head)'.",
        advice: "Name another file with --factory-list.")
    }
    return Array(lines.dropFirst())
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
    // On the folder, since the file itself is replaced. Another station holds it for the time of one write.
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if folder >= 0 { close(folder) } }
    guard folder >= 0, flock(folder, LOCK_EX) == 0 else {
      throw GatewayError(
        .cannotWrite, "The folder of \(path) cannot be locked: \(String(cString: strerror(errno))).",
        advice: "The device was not provisioned; name another file.")
    }
    let rows = try Self.rows(of: path)
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
