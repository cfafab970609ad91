import Foundation
import PKI

extension ManagerFolder {
  /// Copies what makes a manager to a new folder, which is a manager's folder itself: to go back to it is to copy it to its
  /// old place and to run it. The manager may be running meanwhile.
  ///
  /// Keys and database belong together: a registration authority that is renewed in between has a new key in the one and a
  /// new certificate in the other. So the keys are read before and after the database, until both are the same.
  ///
  /// - Parameters:
  ///   - place: it must not exist. It gets its name when everything is in it, so that a name always means a whole backup.
  ///   - named: the files that the configuration names, which have to be in the copy.
  /// - Throws: ``ManagerError``: `notFound` when there is no manager here, `alreadyExists`, `cannotWrite`, `database`,
  ///   `configuration` when a file that is needed is elsewhere, and `conflict` when the keys keep changing.
  public func backUp(to place: ManagerFolder, named: [String] = []) throws(ManagerError) {
    // A slash behind the name would make it a folder to put something into.
    let target = ManagerFolder(URL(fileURLWithPath: place.path).standardizedFileURL.path)
    guard FileManager.default.fileExists(atPath: configuration) else {
      throw ManagerError(.notFound, "There is no manager in \(path).", remedy: "Give its folder with --dir.")
    }
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw ManagerError(
        .alreadyExists, "\(target.path) is there already and is not overwritten.", remedy: "Give another folder.")
    }
    let unfinished = ManagerFolder("\(target.path).\(UInt64.random(in: .min ... .max)).tmp")
    defer { try? FileManager.default.removeItem(atPath: unfinished.path) }
    try unfinished.create()
    do {
      try copy(to: unfinished, named: named)
      try DurableFile.move(unfinished.path, to: target.path)
    } catch let error as PKIError {
      throw ManagerError(error)
    } catch let error as ManagerError {
      throw error
    } catch {
      throw ManagerError(.cannotWrite, "The backup cannot be written: \(error.localizedDescription).")
    }
  }

  private func copy(to target: ManagerFolder, named: [String]) throws {
    for _ in 0..<3 {
      let files = try files()
      try require(named, in: files)
      if FileManager.default.fileExists(atPath: database) { try SQLiteStore.backUp(database, to: target.database) }
      guard try self.files() == files else { continue }
      for (name, file) in files {
        try DurableFile.replace("\(target.path)/\(name)", bytes: file.bytes, mode: file.mode)
      }
      return
    }
    throw ManagerError(.conflict, "The manager's files keep changing.", remedy: "Try again in a minute.")
  }

  /// What is named and not copied would be missed only when the backup is needed.
  private func require(_ named: [String], in files: [String: File]) throws {
    let home = URL(fileURLWithPath: path).standardizedFileURL.path + "/"
    for name in named {
      let file = URL(fileURLWithPath: name).standardizedFileURL.path
      guard file.hasPrefix(home), files[String(file.dropFirst(home.count))] != nil else {
        throw ManagerError(
          .configuration, "The configuration names \(name), which would not be in the backup.",
          remedy: "Move it into \(path) itself, name it there, and try again.")
      }
    }
  }

  private struct File: Equatable {
    let bytes: [UInt8]
    let mode: UInt32
  }

  /// All files but the lock, a code that is good only once, and the database.
  private func files() throws -> [String: File] {
    var files: [String: File] = [:]
    for folder in ["", "keys/", "admin/"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)") {
        let file = "\(path)/\(folder)\(name)"
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        guard attributes[.type] as? FileAttributeType != .typeSymbolicLink else {
          throw ManagerError(
            .configuration, "\(file) is a link: what it leads to would not be in the backup.",
            remedy: "Put the file itself there, and try again.")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular, !name.hasSuffix(".tmp"),
          file != authorityCode, name != "lock", !file.hasPrefix(database)
        else { continue }
        guard let bytes = FileManager.default.contents(atPath: file) else {
          throw ManagerError(.unreadableFile, "\(file) cannot be read.", remedy: "Run as the manager's own user.")
        }
        files[folder + name] = File(
          bytes: Array(bytes), mode: (attributes[.posixPermissions] as? Int).map { UInt32($0) } ?? 0o600)
      }
    }
    return files
  }
}
