import Foundation
import PKI

@testable import Manager

extension ManagerFolder {
  /// A folder as `muster manager init` leaves it, for network `plant` and a CA that nobody runs.
  static func made(in folder: TemporaryFolder) throws -> ManagerFolder {
    let anchor = "\(folder.path)/anchor.pem"
    try DurableFile.create(anchor, bytes: Array(try TestAuthority(now: Date()).anchor.pem.utf8))
    let made = ManagerFolder("\(folder.path)/manager")
    try ManagerInitialiser(
      folder: made, network: "plant", authorityURL: "https://127.0.0.1:1", anchorFile: anchor,
      code: OneTimeCode.random().text
    ).run()
    return made
  }
}
