import CMbedTLS
import COSE
import DeviceCrypto
import PKI
import TestKit
import Testing

extension PSATests {
  /// PSA and the servers' cryptography, as the two ends of a session.
  @Suite struct Session {
    private let bootstrap = KeyID(rawValue: 0x1000)

    private func cryptography() throws -> PSACryptography {
      try PSATests.cryptography(without: bootstrap)
    }

    @Test("Device and server come to one secret, by kept keys and by ephemeral ones", arguments: 0..<10)
    func agreement(round: Int) throws {
      var device = try cryptography()
      var server = HostCryptography()
      try device.generateAgreementKey(bootstrap)
      try server.generateAgreementKey(bootstrap)
      let devices = [bootstrap, try device.generateEphemeralKey()]
      let servers = [bootstrap, try server.generateEphemeralKey()]
      #expect(devices[1].rawValue > 0x3FFF_FFFF)
      for deviceKey in devices {
        for serverKey in servers {
          let (deviceX, serverX) = (
            try x(of: deviceKey, in: &device), try x(of: serverKey, in: &server)
          )
          let secret = try sharedSecret(of: deviceKey, with: serverX, in: &device)
          let same = try sharedSecret(of: serverKey, with: deviceX, in: &server)
          #expect(secret == same)
          #expect(secret.contains { $0 != 0 })
        }
      }
      try device.destroyKey(devices[1])
    }

    @Test("What one end seals the other opens, whatever its length", arguments: UInt64(0)..<40)
    func sealing(seed: UInt64) throws {
      var device = try cryptography()
      var server = HostCryptography()
      var random = SplitMix(seed: seed)
      let (key, nonce) = (random.bytes(16), random.bytes(13))
      let plaintext = random.bytes(seed < 20 ? Int(seed) : Int(seed * seed))
      let header = random.bytes(seed % 3 == 0 ? 0 : Int(seed * 7))
      let sealed = try seal(plaintext, key, nonce, header, with: &device)
      let same = try seal(plaintext, key, nonce, header, with: &server)
      #expect(sealed == same, "seed \(seed)")
      let opened = try open(sealed, key, nonce, header, with: &device)
      #expect(opened == plaintext, "seed \(seed)")
    }

    @Test("No change of ciphertext, tag, key, nonce or additional data is let through, and no key is left behind")
    func changed() throws {
      var device = try cryptography()
      var random = SplitMix(seed: 1)
      let good = [random.bytes(20), random.bytes(16), random.bytes(13), random.bytes(9)]
      var parts = good
      parts[0] = try seal(good[0], good[1], good[2], good[3], with: &device)
      // More rounds than there are key slots: a key that stays would be found out.
      for part in parts.indices {
        for bit in 0..<parts[part].count * 8 {
          var changed = parts
          changed[part][bit / 8] ^= 1 << (bit % 8)
          let error = cryptoError { () throws(CryptoError) in
            _ = try open(changed[0], changed[1], changed[2], changed[3], with: &device)
          }
          #expect(error == .badTag, "part \(part), bit \(bit)")
        }
      }
      for count in 0..<parts[0].count {
        let short = Array(parts[0].prefix(count))
        let error = cryptoError { () throws(CryptoError) in
          _ = try open(short, parts[1], parts[2], parts[3], with: &device)
        }
        #expect(error == .badTag, "\(count) bytes")
      }
      let opened = try open(parts[0], parts[1], parts[2], parts[3], with: &device)
      #expect(opened == good[0])
    }

    @Test("Keys, nonces, points and secrets of another length are refused")
    func lengths() throws {
      var device = try cryptography()
      try device.generateAgreementKey(bootstrap)
      let bytes = [UInt8](repeating: 1, count: 64)
      for (key, nonce) in [(0, 13), (15, 13), (17, 13), (32, 13), (16, 0), (16, 12), (16, 14)] {
        let (key, nonce) = (Array(bytes.prefix(key)), Array(bytes.prefix(nonce)))
        #expect(
          cryptoError { () throws(CryptoError) in _ = try seal(bytes, key, nonce, [], with: &device) } == .unsupported)
        #expect(
          cryptoError { () throws(CryptoError) in _ = try open(bytes, key, nonce, [], with: &device) } == .unsupported)
      }
      for (peer, secret) in [(31, 32), (33, 32), (32, 31), (32, 33)] {
        let peer = Array(bytes.prefix(peer))
        #expect(
          cryptoError { () throws(CryptoError) in
            _ = try sharedSecret(of: bootstrap, with: peer, secretBytes: secret, in: &device)
          } == .unsupported)
      }
    }

    @Test("A key does what it was made for and nothing else")
    func purposes() throws {
      var device = try cryptography()
      try device.destroyKey(PSATests.identity)
      try device.generateSigningKey(PSATests.identity)
      try device.generateAgreementKey(bootstrap)
      let own = try x(of: bootstrap, in: &device)
      let ephemeral = try device.generateEphemeralKey()
      for (id, error) in [
        (PSATests.identity, CryptoError.unsupported), (KeyID(rawValue: 0x1FFF), .noSuchKey),
      ] {
        #expect(
          cryptoError { () throws(CryptoError) in _ = try sharedSecret(of: id, with: own, in: &device) } == error)
      }
      for id in [bootstrap, ephemeral] {
        #expect(cryptoError { () throws(CryptoError) in _ = try device.signature(own, by: id) } == .unsupported)
      }
      #expect(cryptoError { () throws(CryptoError) in try device.generateAgreementKey(bootstrap) } == .keyExists)
      #expect(
        cryptoError { () throws(CryptoError) in try device.generateAgreementKey(KeyID(rawValue: 0)) } == .unsupported)
      try device.destroyKey(ephemeral)
    }

    @Test("A restart keeps the agreement key and forgets the ephemeral one")
    func restart() throws {
      var device = try cryptography()
      try device.generateAgreementKey(bootstrap)
      let ephemeral = try device.generateEphemeralKey()
      let point = try device.publicKeyBytes(bootstrap)
      mbedtls_psa_crypto_free()
      device = try PSACryptography()
      let samePoint = try device.publicKeyBytes(bootstrap)
      #expect(samePoint == point)
      _ = try sharedSecret(of: bootstrap, with: Array(point[1..<33]), in: &device)
      let isThere = try device.hasKey(ephemeral)
      #expect(!isThere)
    }
  }
}
