import Crypto
import PKI
import Testing

@testable import OSCORE

@Suite("Credentials: raw public keys as CCS")
struct CredentialTests {
  @Test("Written in Muster's form and read again: key, and the thumbprint's first 8 bytes as kid")
  func roundTrip() throws {
    for _ in 0..<20 {
      let key = AgreementKey()
      let written = try key.credential
      #expect(written.count == Credential.writtenBytes)
      #expect(try publicKey(written) == rawPublicKey(key.coordinates))
      // RFC 9679 §4.2: required members only, deterministic.
      let (x, y) = (Array(key.coordinates[..<32]), Array(key.coordinates[32...]))
      let members = bytes("a4 01 02 20 01 21 5820") + x + bytes("22 5820") + y
      #expect(try fields(written).kid == Array(SHA256.hash(data: members).prefix(8)))
      #expect(try fields(written).x == x && fields(written).y == y)
    }
  }

  @Test("RFC 9529's credentials are read")
  func published() throws {
    let vectors = try SessionVectors(file: "rfc9529-chapter3.txt")
    #expect(try fields(vectors["CRED_R"]).kid == [0x32])
    #expect(try fields(vectors["CRED_I"]).kid == [0x2B])
  }

  private static let x = "ac75e9ece3e50bfc8ed60399889522405c47bf16df96660a41298cb4307f7eb6"
  private static let y = "6e5de611388a4b8a8211334ac7d37ecb52a387d257e6db3c2a93df21ff3affc8"

  @Test(
    "Whatever else a claims set holds, or in another form, is refused",
    arguments: [
      "", "A0", "80", "A1 08 A0", "A1 08 A1 01 A0",
      // Another confirmation, a claim beside it, a subject that is none, the wrong order.
      "A1 08 A1 02 A4 01 02 20 01 21 X 22 Y", "A2 01 61 61 08 A1 01 A4 01 02 20 01 21 X 22 Y",
      "A3 02 61 61 03 61 61 08 A1 01 A4 01 02 20 01 21 X 22 Y", "A2 02 41 61 08 A1 01 A4 01 02 20 01 21 X 22 Y",
      "A2 08 A1 01 A4 01 02 20 01 21 X 22 Y 02 61 61", "A1 08 A2 01 A4 01 02 20 01 21 X 22 Y 03 40",
      // Another key type, curve, missing or compressed coordinates, a private key, an algorithm.
      "A1 08 A1 01 A4 01 01 20 01 21 X 22 Y", "A1 08 A1 01 A4 01 02 20 02 21 X 22 Y",
      "A1 08 A1 01 A3 01 02 20 01 21 X", "A1 08 A1 01 A4 01 02 20 01 21 X 22 F5",
      "A1 08 A1 01 A5 01 02 20 01 21 X 22 Y 23 Y", "A1 08 A1 01 A5 01 02 03 26 20 01 21 X 22 Y",
      "A1 08 A1 01 A5 01 02 02 05 20 01 21 X 22 Y", "A1 08 A1 01 A4 01 02 20 01 21 5801AC 22 Y",
      "A1 08 A1 01 A4 01 02 20 01 21 X 22 41 00",
      // A kid of 17 bytes.
      "A1 08 A1 01 A5 01 02 02 51 0000000000000000000000000000000000 20 01 21 X 22 Y",
      // A tag, bytes behind, numbers and lengths too long, an indefinite length.
      "D8 3D A1 08 A1 01 A4 01 02 20 01 21 X 22 Y", "A1 08 A1 01 A4 01 02 20 01 21 X 22 Y 00",
      "A1 18 08 A1 01 A4 01 02 20 01 21 X 22 Y", "BF 08 A1 01 A4 01 02 20 01 21 X 22 Y FF",
    ])
  func refused(text: String) {
    let credential = bytes(text.replacing("X", with: "5820" + Self.x).replacing("Y", with: "5820" + Self.y))
    #expect(refusal { () throws(EDHOCError) in _ = try publicKey(credential) } == .credential)
  }

  @Test("Every prefix is refused, and every byte that changes shows in what is read or is refused")
  func mutations() throws {
    let whole = try AgreementKey().credential
    let model = try fields(whole)
    for count in whole.indices {
      #expect(refusal { () throws(EDHOCError) in _ = try publicKey(Array(whole[..<count])) } == .credential)
    }
    for position in whole.indices {
      var changed = whole
      changed[position] ^= 0x01
      guard let read = try? fields(changed) else { continue }
      #expect(read.kid != model.kid || read.x != model.x || read.y != model.y, "byte \(position)")
    }
  }

  @Test("A credential without kid is told by value only")
  func withoutKeyIdentifier() {
    let credential = bytes("A1 08 A1 01 A4 01 02 20 01 21 5820\(Self.x) 22 5820\(Self.y)")
    for (transfer, expected) in [(CredentialTransfer.value, nil), (.keyIdentifier, EDHOCError.credentialIdentifier)] {
      let error = refusal { () throws(EDHOCError) in
        _ = try OwnCredential(credential.span, key: ScriptedCryptography.own, transfer: transfer)
      }
      #expect(error == expected)
    }
  }

  @Test("Buffers of the wrong length are refused")
  func lengths() throws {
    let key = try #require(rawPublicKey(AgreementKey().coordinates))
    let error = refusal { () throws(EDHOCError) in
      _ = try written(capacity: Credential.writtenBytes - 1) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
        try Credential.write(key, into: &span, with: HostCryptography())
      }
    }
    #expect(error == .noSpace)
    #expect(rawPublicKey([UInt8](repeating: 0, count: 63)) == nil)
    #expect(keyIdentifier([UInt8](repeating: 0, count: 17)) == nil)
  }
}

private func fields(_ credential: [UInt8]) throws(EDHOCError) -> (kid: [UInt8], x: [UInt8], y: [UInt8]) {
  let read = try Credential(credential.span)
  return (copy(read.keyIdentifier), copy(read.x), copy(read.y))
}
