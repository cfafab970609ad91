import Testing
import Trust

@Suite struct TrustLimitsTests {
  @Test("There is room for what is in force and for what is to come")
  func twoOfAKind() {
    #expect(TrustLimits.keysOfAKind == 2)
  }
}
