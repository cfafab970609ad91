import Foundation
import PKI
import Testing

@testable import Manager

@Suite("The enrolment machine")
struct EnrolmentMachineTests {
  let stage: Stage

  init() throws { stage = try Stage() }

  @Test("From approval to the report: the whole way, each step recorded before it is acted on")
  func wholeWay() throws {
    var machine = stage.machine(.approved)
    #expect(machine.start(now: stage.now) == .record(.stepDevice(stage.id, .call)))
    #expect(machine.handle(.recorded(stage.record(.csrRequested)), now: stage.now) == .callForRequest)
    #expect(machine.handle(.requestAnswered(.request(stage.request)), now: stage.now) == .lookUpKey(stage.key))
    #expect(
      machine.handle(.keyLookedUp(KeyKnowledge(fresh: stage.order.id)), now: stage.now)
        == .record(.placeOrder(stage.id, stage.order)))
    #expect(
      machine.handle(.recorded(stage.record(.ordered, order: stage.order)), now: stage.now) == .sendOrder(stage.order))
    #expect(
      machine.handle(.orderAnswered(.issued(stage.issued)), now: stage.now) == .record(.issue(stage.certificate)))
    let ordered = stage.record(.ordered, order: stage.doneOrder, certificate: stage.certificate)
    #expect(machine.handle(.recorded(ordered), now: stage.now) == .deliver(stage.certificate))
    #expect(
      machine.handle(.deliveryAnswered(.accepted), now: stage.now)
        == .record(.deliver(stage.id, stage.certificate.id)))
    let delivered = stage.record(.delivered, order: stage.doneOrder, certificate: stage.certificate)
    #expect(machine.handle(.recorded(delivered), now: stage.now) == .wait(stage.wait(.report, 30)))
  }

  @Test("Made anew from any durable state, it goes on where that state is")
  func resumes() throws {
    let done = (order: stage.doneOrder, certificate: stage.certificate)
    let table: [(EnrolmentRecord, EnrolmentMachine.Step)] = [
      (stage.record(.registered), .rest), (stage.record(.pending), .rest), (stage.record(.suspended), .rest),
      (stage.record(.revoked), .rest), (stage.record(.decommissioned), .rest),
      (stage.record(.approved), .record(.stepDevice(stage.id, .call))),
      (stage.record(.renewalDue), .record(.stepDevice(stage.id, .call))),
      (stage.record(.csrRequested), .callForRequest),
      (stage.record(.ordered, order: stage.order), .sendOrder(stage.order)),
      (stage.record(.ordered, order: done.order, certificate: done.certificate), .deliver(done.certificate)),
      (stage.record(.delivered, order: done.order, certificate: done.certificate), .wait(stage.wait(.report, 30))),
      (stage.record(.active, order: done.order, certificate: done.certificate), .rest),
    ]
    for (record, step) in table {
      var machine = EnrolmentMachine(record, policy: stage.policy, wake: .start, failures: 0)
      #expect(machine.start(now: stage.now) == step, "\(record.device.state)")
    }
  }

  @Test("A device with a problem that holds it rests in every state")
  func held() throws {
    for state in DeviceState.allCases {
      var record = stage.record(state, order: stage.doneOrder, certificate: stage.certificate)
      record.device.problem = Problem(.requestRefused, "", held: true, at: stage.now)
      var machine = EnrolmentMachine(record, policy: stage.policy, wake: .start, failures: 0)
      #expect(machine.start(now: stage.now) == .rest, "\(state)")
    }
  }

  @Test("A device that cannot be reached is tried again, later each time, and the same problem is written once")
  func unreachable() throws {
    var failures = 0
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
      var machine = stage.machine(.csrRequested, failures: failures)
      #expect(machine.start(now: stage.now) == .callForRequest)
      failures += 1
      let wait = stage.wait(.device, seconds, failures: failures)
      let problem = Problem(.deviceUnreachable, "no gateway", at: stage.now)
      #expect(
        machine.handle(.requestAnswered(.unreachable("no gateway")), now: stage.now)
          == .record(.trouble(stage.id, problem)))
      var record = stage.record(.csrRequested)
      record.device.problem = problem
      #expect(machine.handle(.recorded(record), now: stage.now) == .wait(wait))

      var again = EnrolmentMachine(record, policy: stage.policy, wake: .timer, failures: failures - 1)
      _ = again.start(now: stage.now)
      #expect(again.handle(.requestAnswered(.unreachable("no gateway")), now: stage.now) == .wait(wait))
    }
  }

  @Test("A bad request is asked for again, and after five an administrator has to look")
  func badRequest() throws {
    for failures in 0..<5 {
      var machine = stage.machine(.csrRequested, failures: failures)
      _ = machine.start(now: stage.now)
      let step = machine.handle(.requestAnswered(.request([1, 2, 3])), now: stage.now)
      guard case .record(.trouble(stage.id, let problem)) = step else {
        Issue.record("\(step)")
        return
      }
      #expect(problem.code == .requestRefused)
      #expect(problem.detail.hasPrefix("request-malformed: "))
      #expect(problem.held == (failures == 4))
      let end = machine.handle(.recorded(stage.record(.csrRequested)), now: stage.now)
      #expect(end == (failures == 4 ? .rest : .wait(stage.wait(.refusal, 1 << failures, failures: failures + 1))))
    }
  }

  @Test("A key that belongs to another device is refused before anything is ordered")
  func keyOfAnother() throws {
    var machine = stage.machine(.csrRequested)
    _ = machine.start(now: stage.now)
    _ = machine.handle(.requestAnswered(.request(stage.request)), now: stage.now)
    let known = KeyKnowledge(holder: .device(try DeviceID("D9")), fresh: .fresh())
    let step = machine.handle(.keyLookedUp(known), now: stage.now)
    let problem = Problem(.keyOfAnotherDevice, "The key was seen before, for device D9.", at: stage.now)
    #expect(step == .record(.trouble(stage.id, problem)))
  }

  @Test("The same key goes on with its order: open, or issued and still good")
  func continues() throws {
    for (order, certificate) in [(stage.order, nil), (stage.doneOrder, stage.certificate)]
      as [(Order, CertificateRecord?)]
    {
      var machine = stage.machine(.csrRequested)
      _ = machine.start(now: stage.now)
      _ = machine.handle(.requestAnswered(.request(stage.request)), now: stage.now)
      let known = KeyKnowledge(holder: .device(stage.id), order: order, certificate: certificate, fresh: .fresh())
      #expect(
        machine.handle(.keyLookedUp(known), now: stage.now) == .record(.continueOrder(stage.id, order.id)))
    }
  }

  @Test("The same key gets a new order when its certificate is due for renewal, or the device refused it")
  func renews() throws {
    var refused = stage.certificate
    refused.refusal = "otherKey"
    let late = stage.now + 300 * 86_400
    for (certificate, now) in [(refused, stage.now), (stage.certificate, late)] {
      var machine = stage.machine(.csrRequested)
      _ = machine.start(now: now)
      _ = machine.handle(.requestAnswered(.request(stage.request)), now: now)
      let fresh = OrderID.fresh()
      let known = KeyKnowledge(
        holder: .device(stage.id), order: stage.doneOrder, certificate: certificate, fresh: fresh)
      guard case .record(.placeOrder(stage.id, let order)) = machine.handle(.keyLookedUp(known), now: now) else {
        Issue.record("no new order")
        return
      }
      #expect(order.id == fresh)
    }
  }

  @Test("The CA's 'later' is waited for as long as it says, its 'no' ends the order and waits for an administrator")
  func authorityAnswers() throws {
    let ordered = stage.record(.ordered, order: stage.order)
    var machine = stage.machine(ordered)
    _ = machine.start(now: stage.now)
    let later = machine.handle(.orderAnswered(.later(atLeast: .seconds(120), "busy")), now: stage.now)
    #expect(later == .record(.trouble(stage.id, Problem(.authorityUnreachable, "busy", at: stage.now))))
    #expect(machine.handle(.recorded(ordered), now: stage.now) == .wait(stage.wait(.authority, 120, failures: 1)))

    machine = stage.machine(ordered)
    _ = machine.start(now: stage.now)
    let problem = Problem(.authorityRefused, "key-revoked", held: true, at: stage.now)
    #expect(
      machine.handle(.orderAnswered(.refused("key-revoked")), now: stage.now)
        == .record(.refuseOrder(stage.order, problem)))
    #expect(machine.handle(.recorded(ordered), now: stage.now) == .rest)
  }

  @Test("A certificate for another key than the one ordered never reaches the device")
  func unfitCertificate() throws {
    var machine = stage.machine(stage.record(.ordered, order: stage.order))
    _ = machine.start(now: stage.now)
    let other = try stage.issue(key: SigningKey())
    guard
      case .record(.refuseOrder(stage.order, let problem)) = machine.handle(
        .orderAnswered(.issued(other)), now: stage.now)
    else {
      Issue.record("it was taken")
      return
    }
    #expect(problem.code == .certificateUnfit)
    #expect(problem.held)
  }

  @Test("A device's refusal of its certificate is stored with the reason, and after five it is not asked any more")
  func deviceRefuses() throws {
    let record = stage.record(.ordered, order: stage.doneOrder, certificate: stage.certificate)
    for failures in [0, 4] {
      var machine = EnrolmentMachine(record, policy: stage.policy, wake: .timer, failures: failures)
      #expect(machine.start(now: stage.now) == .deliver(stage.certificate))
      let problem = Problem(
        .deviceRefusedCertificate, "otherKey (reason 26, 4.22)", held: failures == 4, at: stage.now)
      #expect(
        machine.handle(.deliveryAnswered(.refused("otherKey (reason 26, 4.22)")), now: stage.now)
          == .record(.refuseCertificate(stage.id, stage.certificate.id, problem)))
      #expect(
        machine.handle(.recorded(record), now: stage.now)
          == (failures == 4 ? .rest : .wait(stage.wait(.refusal, 1, failures: 1))))
    }
  }

  @Test("A device that took its certificate and stays silent gets it again, and that is said")
  func silentDevice() throws {
    let record = stage.record(.delivered, order: stage.doneOrder, certificate: stage.certificate)
    var machine = EnrolmentMachine(record, policy: stage.policy, wake: .timer, failures: 1)
    #expect(machine.start(now: stage.now) == .deliver(stage.certificate))
    guard case .record(.trouble(stage.id, let problem)) = machine.handle(.deliveryAnswered(.accepted), now: stage.now)
    else {
      Issue.record("nothing was said")
      return
    }
    #expect(problem.code == .reportMissing)
    #expect(machine.handle(.recorded(record), now: stage.now) == .wait(stage.wait(.report, 30, failures: 2)))
  }

  @Test("An active device that says it lost its certificate gets the same one again and no other")
  func lostCertificate() throws {
    var record = stage.record(.active, order: stage.doneOrder, certificate: stage.certificate)
    record.device.claim = DeviceClaim(holding: .key, serial: nil, maximumMessageBytes: 512)
    record.device.seenAt = stage.now + 1
    var machine = EnrolmentMachine(record, policy: stage.policy, wake: .registration, failures: 0)
    #expect(machine.start(now: stage.now + 2) == .deliver(stage.certificate))
    #expect(machine.handle(.deliveryAnswered(.accepted), now: stage.now + 2) == .rest)
    // What it said before its state changed is old news.
    record.device.seenAt = stage.now - 1
    machine = EnrolmentMachine(record, policy: stage.policy, wake: .registration, failures: 0)
    #expect(machine.start(now: stage.now + 2) == .rest)
  }

  @Test("What an active device's trouble was is forgotten when it says that it holds its certificate again")
  func recovers() throws {
    var record = stage.record(.active, order: stage.doneOrder, certificate: stage.certificate)
    record.device.problem = Problem(.deviceRefusedCertificate, "otherKey", held: true, at: stage.now)
    record.device.claim = DeviceClaim(
      holding: .certificate, serial: stage.certificate.serial, maximumMessageBytes: 512)
    record.device.seenAt = stage.now + 1
    var machine = EnrolmentMachine(record, policy: stage.policy, wake: .registration, failures: 0)
    #expect(machine.start(now: stage.now + 2) == .record(.recoverDevice(stage.id)))
    record.device.problem = nil
    #expect(machine.handle(.recorded(record), now: stage.now + 2) == .rest)
  }

  @Test("An answer that nobody waits for ends the machine without a change")
  func strayAnswers() throws {
    let strays: [EnrolmentMachine.Event] = [
      .deliveryAnswered(.accepted), .orderAnswered(.refused("")), .keyLookedUp(KeyKnowledge(fresh: .fresh())),
      .recorded(stage.record(.active)),
    ]
    for stray in strays {
      var machine = stage.machine(.csrRequested)
      _ = machine.start(now: stage.now)
      #expect(machine.handle(stray, now: stage.now) == .rest)
    }
  }
}
