import CMbedTLS
import COSE
import DeviceCrypto
import PKI
import Testing

extension PSATests {
  @Suite struct OpaqueKeys {
    private let bootstrap = KeyID(rawValue: 0x1000)
    private let identity = PSATests.identity

    @Test("In all that DeviceCrypto does with its PSA no byte of a kept key crosses the border", arguments: 0..<5)
    func life(round: Int) throws {
      let witness = try PSAWitness(without: [bootstrap, identity])
      var crypto = try PSACryptography()
      try crypto.generateAgreementKey(bootstrap)
      try crypto.generateSigningKey(identity)
      let ephemeral = try crypto.generateEphemeralKey()
      var manager = HostCryptography()
      try manager.generateAgreementKey(bootstrap)
      let peer = try publicKey(of: bootstrap, in: &manager)
      for id in [bootstrap, ephemeral] {
        let secret = try sharedSecret(of: id, with: Array(peer[1..<33]), in: &crypto)
        let own = try publicKey(of: id, in: &crypto)
        let theirs = try sharedSecret(of: bootstrap, with: Array(own[1..<33]), in: &manager)
        #expect(secret == theirs)
        var message = secret
        var span = message.mutableSpan
        try crypto.seal(
          &span, key: secret.span.extracting(0..<16), nonce: secret.span.extracting(0..<13),
          additionalData: peer.span)
        try crypto.open(
          &span, key: secret.span.extracting(0..<16), nonce: secret.span.extracting(0..<13),
          additionalData: peer.span)
      }
      _ = try crypto.signature(Array(peer.prefix(32)), by: identity)
      _ = try publicKey(of: identity, in: &crypto)
      try crypto.destroyKey(ephemeral)
      let breaches = try witness.breaches(kept: [bootstrap, identity])
      #expect(breaches == [])
    }

    @Test("The witness sees each breach", arguments: Breach.allCases)
    func breaches(breach: Breach) throws {
      let witness = try PSAWitness(without: [bootstrap])
      var crypto = try PSACryptography()
      try crypto.generateAgreementKey(bootstrap)
      let before = try witness.breaches(kept: [bootstrap])
      #expect(before == [])
      try breach.commit(on: bootstrap)
      let after = try witness.breaches(kept: [bootstrap])
      #expect(after == [breach.sentence(about: bootstrap)])
    }

    @Test("PSA gives out neither a bootstrap key, nor an identity key, nor an ephemeral one")
    func exports() throws {
      var crypto = try PSATests.cryptography()
      try crypto.destroyKey(bootstrap)
      try crypto.generateAgreementKey(bootstrap)
      try crypto.generateSigningKey(identity)
      let ephemeral = try crypto.generateEphemeralKey()
      for id in [bootstrap, identity, ephemeral] {
        #expect(Breach.exportStatus(id) == PSA_ERROR_NOT_PERMITTED)
      }
      try crypto.destroyKey(ephemeral)
    }
  }
}
