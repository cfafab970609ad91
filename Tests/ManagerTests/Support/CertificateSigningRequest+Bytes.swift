import SwiftASN1
import X509

extension CertificateSigningRequest {
  func derBytesForTest() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(self)
    return serializer.serializedBytes
  }
}
