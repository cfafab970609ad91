import PKI
import Testing

@testable import Whitelist

@Suite("How old a list is and what it then admits, by the rules' numbers")
struct TimeTests {
  /// A list from 1,000,000 on, due at 1,100,000, at its end at 1,200,000, good for two restarts.
  private func list(_ mode: TimeMode, _ policy: StalePolicy = .failClosed) -> Whitelist {
    var list = Whitelist()
    (list.thisUpdate, list.nextUpdate, list.hardExpiry) = (1_000_000, 1_100_000, 1_200_000)
    (list.timeMode, list.stalePolicy, list.offlineRestarts) = (mode, policy, 2)
    return list
  }

  private func freshness(
    _ mode: TimeMode, _ seconds: UInt64, _ origin: WhitelistTime.Origin, restarts: UInt32 = 0
  ) -> WhitelistFreshness {
    list(mode).freshness(at: WhitelistTime(seconds: seconds, origin: origin, restarts: restarts))
  }

  @Test("Rule 15: what ends by a time known has ended, whatever the mode and wherever the time is from")
  func ends() {
    for mode in TimeMode.all {
      for origin in [WhitelistTime.Origin.floor, .manager, .clock] {
        #expect(freshness(mode, 1_100_000, origin) == .stale)
        #expect(freshness(mode, 1_199_999, origin) == .stale)
        #expect(freshness(mode, 1_200_000, origin) == .expired)
        #expect(freshness(mode, .max, origin) == .expired)
      }
    }
  }

  @Test("Rule 16: by a clock, only a trusted time keeps a list fresh")
  func clock() {
    #expect(freshness(.clock, 1_099_999, .clock, restarts: 9) == .fresh)
    #expect(freshness(.clock, 1_099_999, .manager) == .fresh)
    #expect(freshness(.clock, 1_099_999, .floor) == .stale)
  }

  @Test("Rule 16: by the manager's time, the floor serves as many restarts as the list says")
  func managerTime() {
    #expect(freshness(.managerTime, 1_099_999, .manager, restarts: 0) == .fresh)
    for restarts: UInt32 in 0...2 {
      #expect(freshness(.managerTime, 1_050_000, .floor, restarts: restarts) == .fresh)
    }
    #expect(freshness(.managerTime, 1_050_000, .floor, restarts: 3) == .stale)
    // Its own clock is not the manager's time.
    #expect(freshness(.managerTime, 1_050_000, .clock, restarts: 3) == .stale)
  }

  @Test("Rule 16: by counters, restarts are all that counts")
  func counterOnly() {
    #expect(freshness(.counterOnly, 0, .floor, restarts: 2) == .fresh)
    #expect(freshness(.counterOnly, 0, .floor, restarts: 3) == .stale)
    #expect(freshness(.counterOnly, 5, .clock, restarts: 2) == .fresh, "a list from the future by a clock nobody set")
  }

  @Test("Rule 17: ahead of a trusted time by more than 300 s it is not valid yet")
  func notYetValid() {
    for mode in [TimeMode.clock, .managerTime] {
      #expect(freshness(mode, 999_700, .manager) == .fresh)
      #expect(freshness(mode, 999_699, .manager) == .notYetValid)
    }
    #expect(freshness(.managerTime, 1, .floor) == .fresh)
  }

  @Test("Rule 18: the stale policy says whom a stale list admits; expired or from the future it admits nobody")
  func policies() throws {
    let network = Network()
    for (policy, known, unknown) in [
      (StalePolicy.failClosed, false, false), (.keepKnownPeers, true, false), (.grace, true, true),
    ] {
      var terms = Sample.terms([.init(Sample.certificate([7]))])
      (terms.stalePolicy, terms.timeMode) = (policy, .clock)
      let decide = try Decider(terms, signedBy: network)
      func admits(_ seconds: UInt64, wasAdmitted: Bool) -> Bool {
        decide(Sample.certificate([7]), at: seconds, wasAdmitted: wasAdmitted) == .admitted(entry: 0)
      }
      #expect(admits(1_099_999, wasAdmitted: false))
      #expect(admits(1_100_000, wasAdmitted: true) == known)
      #expect(admits(1_100_000, wasAdmitted: false) == unknown)
      #expect(decide(Sample.certificate([7]), at: 1_200_000, wasAdmitted: true) == .denied(.expired))
      #expect(decide(Sample.certificate([7]), at: 5, wasAdmitted: true) == .denied(.listNotYetValid))
      // Grace widens nothing.
      #expect(decide(Sample.certificate([8]), at: 1_100_000, wasAdmitted: true) != .admitted(entry: 0))
    }
  }
}
