import Foundation
import PKI
import Yams

/// What is wrong with a profile, where, and what to write instead.
public struct ProfileFault: Codable, Sendable, Equatable {
  /// Counted from 1; 0 for the file as a whole.
  public var line: Int
  /// The key with the keys above it, such as `profiles.camera.renewal.share`.
  public var key: String
  /// What is wrong, in a sentence.
  public var reason: String
  /// What to try, in a sentence.
  public var remedy: String
}

/// A file of profiles as it was read: those that are good, and everything that is wrong with the others.
struct ProfileDocument {
  private(set) var profiles: [EnrolmentProfile] = []
  private(set) var faults: [ProfileFault] = []

  private static let longestBytes = 262_144

  /// - Throws: ``ManagerError``: `notFound`, `unreadableFile`.
  init(file: String) throws(ManagerError) {
    guard FileManager.default.fileExists(atPath: file) else {
      throw ManagerError(.notFound, "There is no file \(file).", remedy: "docs/est.md shows one.")
    }
    guard let bytes = FileManager.default.contents(atPath: file), bytes.count <= Self.longestBytes,
      let text = String(validating: bytes, as: UTF8.self)
    else { throw ManagerError(.unreadableFile, "\(file) cannot be read, is longer than 256 KiB, or is not UTF-8.") }
    self.init(text)
  }

  init(_ text: String) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      let fault = YAMLFault(error)
      faults = [
        ProfileFault(
          line: fault.line, key: "-", reason: "This is no YAML: \(fault.sentence).", remedy: "Mend its form.")
      ]
      return
    }
    guard let top = node?.mapping, let list = top["profiles"]?.mapping, top.count == 1, !list.isEmpty else {
      faults = [
        ProfileFault(
          line: node?.mark?.line ?? 0, key: "profiles", reason: "The file is not the one key 'profiles' with profiles.",
          remedy: "Write 'profiles:' and below it each profile by its name.")
      ]
      return
    }
    for (key, value) in list {
      var reader = ProfileReader(name: key, node: value)
      let profile = reader.read()
      faults += reader.faults
      if reader.faults.isEmpty { profiles.append(profile) }
    }
    faults.sort { $0.line < $1.line }
  }
}
