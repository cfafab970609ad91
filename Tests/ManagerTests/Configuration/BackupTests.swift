import Foundation
import PKI
import Testing

@testable import Manager

@Suite("A copy of a manager's folder")
struct BackupTests {
  private let folder: TemporaryFolder
  private let manager: ManagerFolder

  init() throws {
    folder = try TemporaryFolder()
    manager = try ManagerFolder.made(in: folder)
    try FileManager.default.createDirectory(atPath: manager.credentials, withIntermediateDirectories: true)
  }

  private func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("A slash behind its name changes nothing, and what is there is not written over")
  func slash() throws {
    try manager.backUp(to: ManagerFolder("\(folder.path)/copy/"), named: [manager.authorityAnchor])
    let copy = ManagerFolder("\(folder.path)/copy")
    #expect(FileManager.default.fileExists(atPath: copy.configuration))
    #expect(!FileManager.default.fileExists(atPath: copy.authorityCode))
    #expect(try contents() == ["anchor.pem", "copy", "manager"])
    #expect(throws: ManagerError(.alreadyExists, "")) { try manager.backUp(to: copy) }
  }

  @Test("A file that the configuration names and that would not be in the copy is refused, and so is a link")
  func elsewhere() throws {
    let copy = ManagerFolder("\(folder.path)/copy")
    for name in ["\(folder.path)/anchor.pem", "\(manager.path)/pki/ca.pem", "\(manager.path)/../anchor.pem"] {
      let error = #expect(throws: ManagerError.self) { try manager.backUp(to: copy, named: [name]) }
      #expect(error?.code == .configuration && error?.reason.contains(name) == true)
    }
    let link = "\(manager.path)/keys/ra.key"
    try? FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(folder.path)/anchor.pem")
    #expect(throws: ManagerError(.configuration, "")) { try manager.backUp(to: copy) }
    #expect(try contents() == ["anchor.pem", "manager"])
  }
}
