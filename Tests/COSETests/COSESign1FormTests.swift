import Crypto
import Testing

@testable import COSE

@Suite("Forms of COSE_Sign1 that are taken, and that are not")
struct COSESign1FormTests {
  static let signature = "5840" + String(repeating: "11", count: 64)

  static let refused: [(fault: String, bytes: String, error: COSEError)] = [
    ("another tag", "d2 d2 84 43a10126 a0 4101 " + signature, .notSign1),
    ("COSE_Mac0's tag", "d1 84 43a10126 a0 4101 " + signature, .notSign1),
    ("a map", "a0", .notSign1),
    ("three elements", "83 43a10126 a0 4101", .notSign1),
    ("five elements", "85 43a10126 a0 4101 " + signature + "00", .notSign1),
    ("a protected header that is no byte string", "84 a10126 a0 4101 " + signature, .notSign1),
    ("a protected header that holds no map", "84 4101 a0 4101 " + signature, .notSign1),
    ("bytes behind the protected map", "84 44a1012600 a0 4101 " + signature, .encoding(.trailingBytes)),
    ("a protected map out of order", "84 46a20441010126 a0 4101 " + signature, .encoding(.keyOrder)),
    ("an unprotected header that is no map", "84 43a10126 80 4101 " + signature, .notSign1),
    ("a detached payload", "84 43a10126 a0 f6 " + signature, .notSign1),
    ("a payload of text", "84 43a10126 a0 6161 " + signature, .notSign1),
    ("a signature of 63 bytes", "84 43a10126 a0 4101 583f" + String(repeating: "11", count: 63), .notSign1),
    ("a signature that is empty", "84 43a10126 a0 4101 40", .notSign1),
    ("an empty protected header", "84 40 a0 4101 " + signature, .wrongAlgorithm),
    ("an empty protected map", "84 41a0 a0 4101 " + signature, .wrongAlgorithm),
    ("ES384", "84 44a1013822 a0 4101 " + signature, .wrongAlgorithm),
    ("EdDSA", "84 43a10127 a0 4101 " + signature, .wrongAlgorithm),
    ("an algorithm by name", "84 48a101654553323536 a0 4101 " + signature, .wrongAlgorithm),
    ("ES256 in the unprotected header only", "84 40 a10126 4101 " + signature, .wrongAlgorithm),
    ("ES256 in both headers", "84 43a10126 a10126 4101 " + signature, .wrongAlgorithm),
    ("critical parameters", "84 47a2012602811863 a0 4101 " + signature, .criticalParameter),
    ("critical parameters, not even protected", "84 43a10126 a10281 1863 4101 " + signature, .criticalParameter),
    ("a key identifier of text", "84 43a10126 a1046161 4101 " + signature, .notSign1),
  ]

  @Test("Each is refused with its own error", arguments: refused)
  func refusal(fault: String, bytes: String, error: COSEError) {
    #expect(throws: error, "\(fault)") { _ = try COSESign1(hex(bytes).span) }
  }

  static let taken: [(form: String, bytes: String, kid: String)] = [
    ("untagged", "84 43a10126 a0 4101 " + signature, ""),
    ("with tag 18", "d2 84 43a10126 a0 4101 " + signature, ""),
    ("a key identifier that is protected", "84 47a2012604420102 a0 4101 " + signature, "0102"),
    ("a key identifier that is not", "84 43a10126 a104420102 4101 " + signature, "0102"),
    ("unknown parameters, by number and by name", "84 43a10126 a3 05 4100 2080 6161 f5 4101 " + signature, ""),
    ("an empty payload", "84 43a10126 a0 40 " + signature, ""),
  ]

  @Test("Each is taken", arguments: taken)
  func form(form: String, bytes: String, kid: String) throws {
    let bytes = hex(bytes)
    let parsed = try COSESign1(bytes.span)
    #expect(copy(parsed.keyIdentifier) == hex(kid), "\(form)")
  }

  @Test("The RFC's example (appendix C.2.1) is genuine, and not under another key")
  func example() throws {
    let object = hex(
      """
      d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4
      d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36
      """)
    let key = hex(
      """
      04 bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff
      20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e
      """)
    let parsed = try COSESign1(object.span)
    #expect(copy(parsed.keyIdentifier) == Array("11".utf8))
    #expect(copy(parsed.payload) == Array("This is the content.".utf8))
    var crypto = SoftwareCryptography()
    try parsed.verify(publicKey: key.span, with: &crypto)
    let other = Array(P256.Signing.PrivateKey().publicKey.x963Representation)
    #expect(throws: COSEError.cryptography(.badSignature)) {
      var crypto = SoftwareCryptography()
      try COSESign1(object.span).verify(publicKey: other.span, with: &crypto)
    }
    #expect(throws: COSEError.cryptography(.badPoint)) {
      var crypto = SoftwareCryptography()
      try COSESign1(object.span).verify(publicKey: [UInt8](repeating: 4, count: 65).span, with: &crypto)
    }
  }
}
