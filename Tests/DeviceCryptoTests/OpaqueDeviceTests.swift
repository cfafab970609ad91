import CMbedTLS
import COSE
import DeviceCrypto
import SessionPeer
import Testing

extension PSATests {
  /// DeviceKit's device on a PSA whose keys are opaque, as on a board with a secure element.
  @Suite struct OpaqueDevice {
    private let bootstrap = KeyID(rawValue: 0x1000)
    private let identity = PSATests.identity

    @Test("In a device's whole life, from its first boot to its reset, no byte of a key leaves its PSA")
    func life() throws {
      let witness = try PSAWitness(without: [bootstrap, identity])
      let life = try DeviceLife { try PSACryptography() }
      let keys = try lead(life)
      let breaches = witness.breaches(of: keys, in: ["flash": life.flash, "line": life.line])
      #expect(breaches == [])
      // The public halves did: what is looked for is what would be found.
      let device = try #require(life.manager.devicePublicKey)
      #expect(life.line.firstRange(of: device) != nil)
    }

    @Test("One breach in its cryptography, and it shows", arguments: Breach.allCases)
    func breach(breach: Breach) throws {
      let witness = try PSAWitness(without: [bootstrap, identity])
      let life = try DeviceLife { try LeakyPSA(breach) }
      let keys = try lead(life)
      let breaches = witness.breaches(of: keys, in: ["flash": life.flash, "line": life.line])
      #expect(breaches == [breach.sentence(about: identity)])
    }

    @Test("Eight bytes of a key in flash or on the line, and it shows")
    func traces() throws {
      let witness = try PSAWitness(without: [bootstrap])
      var crypto = try PSACryptography()
      try crypto.generateAgreementKey(bootstrap)
      let key = try KeptKey(bootstrap)
      let trace = [UInt8](repeating: 7, count: 100) + key.bytes[24..<32] + [UInt8](repeating: 7, count: 100)
      let breaches = witness.breaches(of: [key], in: ["flash": trace])
      #expect(breaches == ["bytes of key \(bootstrap.rawValue) stand in the flash"])
      let seven = Array(trace[0..<107]) + trace[108...]
      #expect(!key.shows(in: seven))
    }

    /// Leads a device through all that happens to it.
    ///
    /// - Returns: the keys that it had, as PSA kept them.
    private func lead<Crypto: SessionCryptography & ~Copyable>(_ life: DeviceLife<Crypto>) throws -> [KeptKey] {
      try life.boot()
      try life.provision()
      try life.openSession()
      try life.enrol()
      try life.report()
      try life.renewSession()
      try life.trust()
      // A restart of the device and of its PSA.
      mbedtls_psa_crypto_free()
      life.manager.restart()
      try life.boot()
      try life.openSession()
      #expect(!life.manager.gotCredentialByValue)
      try life.report()
      let keys = [try KeptKey(bootstrap), try KeptKey(identity)]
      try life.reset()
      var crypto = try PSACryptography()
      let identityIsThere = try crypto.hasKey(identity)
      let bootstrapIsThere = try crypto.hasKey(bootstrap)
      #expect(!identityIsThere && bootstrapIsThere)
      return keys
    }
  }
}
