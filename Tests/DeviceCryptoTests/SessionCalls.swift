import COSE

// A session's cryptography on arrays, whoever provides it.

func publicKey<Crypto: SessionCryptography & ~Copyable>(
  of id: KeyID, in crypto: inout Crypto
) throws(CryptoError) -> [UInt8] {
  var point = [UInt8](repeating: 0, count: 65)
  var span = point.mutableSpan
  try crypto.publicKey(of: id, into: &span)
  return point
}

func x<Crypto: SessionCryptography & ~Copyable>(of id: KeyID, in crypto: inout Crypto) throws(CryptoError) -> [UInt8] {
  Array(try publicKey(of: id, in: &crypto)[1..<33])
}

func sharedSecret<Crypto: SessionCryptography & ~Copyable>(
  of id: KeyID, with peerX: [UInt8], secretBytes: Int = 32, in crypto: inout Crypto
) throws(CryptoError) -> [UInt8] {
  var secret = [UInt8](repeating: 0, count: secretBytes)
  var span = secret.mutableSpan
  try crypto.agree(id, peerX: peerX.span, into: &span)
  return secret
}

func seal<Crypto: SessionCryptography & ~Copyable>(
  _ plaintext: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8], with crypto: inout Crypto
) throws(CryptoError) -> [UInt8] {
  var buffer = plaintext + [UInt8](repeating: 0, count: 8)
  var span = buffer.mutableSpan
  try crypto.seal(&span, key: key.span, nonce: nonce.span, additionalData: header.span)
  return buffer
}

func open<Crypto: SessionCryptography & ~Copyable>(
  _ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8], with crypto: inout Crypto
) throws(CryptoError) -> [UInt8] {
  var buffer = sealed
  var span = buffer.mutableSpan
  try crypto.open(&span, key: key.span, nonce: nonce.span, additionalData: header.span)
  return Array(buffer.dropLast(8))
}
