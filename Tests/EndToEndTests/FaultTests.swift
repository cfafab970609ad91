import Demo
import Foundation
import Testing

/// What may fail while a device enrols.
enum Victim: String, CaseIterable, Sendable {
  case manager, gateway, device
}

/// The steps of an enrolment, as the manager's states.
enum Step: String, CaseIterable, Sendable {
  case pending, approved
  case csrRequested = "csr-requested"
  case ordered, delivered, active
}

extension EndToEnd {
  @Suite("Whatever dies at whatever step, the device ends with exactly one active certificate for its one key")
  struct FaultTests {
    @Test("Killed, or its power taken away, at a step", arguments: Step.allCases, Victim.allCases)
    func fault(step: Step, victim: Victim) async throws {
      try await Laboratory.open().bench { bench in
        if step != .pending {
          try await bench.reaches("pending")
          try await bench.approve()
        }
        try await bench.reaches(step.rawValue)
        try await strike(victim, bench)
        if step == .pending { try await bench.approve() }
        try await bench.becomesActive()
        try await expectOneCertificate(bench)
      }
    }

    @Test("The line is cut for 30 s in the middle of an enrolment")
    func lineCut() async throws {
      try await Laboratory.open().bench(tampered: true) { bench in
        try await bench.reaches("pending")
        try await bench.approve()
        try await bench.reaches("csr-requested")
        let cutter = try #require(bench.cutter.withLock { $0 })
        try await cutter.cut(true)
        try await Task.sleep(for: .seconds(30))
        #expect(try await bench.certificates().allSatisfy { $0["state"] as? String != "active" })
        try await cutter.cut(false)
        try await bench.becomesActive()
        try await expectOneCertificate(bench)
      }
    }

    private func strike(_ victim: Victim, _ bench: Bench) async throws {
      switch victim {
      case .manager:
        await bench.network.stop(.manager, by: SIGKILL)
        try await bench.network.start(.manager)
      case .gateway:
        await bench.network.stop(.gateway, by: SIGKILL)
        try await bench.network.start(.gateway)
      case .device: await bench.board.cyclePower()
      }
    }
  }
}

/// Exactly one certificate is active, and every certificate ever issued to the device is for the same key.
func expectOneCertificate(_ bench: Bench) async throws {
  let certificates = try await bench.certificates()
  #expect(certificates.filter { $0["state"] as? String == "active" }.count == 1, "\(certificates)")
  #expect(Set(certificates.compactMap { $0["key"] as? String }).count == 1, "\(certificates)")
}
