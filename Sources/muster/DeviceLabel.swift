import Foundation
import PKI

/// What is printed on a device: its name, and the thumbprint by which its manager knows it.
///
///     MUSTER:1:<serial number>:<thumbprint, 64 hexadecimal digits>
///
/// is what the QR code says, all in capitals, so that it is coded as alphanumeric (ISO/IEC 18004) unless the serial number
/// has small letters, which stay as they are.
struct DeviceLabel {
  let code: String
  private let lines: [String]

  /// - Returns: nil when the device did not say its public key.
  init?(_ identity: DeviceIdentity) {
    guard let thumbprint = identity.thumbprint?.hexadecimal else { return nil }
    code = "MUSTER:1:\(identity.serialNumber):\(thumbprint.uppercased())"
    let digits = Array(thumbprint)
    let groups = stride(from: 0, to: digits.count, by: 8).map { String(digits[$0..<min($0 + 8, digits.count)]) }
    lines = [
      identity.serialNumber, identity.model, groups.prefix(4).joined(separator: " "),
      groups.dropFirst(4).joined(separator: " "),
    ]
  }

  /// Prints the label; without the program `qrencode` (libqrencode) the code stands there as text only.
  func print() {
    for line in lines { Output.line(line) }
    Output.line(code)
    if let drawing = drawing() {
      FileHandle.standardOutput.write(drawing)
    } else {
      Failure.say("There is no QR code on this label: 'qrencode' is not installed.", "apt-get install qrencode")
    }
  }

  private func drawing() -> Data? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["qrencode", "-t", "UTF8", "-m", "2", "-o", "-", code]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let drawing = try? output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? drawing : nil
  }
}
