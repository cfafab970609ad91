import Durability
import Foundation

/// The folder of a demonstration: what its processes keep, what they said, what is left for you to look at.
public struct Workspace: Sendable {
  public let root: String
  /// Unix sockets have names of at most 107 bytes, so they stand in a short folder of their own.
  public let sockets: String

  public var ca: String { root + "/authority" }
  public var manager: String { root + "/manager" }
  public var gateway: String { root + "/gateway" }
  public var devices: String { root + "/devices" }
  public var logs: String { root + "/logs" }
  public var flash: String { root + "/flash" }
  public var anchor: String { root + "/ca.pem" }
  /// The owner's folder with the trust root, which in life is on no machine of the network.
  public var owner: String { root + "/owner" }
  public var trustRoot: String { owner + "/root.pub" }
  public var descriptor: String { root + "/trust.cose" }
  public var factoryList: String { root + "/devices.csv" }
  public var chain: String { root + "/chain.pem" }

  /// Makes an empty workspace, after ending whatever a killed demonstration left running in it.
  ///
  /// - Throws: `DemoError` when another demonstration runs there, or the folder holds something else.
  public static func create(at root: String) throws -> (Workspace, PIDRecord) {
    let files = FileManager.default
    let root = URL(fileURLWithPath: root).path
    let mark = root + "/of-muster-demo"
    if files.fileExists(atPath: root) {
      let isOurs = files.fileExists(atPath: mark)
      let isEmpty = try files.contentsOfDirectory(atPath: root).isEmpty
      guard isOurs || isEmpty else {
        throw DemoError("\(root) exists and is no demonstration's folder", hint: "name another with --directory")
      }
      if isOurs { _ = try Self.lock(mark) }
      PIDRecord.clearLeftovers(at: root + "/pids")
      try files.removeItem(atPath: root)
    }
    let sockets = "/tmp/muster-\(UInt32.random(in: 0...UInt32.max))"
    let workspace = Workspace(root: root, sockets: sockets)
    for folder in [root, workspace.devices, workspace.logs, workspace.flash] {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try files.createDirectory(
      atPath: sockets, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    files.createFile(atPath: mark, contents: nil)
    return (workspace, PIDRecord(path: root + "/pids", lock: try Self.lock(mark)))
  }

  /// Holds the mark that a demonstration runs in a folder.
  ///
  /// - Throws: `DemoError` when another process holds it.
  private static func lock(_ mark: String) throws -> FileLock {
    do {
      return try FileLock(mark)
    } catch {
      throw DemoError(
        "a demonstration runs already, in \((mark as NSString).deletingLastPathComponent)",
        hint: "end it with Ctrl-C, or name another folder with --directory")
    }
  }

  public func log(of program: String) -> String { "\(logs)/\(program).log" }
  public func removeSockets() { try? FileManager.default.removeItem(atPath: sockets) }
}
