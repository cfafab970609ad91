import Testing

@testable import Trust

@Suite("Which descriptor may follow which")
struct UpdateTests {
  private func descriptor(epoch: UInt32) throws -> TrustDescriptor {
    let network = Network(epoch: epoch)
    return try network.read(network.descriptor())
  }

  @Test("A higher epoch takes over, by however much")
  func newer() throws {
    for epoch in [6, 7, UInt32.max] {
      #expect(try descriptor(epoch: epoch).update(over: 5, isSameNetwork: true, isSameContent: false) == .newer)
    }
  }

  @Test("The same again is a success that changes nothing")
  func same() throws {
    #expect(try descriptor(epoch: 5).update(over: 5, isSameNetwork: true, isSameContent: true) == .same)
  }

  @Test("A lower epoch, the same epoch over something else, another network: each has its reason")
  func refused() throws {
    #expect(throws: TrustRefusal.lowerEpoch) {
      try descriptor(epoch: 4).update(over: 5, isSameNetwork: true, isSameContent: false)
    }
    #expect(throws: TrustRefusal.sameEpoch) {
      try descriptor(epoch: 5).update(over: 5, isSameNetwork: true, isSameContent: false)
    }
    #expect(throws: TrustRefusal.otherNetwork) {
      try descriptor(epoch: 6).update(over: 5, isSameNetwork: false, isSameContent: false)
    }
  }

  @Test("Two signatures over one content are one descriptor")
  func signedTwice() throws {
    let network = Network()
    let (first, second) = (try network.descriptor(), try network.descriptor())
    #expect(first != second, "ECDSA draws a number for each signature")
    #expect(first[try network.read(first).content] == second[try network.read(second).content])
  }
}
