import Foundation

/// Tokens of SoftHSM2, a PKCS#11 module that nobody here wrote, in a directory of this process. Its module sees only the tokens that are
/// there when it is loaded, so all of them are made at once, with the PIN 1234.
public enum SoftHSM {
  public static let module = "/usr/lib/softhsm/libsofthsm2.so"
  public static let directory = NSTemporaryDirectory() + "muster-tokens-\(ProcessInfo.processInfo.processIdentifier)"
  public static let pinFile = "\(directory)/pin"

  /// Whether the tokens `main`, `pulled`, `locked`, `manager` and `gone` are there; makes them when it is first asked.
  public static let isReady: Bool = {
    do {
      try? FileManager.default.removeItem(atPath: directory)
      try FileManager.default.createDirectory(atPath: "\(directory)/tokens", withIntermediateDirectories: true)
      let configuration = "\(directory)/softhsm2.conf"
      try Data("directories.tokendir = \(directory)/tokens\nlog.level = ERROR\n".utf8).write(
        to: URL(filePath: configuration))
      setenv("SOFTHSM2_CONF", configuration, 1)
      try secret("1234\n", pinFile)
      for label in ["main", "pulled", "locked", "manager", "gone"] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/softhsm2-util")
        process.arguments = ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", "1234"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return false }
      }
      return true
    } catch {
      return false
    }
  }()

  /// Writes a small file.
  public static func secret(_ text: String, _ path: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  /// Where SoftHSM2 keeps the token with this label.
  public static func folder(ofToken label: String) throws -> String {
    let tokens = "\(directory)/tokens"
    let folders = try FileManager.default.contentsOfDirectory(atPath: tokens).map { "\(tokens)/\($0)" }
    let found = try folders.filter {
      try Data(contentsOf: URL(filePath: "\($0)/token.object")).range(of: Data(label.utf8)) != nil
    }
    guard found.count == 1 else { throw CocoaError(.fileNoSuchFile) }
    return found[0]
  }

  /// The URI of a key.
  public static func uri(_ object: String, token: String = "main", pin: String = pinFile) -> String {
    "pkcs11:token=\(token);object=\(object);type=private?module-path=\(module)&pin-source=file:\(pin)"
  }
}
