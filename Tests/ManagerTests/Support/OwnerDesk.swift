import Foundation
import PKI

@testable import Manager

/// The network's owner at a terminal: commands of `muster` as processes, and the trust root in a folder.
struct OwnerDesk: Sendable {
  let folder: String

  /// Makes the root.
  init(_ folder: String) throws {
    self.folder = folder
    try muster("trust", "init", "--dir", folder)
  }

  var rootKey: String { "\(folder)/root.key" }
  var root: [UInt8] { get throws { try PublicKeyFile.read("\(folder)/root.pub") } }

  /// Signs the first descriptor.
  func sign(_ name: String, anchor: String, managerKeys: [String]) throws -> String {
    try muster(
      ["trust", "sign", "--root-key", rootKey, "--network", "plant", "--anchor", anchor, "--out", "\(folder)/\(name)"]
        + managerKeys.flatMap { ["--manager-key", $0] })
    return "\(folder)/\(name)"
  }

  /// Signs the descriptor that follows another.
  func rotate(_ previous: String, _ name: String, _ change: String...) throws -> String {
    try muster(
      ["trust", "rotate", "--root-key", rootKey, "--previous", previous, "--out", "\(folder)/\(name)"] + change)
    return "\(folder)/\(name)"
  }

  /// The public half of a manager's key, as `muster manager keys` prints it, in a file of the owner's.
  func publicKey(_ role: String, of manager: ManagerFolder, _ more: String...) throws -> String {
    let json = try muster(["manager", "keys", "--dir", manager.path, "--json"] + more)
    let keys = try JSONDecoder().decode([ManagerPublicKey].self, from: Data(json))
    guard let key = keys.first(where: { $0.role == role }) else { throw Failure(description: "no \(role) key") }
    let file = "\(folder)/\(key.thumbprint.prefix(16)).pub"
    try Data(key.pem.utf8).write(to: URL(filePath: file))
    return file
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  @discardableResult
  func muster(_ arguments: String...) throws -> [UInt8] { try muster(arguments) }

  /// Runs a command.
  ///
  /// - Returns: what it prints.
  @discardableResult
  func muster(_ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    let (output, complaint) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [Self.program] + arguments
    process.standardOutput = output
    process.standardError = complaint
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    let words = try complaint.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        description: "\(arguments) ended with \(process.terminationStatus): \(String(decoding: words, as: UTF8.self))")
    }
    return Array(printed)
  }

  private static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/debug/muster").path
}
