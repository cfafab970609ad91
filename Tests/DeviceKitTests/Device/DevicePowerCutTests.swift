import COSE
import CoAP
import Crypto
import DeviceKit
import PKI
import Testing

@Suite("A device under power cuts")
struct DevicePowerCutTests {
  /// The life of a device, step by step as a manager leads it.
  enum Step: Int, CaseIterable {
    case provision, csr, certificates, report, trust, reset
  }

  private func perform(_ step: Step, _ bench: Bench, _ network: TestNetwork) -> Bool {
    switch step {
    case .provision: return bench.provision(network)?.code == .changed
    case .csr: return bench.requestCSR(network)?.code == .changed
    case .certificates:
      guard let key = bench.identityKey else { return false }
      return bench.deliver([network.leaf(Bench.serialNumber, key.publicKey), network.issuing])?.code == .changed
    case .report:
      guard let register = bench.nextRequest(), register.path == "register" else { return false }
      bench.answer(register, .changed)
      guard let report = bench.nextRequest(), report.path == "report" else { return false }
      bench.answer(report, .changed)
      return true
    case .trust: return bench.trust(network.sign { $0.epoch += 1 })?.code == .changed
    case .reset: return bench.ask(.post, "reset")?.code == .changed
    }
  }

  /// The states a device may be in after a step was cut: the one before or the one after.
  private func allowed(after step: Step) -> [DeviceState?] {
    switch step {
    case .provision: [nil, .provisioned]
    case .csr: [.provisioned, .keyMade]
    case .certificates: [.keyMade, .certified]
    case .report, .trust: [.certified]
    case .reset: [.certified, nil]
    }
  }

  @Test(
    "Cut before, within or after any operation of its life, a device resumes in the old state or the new one",
    arguments: Power.Moment.allCases, [UInt8(0x00), 0xFF])
  func everyOperation(moment: Power.Moment, fill: UInt8) throws {
    let seed: UInt64 = 2026
    let network = TestNetwork()
    let bench = Bench(power: Power(seed: seed), fill: fill, pages: 8, pageBytes: 1024)
    try bench.restart()
    for step in Step.allCases {
      let flash = bench.chip.snapshot
      let keys = bench.keys.keys
      var operation = 0
      while true {
        bench.chip.snapshot = flash
        bench.keys.keys = keys
        try bench.restart()
        let state = bench.state
        let key = bench.identityKey?.rawRepresentation
        bench.power.fail(at: operation, moment)
        let isDone = perform(step, bench, network)
        let wasCut = !bench.power.isOn
        let context: Comment = "seed \(seed), \(step), operation \(operation), \(moment)"
        try bench.restart()
        #expect(wasCut || isDone, context)
        #expect(allowed(after: step).contains(bench.state), context)
        #expect(!isDone || bench.state == allowed(after: step).last, context)
        // One key where there is an identity, the one from before where there was one, and none elsewhere.
        let hasIdentity = bench.state == .keyMade || bench.state == .certified
        #expect(bench.keys.keys.count == (hasIdentity ? 1 : 0), context)
        if hasIdentity, let key { #expect(bench.identityKey?.rawRepresentation == key, context) }
        // And it goes on: the step can be done again, or has been done.
        if step == .report || bench.state == state {
          #expect(perform(step, bench, network), context)
        }
        #expect(bench.chip.doubleWrites == 0, context)
        guard wasCut else { break }
        operation += 1
      }
    }
  }

  @Test("Cut at any operation of a start, the next start finds the same")
  func starting() throws {
    let seed: UInt64 = 31
    let network = TestNetwork()
    let bench = Bench(power: Power(seed: seed))
    try bench.restart()
    let chain = try bench.enrol(network)
    let key = bench.identityKey?.rawRepresentation
    for moment in Power.Moment.allCases {
      for operation in 0..<6 {
        bench.power.restore()
        bench.power.fail(at: operation, moment)
        try? bench.restartWithoutPower()
        try bench.restart()
        #expect(bench.state == .certified, "seed \(seed), operation \(operation), \(moment)")
        #expect(bench.identityKey?.rawRepresentation == key)
      }
    }
    #expect(bench.fetchCertificates() == certificatesOnly(chain))
  }

  @Test("A key that the journal does not name is destroyed at the next start")
  func strayKeys() throws {
    let bench = Bench()
    try bench.restart()
    _ = try bench.enrol(TestNetwork())
    let key = bench.identityKey
    bench.keys.insert(P256.Signing.PrivateKey(), as: 0x1002)
    try bench.restart()
    #expect(Array(bench.keys.keys.keys) == [0x1001])
    #expect(bench.identityKey?.rawRepresentation == key?.rawRepresentation)
  }

  @Test("A key that storage lost is an identity lost: the device can be enrolled anew")
  func lostKey() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    _ = try bench.enrol(network)
    bench.keys.keys = [:]
    try bench.restart()
    #expect(bench.state == .provisioned)
    #expect(bench.requestCSR(network)?.code == .changed)
    try bench.restart()
    #expect(bench.state == .keyMade)
  }

  @Test("A key storage that cannot be read stops the start, and costs nothing once it can be read again")
  func unreadableKeys() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    _ = try bench.enrol(network)
    bench.keys.isReadable = false
    #expect(throws: DeviceError.crypto(.storage)) { try bench.restart() }
    bench.keys.isReadable = true
    try bench.restart()
    #expect(bench.state == .certified)
    #expect(bench.ask(.get, "status")?.code == .content)
  }

  @Test("Starts are counted, across cuts and resets")
  func bootCounter() throws {
    let bench = Bench()
    try bench.restart()
    bench.provision(TestNetwork())
    for expected in 2...5 {
      try bench.restart()
      #expect(TestCBOR.fields(bench.ask(.get, "status")?.payload ?? [])?[4]?.uint == UInt64(expected))
    }
  }
}
