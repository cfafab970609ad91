import CMbedTLS
import COSE
import DeviceCrypto
import PKI
import Testing

extension PSATests {
  @Suite struct OpaqueKeys {
    private let bootstrap = KeyID(rawValue: 0x1000)
    private let identity = PSATests.identity

    @Test("In a device's whole life with its PSA no byte of a kept key crosses the border", arguments: 0..<5)
    func life(round: Int) throws {
      var opaque = try OpaquePSA(without: [bootstrap, identity])
      try opaque.crypto.generateAgreementKey(bootstrap)
      try opaque.crypto.generateSigningKey(identity)
      let ephemeral = try opaque.crypto.generateEphemeralKey()
      var manager = HostCryptography()
      try manager.generateAgreementKey(bootstrap)
      let peer = try publicKey(of: bootstrap, in: &manager)
      for id in [bootstrap, ephemeral] {
        let secret = try sharedSecret(of: id, with: Array(peer[1..<33]), in: &opaque.crypto)
        let own = try publicKey(of: id, in: &opaque.crypto)
        let theirs = try sharedSecret(of: bootstrap, with: Array(own[1..<33]), in: &manager)
        #expect(secret == theirs)
        var message = secret
        var span = message.mutableSpan
        try opaque.crypto.seal(
          &span, key: secret.span.extracting(0..<16), nonce: secret.span.extracting(0..<13),
          additionalData: peer.span)
        try opaque.crypto.open(
          &span, key: secret.span.extracting(0..<16), nonce: secret.span.extracting(0..<13),
          additionalData: peer.span)
      }
      _ = try opaque.crypto.signature(Array(peer.prefix(32)), by: identity)
      _ = try publicKey(of: identity, in: &opaque.crypto)
      try opaque.crypto.destroyKey(ephemeral)
      let breaches = try opaque.breaches(kept: [bootstrap, identity])
      #expect(breaches == [])
    }

    @Test("The witness sees each breach")
    func breaches() throws {
      for (breach, sentence) in [
        (exportKey, "a key was exported"), (copyKey, "a key was copied"),
        (importKept, "a private or lasting key was imported"), (importPair, "a private or lasting key was imported"),
        (makeLoose, "a key was made that may be exported"), (leak, "bytes of key \(bootstrap.rawValue) crossed"),
      ] as [(() throws -> Void, String)] {
        var opaque = try OpaquePSA(without: [bootstrap])
        try opaque.crypto.generateAgreementKey(bootstrap)
        let before = try opaque.breaches(kept: [bootstrap])
        #expect(before == [])
        try breach()
        let after = try opaque.breaches(kept: [bootstrap])
        #expect(after == [sentence])
      }
    }

    @Test("PSA gives out neither a bootstrap key, nor an identity key, nor an ephemeral one")
    func exports() throws {
      var crypto = try PSATests.cryptography()
      try crypto.destroyKey(bootstrap)
      try crypto.generateAgreementKey(bootstrap)
      try crypto.generateSigningKey(identity)
      let ephemeral = try crypto.generateEphemeralKey()
      for id in [bootstrap, identity, ephemeral] {
        #expect(exportStatus(id) == PSA_ERROR_NOT_PERMITTED)
      }
      try crypto.destroyKey(ephemeral)
    }

    private func exportStatus(_ id: KeyID) -> psa_status_t {
      var bytes = [UInt8](repeating: 0, count: 32)
      var length = 0
      return psa_export_key(id.rawValue, &bytes, bytes.count, &length)
    }

    private func exportKey() { _ = exportStatus(bootstrap) }

    private func copyKey() {
      var attributes = psa_key_attributes_init()
      var copy = psa_key_id_t()
      _ = psa_copy_key(bootstrap.rawValue, &attributes, &copy)
    }

    private func importKept() { importKey(type: muster_aes(), bytes: 16, id: 0x1234) }

    private func importPair() { importKey(type: muster_p256_key_pair(), bytes: 32, id: 0) }

    private func importKey(type: psa_key_type_t, bytes: Int, id: UInt32) {
      var attributes = psa_key_attributes_init()
      if id != 0 { psa_set_key_id(&attributes, id) }
      psa_set_key_type(&attributes, type)
      psa_set_key_algorithm(&attributes, muster_ccm8())
      psa_set_key_usage_flags(&attributes, muster_usage_encrypt())
      var key = psa_key_id_t()
      let value = [UInt8](repeating: 1, count: bytes)
      if psa_import_key(&attributes, value, value.count, &key) == PSA_SUCCESS { psa_destroy_key(key) }
    }

    private func makeLoose() {
      var attributes = psa_key_attributes_init()
      psa_set_key_type(&attributes, muster_aes())
      psa_set_key_bits(&attributes, 128)
      psa_set_key_usage_flags(&attributes, psa_key_usage_t(0x0000_0001))
      var key = psa_key_id_t()
      if psa_generate_key(&attributes, &key) == PSA_SUCCESS { psa_destroy_key(key) }
    }

    /// Eight bytes out of a key's middle, as part of something that is hashed.
    private func leak() throws {
      var hash = try PSATests.cryptography().makeHash()
      try hash.update(Array(OpaquePSA.privateKey(bootstrap)[11..<19]).span)
    }
  }
}
