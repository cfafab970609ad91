import COSE
import DeviceCrypto
import Testing

import struct Crypto.SHA256

extension PSATests {
  @Suite struct Conditioning {
    /// What a source is to give; then it is silent.
    private struct Script: NoiseSource {
      static var minEntropyBitsPerSample: UInt8 { 4 }
      var samples: [UInt8]
      mutating func next() -> UInt8? { samples.isEmpty ? nil : samples.removeFirst() }
    }

    private struct TooPoor: NoiseSource {
      static var minEntropyBitsPerSample: UInt8 { 3 }
      mutating func next() -> UInt8? { 7 }
    }

    /// Four samples of start-up; a sample of 0xFF is a failure.
    private struct Health: NoiseHealth {
      var count = 0
      var isFailed = false
      var isHealthy: Bool { count >= 4 && !isFailed }
      mutating func take(_ sample: UInt8) {
        count += 1
        if sample == 0xFF { isFailed = true }
      }
    }

    private func draw(_ count: Int, from samples: [UInt8]) throws -> ([UInt8], CryptoError?) {
      _ = try PSATests.cryptography()
      var noise = ConditionedNoise(source: Script(samples: samples), health: Health())
      var bytes = [UInt8](repeating: 0xAA, count: count)
      var span = bytes.mutableSpan
      let error = cryptoError { () throws(CryptoError) in try noise.random(into: &span) }
      return (bytes, error)
    }

    @Test("Each block is the hash of fresh samples with 64 bits to spare, and none of the start-up's")
    func blocks() throws {
      let samples = (0..<200).map { UInt8($0) }
      let (bytes, error) = try draw(40, from: samples)
      #expect(error == nil)
      let first = [UInt8](SHA256.hash(data: samples[4..<84]))
      let second = [UInt8](SHA256.hash(data: samples[84..<164]))
      #expect(bytes == first + second[0..<8])
    }

    @Test("A source that falls silent gives nothing but zeros, wherever it stops", arguments: [0, 3, 4, 83, 163])
    func silence(count: Int) throws {
      let (bytes, error) = try draw(40, from: [UInt8](repeating: 1, count: count))
      #expect(error == .noEntropy)
      #expect(bytes == [UInt8](repeating: 0, count: 40))
    }

    @Test("A sample that fails the tests spoils the whole draw, wherever it comes", arguments: [0, 3, 4, 83, 84, 163])
    func failure(position: Int) throws {
      var samples = [UInt8](repeating: 1, count: 200)
      samples[position] = 0xFF
      let (bytes, error) = try draw(40, from: samples)
      #expect(error == .noEntropy)
      #expect(bytes == [UInt8](repeating: 0, count: 40))
    }

    @Test("A source that failed once stays refused")
    func onceFailed() throws {
      _ = try PSATests.cryptography()
      var noise = ConditionedNoise(source: Script(samples: [0xFF] + Array(repeating: 1, count: 500)), health: Health())
      for _ in 0..<3 {
        #expect(cryptoError { () throws(CryptoError) in try noise.prove() } == .noEntropy)
        let isHealthy = noise.isHealthy
        #expect(!isHealthy)
      }
    }

    @Test("A source that claims less than four bits a sample is not used")
    func tooPoor() throws {
      _ = try PSATests.cryptography()
      var noise = ConditionedNoise(source: TooPoor(), health: Health())
      var bytes = [UInt8](repeating: 0xAA, count: 8)
      var span = bytes.mutableSpan
      #expect(cryptoError { () throws(CryptoError) in try noise.random(into: &span) } == .noEntropy)
      #expect(bytes == [UInt8](repeating: 0, count: 8))
    }
  }
}
