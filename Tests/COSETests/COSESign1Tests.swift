import Crypto
import Testing

@testable import COSE

@Suite("COSE_Sign1, RFC 9052 §4.2")
struct COSESign1Tests {
  @Test(
    "What is signed is opened, whatever the payload's length",
    arguments: [
      0, 1, 22, 23, 24, 25, 255, 256, 257, 1000, 65_535, 65_536,
    ])
  func roundTrip(count: Int) throws {
    var signer = Signer()
    let payload = [UInt8](repeating: 0x5A, count: count)
    let object = try signer.sign(payload)
    #expect(try signer.open(object) == payload)
    #expect(Array(object.prefix(6)) == hex("84 43 a10126 a0"))
    // Deterministic CBOR throughout.
    try CBORReader.validate(object.span)
  }

  @Test(
    "The object fills its buffer exactly, and one byte less is refused without trapping",
    arguments: [
      0, 5, 23, 24, 255, 256,
    ])
  func exactFit(count: Int) throws {
    var signer = Signer()
    let payload = [UInt8](repeating: 1, count: count)
    let whole = try signer.sign(payload).count
    #expect(try signer.sign(payload, capacity: whole).count == whole)
    for capacity in 0..<whole {
      #expect(throws: COSEError.encoding(.noSpace), "\(capacity) bytes") {
        var signer = Signer()
        _ = try signer.sign(payload, capacity: capacity)
      }
    }
  }

  @Test("A key identifier stands in the unprotected header and is read back", arguments: [1, 8, 23, 24, 40])
  func keyIdentifier(count: Int) throws {
    var signer = Signer()
    let kid = [UInt8](repeating: 0xAB, count: count)
    let object = try signer.sign([1, 2, 3], keyIdentifier: kid)
    try CBORReader.validate(object.span)
    let parsed = try COSESign1(object.span)
    #expect(copy(parsed.keyIdentifier) == kid)
    #expect(try signer.open(object) == [1, 2, 3])
  }

  @Test("External data is signed along: other data, and the signature does not hold")
  func externalAAD() throws {
    var signer = Signer()
    let object = try signer.sign([1], externalAAD: [9, 9])
    #expect(try signer.open(object, externalAAD: [9, 9]) == [1])
    #expect(throws: COSEError.cryptography(.badSignature)) {
      var other = Signer()
      _ = try other.open(object, externalAAD: [9, 9])
    }
    let result = Result { () throws(COSEError) in try signer.open(object) }
    #expect(result == .failure(.cryptography(.badSignature)))
  }

  @Test("An object cut at any place is refused, and so is one with a byte more")
  func truncation() throws {
    var signer = Signer()
    let object = try signer.sign([1, 2, 3, 4], keyIdentifier: [5])
    for count in 0..<object.count {
      #expect(throws: COSEError.self, "\(count) bytes") { _ = try COSESign1(Array(object[..<count]).span) }
    }
    #expect(throws: COSEError.encoding(.trailingBytes)) { _ = try COSESign1((object + [0]).span) }
  }

  @Test("No bit can be changed, but those of the unprotected header")
  func mutation() throws {
    var signer = Signer()
    let object = try signer.sign(Array("content".utf8), keyIdentifier: [5])
    // 84, bstr of 3, map of 1: 4: bstr of 1. The identifier's byte is a hint and not signed.
    let hint = [7, 8]
    for index in object.indices {
      for bit in 0..<8 {
        var mutant = object
        mutant[index] ^= 1 << UInt8(bit)
        guard let payload = try? signer.open(mutant) else { continue }
        #expect(payload == Array("content".utf8), "byte \(index), bit \(bit)")
        #expect(hint.contains(index) || index == 6, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test("What the provider throws is passed on")
  func providerErrors() throws {
    var signer = Signer()
    let object = try signer.sign([1])
    signer.crypto.failure = .hashing
    #expect(Result { () throws(COSEError) in try signer.sign([1]) } == .failure(.cryptography(.memory)))
    #expect(Result { () throws(COSEError) in try signer.open(object) } == .failure(.cryptography(.memory)))
    signer.crypto.failure = .signing
    #expect(Result { () throws(COSEError) in try signer.sign([1]) } == .failure(.cryptography(.noEntropy)))
    signer.crypto.failure = .verifying
    #expect(Result { () throws(COSEError) in try signer.open(object) } == .failure(.cryptography(.memory)))
    signer.crypto.failure = nil
    let noKey = Result { () throws(COSEError) in try signer.sign([1], with: KeyID(rawValue: 8)) }
    #expect(noKey == .failure(.cryptography(.noSuchKey)))
  }
}
