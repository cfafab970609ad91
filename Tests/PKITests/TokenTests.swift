import CPKCS11
import Crypto
import Foundation
import SwiftASN1
import TestKit
import Testing
import X509

@testable import PKI

@Suite("Keys in PKCS#11 tokens (SoftHSM2)", .serialized)
struct TokenTests {
  init() throws { try #require(SoftHSM.isReady, "SoftHSM2 does not work here: run `make setup`") }

  @Test(
    "A key that is made in a token signs what OpenSSL verifies, also after another process's start, and does not leave it"
  )
  func makesAndSigns() throws {
    let file = "\(SoftHSM.directory)/made.key"
    let made = try KeyFile.create(file, in: TokenURI(SoftHSM.uri("made")))
    #expect(made.isInToken)
    let key = try KeyFile.read(file)
    #expect(key.publicKey.rawRepresentation == made.publicKey.rawRepresentation)
    let request = try CertificationRequest(subject: Subject(commonName: "in a token"), key: key)
    let path = "\(SoftHSM.directory)/request.der"
    try Data(request.derBytes).write(to: URL(filePath: path))
    // What OpenSSL finds is on its standard error.
    let found = try Tool.run("sh", ["-c", "openssl req -verify -noout -inform DER -in '\(path)' 2>&1"])
    #expect(String(decoding: found, as: UTF8.self).contains("verify OK"))
    let certificate = try Certificate.selfSigned(by: key.certificateKey)
    #expect(certificate.publicKey.isValidSignature(certificate.signature, for: certificate))
    let digest = Array("muster".utf8).sha256
    let given = GivenDigest(digest.span)
    let signature = try P256.Signing.ECDSASignature(rawRepresentation: key.sign(#require(given)))
    #expect(key.publicKey.isValidSignature(signature, for: Data("muster".utf8)))
    #expect(throws: PKIError(.conflict, "")) { try key.pem }
    #expect(throws: (any Error).self) { try key.certificateKey.serializeAsPEM() }
  }

  @Test("A name that is taken, in the token or of the file, is refused and what is there stays")
  func taken() throws {
    let file = "\(SoftHSM.directory)/taken.key"
    let first = try KeyFile.create(file, in: TokenURI(SoftHSM.uri("taken")))
    #expect(throws: PKIError(.fileExists, "")) { try KeyFile.create(file, in: TokenURI(SoftHSM.uri("other"))) }
    #expect(throws: PKIError(.fileExists, "")) { try KeyFile.create(file + "2", in: TokenURI(SoftHSM.uri("taken"))) }
    #expect(!FileManager.default.fileExists(atPath: file + "2"))
    #expect(try KeyFile.read(file).publicKey.rawRepresentation == first.publicKey.rawRepresentation)
  }

  @Test("A key that OpenSSL made and softhsm2-util imported is taken up")
  func imported() throws {
    let pem = "\(SoftHSM.directory)/imported.pem"
    _ = try Tool.run("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", pem])
    _ = try Tool.run(
      "softhsm2-util", ["--import", pem, "--token", "main", "--label", "imported", "--id", "A1B2", "--pin", "1234"])
    let here = try SigningKey(pem: DurableFile.readText(pem))
    let there = try SigningKey(in: TokenURI(SoftHSM.uri("imported").replacing(";type", with: ";id=%a1%B2;type")))
    #expect(there.publicKey.rawRepresentation == here.publicKey.rawRepresentation)
    #expect(here.publicKey.verifies(try there.sign([1, 2, 3]), of: [1, 2, 3] as [UInt8]))
  }

  @Test("A key that its token would give away, or that is not for signatures, is refused")
  func extractable() throws {
    try make("given", [(CKA_SENSITIVE, true), (CKA_EXTRACTABLE, true), (CKA_SIGN, true)])
    #expect(throws: PKIError(.tokenKeyExtractable, "")) { try SigningKey(in: TokenURI(SoftHSM.uri("given"))) }
    try make("plain", [(CKA_SENSITIVE, false), (CKA_EXTRACTABLE, false), (CKA_SIGN, true)])
    #expect(throws: PKIError(.tokenKeyExtractable, "")) { try SigningKey(in: TokenURI(SoftHSM.uri("plain"))) }
    try make("mute", [(CKA_SENSITIVE, true), (CKA_EXTRACTABLE, false), (CKA_SIGN, false)])
    #expect(throws: PKIError(.tokenKey, "")) { try SigningKey(in: TokenURI(SoftHSM.uri("mute"))) }
  }

  @Test("No such key, two of one name, no such token, no module, something that is none: each its own reason")
  func refusals() throws {
    #expect(throws: PKIError(.tokenKey, "")) { try SigningKey(in: TokenURI(SoftHSM.uri("nobody"))) }
    for _ in 0..<2 { try make("twin", [(CKA_SENSITIVE, true), (CKA_EXTRACTABLE, false), (CKA_SIGN, true)]) }
    #expect(throws: PKIError(.tokenKey, "")) { try SigningKey(in: TokenURI(SoftHSM.uri("twin"))) }
    #expect(throws: PKIError(.tokenGone, "")) { try SigningKey(in: TokenURI(SoftHSM.uri("made", token: "nowhere"))) }
    for path in ["/nonexistent.so", "/usr/lib/x86_64-linux-gnu/libc.so.6", SoftHSM.pinFile] {
      let uri = SoftHSM.uri("made").replacing(SoftHSM.module, with: path)
      #expect(throws: PKIError(.tokenModule, ""), "\(path)") { try SigningKey(in: TokenURI(uri)) }
    }
  }

  @Test("A wrong PIN is tried once, whoever asks again; the token does not count a second one")
  func wrongPIN() throws {
    let wrong = "\(SoftHSM.directory)/wrong-pin"
    try SoftHSM.secret("9999\n", wrong)
    let uri = try TokenURI(SoftHSM.uri("any", token: "locked", pin: wrong))
    let error = #expect(throws: PKIError.self) { try SigningKey(in: uri) }
    #expect(error?.code == .tokenPIN)
    #expect(error?.reason.contains("is refused") == true)
    for _ in 0..<3 {
      let again = #expect(throws: PKIError.self) { try SigningKey(in: uri) }
      #expect(again?.code == .tokenPIN)
      #expect(again?.reason.contains("not tried again") == true)
    }
    try SoftHSM.secret("1234\n", wrong, mode: 0o644)
    #expect(throws: PKIError(.keyFilePermissions, "")) { try SigningKey(in: uri) }
    try SoftHSM.secret("\n", wrong)
    #expect(throws: PKIError(.format, "")) { try SigningKey(in: uri) }
  }

  @Test("Eight callers at once get good signatures of one key")
  func concurrent() async throws {
    let key = try KeyFile.create("\(SoftHSM.directory)/shared.key", in: TokenURI(SoftHSM.uri("shared")))
    let good = try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        group.addTask {
          let message = [UInt8(index)]
          return key.publicKey.verifies(try key.sign(message), of: message)
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(good == 64)
  }

  @Test("A token that is pulled out fails what is to be signed, says that it is gone, and goes on once it is back")
  func pulledOut() async throws {
    let key = try KeyFile.create(
      "\(SoftHSM.directory)/pulled.key", in: TokenURI(SoftHSM.uri("pulled", token: "pulled")))
    #expect(key.publicKey.verifies(try key.sign([1]), of: [1] as [UInt8]))
    // This token alone: what else runs in this process signs with the others.
    let here = try SoftHSM.folder(ofToken: "pulled")
    let away = "\(SoftHSM.directory)/away"
    try FileManager.default.moveItem(atPath: here, toPath: away)
    let error = #expect(throws: PKIError.self) { try key.sign([2]) }
    #expect(error?.code == .tokenGone)
    try FileManager.default.moveItem(atPath: away, toPath: here)
    // SoftHSM2 sees it only after its module was started again, which is done once a second at most.
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
      do {
        #expect(key.publicKey.verifies(try key.sign([3]), of: [3] as [UInt8]))
        break
      } catch let error as PKIError where error.code == .tokenGone && ContinuousClock.now < deadline {
        // Real time: the module's pause is.
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  @Test(
    "What is no URI of a private key in a token is refused, above all one with a PIN in it",
    arguments: [
      "", "pkcs11:", "http://token", "pkcs11:token=a;object=b", "pkcs11:token=a?module-path=/m",
      "pkcs11:object=b?module-path=/m",
      "pkcs11:token=a;object=b?module-path=m.so", "pkcs11:token=a;object=b?module-path=/m&pin-value=1234",
      "pkcs11:token=a;object=b;type=public?module-path=/m", "pkcs11:token=a;token=b;object=b?module-path=/m",
      "pkcs11:token=a;object=%4?module-path=/m", "pkcs11:token=a;object=%+1?module-path=/m",
      "pkcs11:token=%ff;object=b?module-path=/m",
      "pkcs11:token=a;object=b;model=c?module-path=/m", "pkcs11:token=a;object?module-path=/m",
      "pkcs11:token=a;object=b?module-path=/m&pin-source=pin", "pkcs11:token=a;object=%00?module-path=/m",
      "pkcs11:token=" + String(repeating: "a", count: 2_100) + ";object=b?module-path=/m",
    ])
  func badURI(text: String) {
    #expect(throws: PKIError(.format, "")) { try TokenURI(text) }
  }

  @Test("A URI's escapes are read, and each of its parts")
  func goodURI() throws {
    let uri = try TokenURI(
      "pkcs11:token=My%20Token;serial=0a;object=k%3B;id=%00%FF;type=private?module-path=/m.so&pin-source=/run/pin")
    #expect(uri.token == "My Token" && uri.serial == "0a" && uri.object == "k;" && uri.id == [0, 255])
    #expect(uri.modulePath == "/m.so" && uri.pinFile == "/run/pin")
    #expect(try TokenURI(String(describing: uri)) == uri)
    let other = try TokenURI(String(describing: uri.naming("a&b;c?ä")))
    #expect(other.object == "a&b;c?ä" && other.id == nil && other.serial == "0a")
  }

  /// Makes a key in the main token with these attributes, as a careless operator might.
  private func make(_ label: String, _ flags: [(CK_ATTRIBUTE_TYPE, Bool)]) throws {
    let uri = try TokenURI(SoftHSM.uri(label))
    let session = try TokenSession(uri, in: TokenModule.at(uri.modulePath), start: 0, writing: true)
    defer { session.close() }
    var publicHalf = TokenAttributes()
    var privateHalf = TokenAttributes()
    for half in [0, 1] {
      var attributes = TokenAttributes()
      attributes.add(CKA_TOKEN, true)
      attributes.add(CKA_LABEL, Array(label.utf8))
      attributes.add(CKA_ID, [7])
      if half == 0 {
        attributes.add(CKA_EC_PARAMS, TokenKey.curve)
        publicHalf = attributes
      } else {
        for (type, value) in flags { attributes.add(type, value) }
        privateHalf = attributes
      }
    }
    var mechanism = CK_MECHANISM(mechanism: CKM_EC_KEY_PAIR_GEN, pParameter: nil, ulParameterLen: 0)
    var (one, other): (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
    let answer = publicHalf.withTemplate { first, firstCount in
      privateHalf.withTemplate { second, secondCount in
        session.module.functions.C_GenerateKeyPair(
          session.handle, &mechanism, first, firstCount, second, secondCount, &one, &other)
      }
    }
    try #require(answer == CKR_OK)
  }
}

extension Certificate {
  fileprivate static func selfSigned(by key: PrivateKey) throws -> Certificate {
    let name = try DistinguishedName { CommonName("token") }
    return try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: Date(), notValidAfter: Date() + 60,
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256, extensions: .init(), issuerPrivateKey: key)
  }
}
