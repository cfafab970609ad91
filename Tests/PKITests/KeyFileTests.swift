import Foundation
import PKI
import TestKit
import Testing
import X509

@Suite("Key files and codes")
struct KeyFileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("A key is written for its owner only, reads back, and is never overwritten")
  func create() throws {
    let path = scratch.path + "/a.key"
    let key = try KeyFile.create(path)
    #expect(try mode(path) == 0o600)
    #expect(try KeyFile.read(path).publicKey.rawRepresentation == key.publicKey.rawRepresentation)
    #expect(throws: PKIError.self) { try KeyFile.create(path) }
    #expect(try KeyFile.readOrCreate(path).publicKey.rawRepresentation == key.publicKey.rawRepresentation)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a.key"])
  }

  @Test("OpenSSL reads our key files")
  func openSSL() throws {
    _ = try KeyFile.create(scratch.path + "/a.key")
    _ = try Tool.run("openssl", ["pkey", "-in", scratch.path + "/a.key", "-check", "-noout"])
  }

  @Test(
    "A key that its group or others can touch is refused, naming file, mode and remedy",
    arguments: [0o640, 0o604, 0o660, 0o777])
  func permissions(mode: Int) throws {
    let path = scratch.path + "/a.key"
    _ = try KeyFile.create(path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = try #require(throws: PKIError.self) { try KeyFile.read(path) }
    #expect(error.code == .keyFilePermissions)
    #expect(error.reason.contains(path) && error.reason.contains(String(mode, radix: 8)))
    #expect(error.reason.contains("chmod 600"))
    let link = scratch.path + "/link.key"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(try #require(throws: PKIError.self) { try KeyFile.read(link) }.code == .keyFilePermissions)
  }

  @Test("A missing file and a file without a P-256 key are told apart")
  func notAKey() throws {
    #expect(try #require(throws: PKIError.self) { try KeyFile.read(scratch.path + "/none") }.code == .file)
    let path = scratch.path + "/text"
    try DurableFile.create(path, bytes: Array("hello".utf8), mode: 0o600)
    #expect(try #require(throws: PKIError.self) { try KeyFile.read(path) }.code == .format)
    let other = scratch.path + "/p384"
    let p384 = try Tool.run("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"])
    try DurableFile.create(other, bytes: p384, mode: 0o600)
    #expect(try #require(throws: PKIError.self) { try KeyFile.read(other) }.code == .format)
  }

  @Test("A file is replaced as a whole and created only once")
  func durableFiles() throws {
    let path = scratch.path + "/f"
    try DurableFile.create(path, bytes: [1])
    #expect(try #require(throws: PKIError.self) { try DurableFile.create(path, bytes: [2]) }.code == .fileExists)
    try DurableFile.replace(path, bytes: [3])
    #expect(FileManager.default.contents(atPath: path) == Data([3]))
    #expect(try mode(path) == 0o644)
    let nowhere = scratch.path + "/none/f"
    #expect(try #require(throws: PKIError.self) { try DurableFile.replace(nowhere, bytes: []) }.code == .file)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["f"])
  }

  @Test("A code reads back however it is typed, and nothing else reads as one")
  func codes() throws {
    let code = OneTimeCode.random()
    #expect(code.text.count == 39)
    for typed in [code.text, code.text.uppercased(), code.text.filter { $0 != "-" }] {
      #expect(OneTimeCode(typed)?.digest == code.digest)
    }
    let zeros = String(repeating: "0", count: 32)
    #expect(OneTimeCode(zeros)?.digest == OneTimeCode(String(repeating: "O", count: 32))?.digest)
    for bad in ["", "abc", code.text + "0", String(repeating: "u", count: 32), String(repeating: "é", count: 32)] {
      #expect(OneTimeCode(bad) == nil, "\(bad)")
    }
    #expect(OneTimeCode.random().digest != code.digest)
  }

  @Test("Serial numbers and transaction identifiers are positive, 16 bytes and all different")
  func randomNumbers() {
    let serials = (0..<1_000).map { _ in Array(Certificate.SerialNumber.random().bytes) }
    #expect(serials.allSatisfy { $0.count == 16 && (0x40...0x7F).contains($0[0]) })
    #expect(Set(serials).count == 1_000)
    let transactions = Set((0..<1_000).map { _ in TransactionID.random() })
    #expect(transactions.count == 1_000)
    #expect(transactions.allSatisfy { TransactionID(bytes: $0.bytes) == $0 })
  }

  @Test(
    "Bytes that are not the DER of a positive INTEGER are no transaction identifier",
    arguments: [[], [0], [0, 1], [0x80], [UInt8](repeating: 1, count: 65)] as [[UInt8]])
  func badTransactions(bytes: [UInt8]) { #expect(TransactionID(bytes: bytes) == nil) }
}
