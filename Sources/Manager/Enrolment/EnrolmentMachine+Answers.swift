import Foundation
import PKI

extension EnrolmentMachine {
  mutating func handle(_ answer: RequestAnswer, now: Date) -> Step {
    switch answer {
    case .request(let bytes):
      do {
        let request = try RequestRule(policy: policy, device: record.device.id).check(bytes)
        state = .lookingUpKey(request)
        return .lookUpKey(KeyDigest(sha256: request.keyDigest))
      } catch {
        return refuse(.requestRefused, error.text, now: now)
      }
    case .refused(let detail): return refuse(.deviceRefusedRequest, detail, now: now)
    case .unreachable(let detail): return retry(.deviceUnreachable, detail, .device, now: now)
    }
  }

  mutating func handle(_ known: KeyKnowledge, of request: CertificationRequest, now: Date) -> Step {
    let id = record.device.id
    if let holder = known.holder, holder != .device(id) {
      return refuse(.keyOfAnotherDevice, "The key was seen before, for \(holder.kind) \(holder.name).", now: now)
    }
    if known.certificate?.state == .revoked {
      return refuse(.keyRevoked, "A certificate for the request's key was revoked.", now: now)
    }
    if let order = known.order, isGood(order, known.certificate, now: now) {
      return record(.continueOrder(id, order.id))
    }
    let order = Order(
      id: known.fresh, holder: .device(id), profile: policy.profile, key: KeyDigest(sha256: request.keyDigest),
      request: request.derBytes, createdAt: now)
    return record(.placeOrder(id, order))
  }

  mutating func handle(_ answer: AuthorityAnswer, to order: Order, now: Date) -> Step {
    switch answer {
    case .issued(let certificate):
      do {
        return record(.issue(try CertificateRecord(certificate, for: order, state: .issued, now: now)))
      } catch {
        return refuseOrder(order, .certificateUnfit, error.reason, now: now)
      }
    case .later(let patience, let detail):
      return retry(.authorityUnreachable, detail, .authority, atLeast: patience, now: now)
    case .disowned(let detail): return retry(.managerRefused, detail, .authority, now: now)
    case .refused(let detail): return refuseOrder(order, .authorityRefused, detail, now: now)
    }
  }

  mutating func handle(_ answer: DeliveryAnswer, to certificate: CertificateRecord, now: Date) -> Step {
    switch answer {
    case .accepted:
      switch record.device.state {
      case .ordered: return record(.deliver(record.device.id, certificate.id))
      case .delivered: return remindOfReport(now: now)
      case .active, .registered, .pending, .approved, .csrRequested, .renewalDue, .suspended, .revoked,
        .decommissioned:
        return end(.rest)
      }
    case .refused(let detail):
      failures += 1
      let problem = Problem(
        .deviceRefusedCertificate, detail, held: failures >= policy.refusalLimit, at: now)
      state = .recordingProblem(problem.held ? nil : policy.wait(.refusal, failures: failures))
      return .record(.refuseCertificate(record.device.id, certificate.id, problem))
    case .unreachable(let detail): return retry(.deviceUnreachable, detail, .device, now: now)
    }
  }

  /// An order goes on as long as it is open or its certificate serves: not refused by the device, not due for renewal.
  private func isGood(_ order: Order, _ certificate: CertificateRecord?, now: Date) -> Bool {
    switch order.state {
    case .open: return true
    case .refused: return false
    case .issued:
      guard let certificate else { return false }
      return certificate.refusal == nil && !RenewalRule.isDue(certificate, now: now)
    }
  }

  /// The device has the certificate, said so more than once, and still does not report it.
  private mutating func remindOfReport(now: Date) -> Step {
    failures += 1
    let wait = Wait(cause: .report, duration: policy.reportPatience, failures: failures)
    guard failures > 1 else { return end(.wait(wait)) }
    let detail = "The device takes the certificate, and its signed report does not arrive."
    return note(Problem(.reportMissing, detail, at: now), then: wait)
  }

  private mutating func retry(
    _ code: Problem.Code, _ detail: String, _ cause: Wait.Cause, atLeast patience: Duration = .zero, now: Date
  ) -> Step {
    failures += 1
    var wait = policy.wait(cause, failures: failures)
    wait.duration = max(wait.duration, patience)
    return note(Problem(code, detail, at: now), then: wait)
  }

  /// Something is wrong with what the device does: it is tried again, but not for ever.
  private mutating func refuse(_ code: Problem.Code, _ detail: String, now: Date) -> Step {
    failures += 1
    let problem = Problem(code, detail, held: failures >= policy.refusalLimit, at: now)
    return note(problem, then: problem.held ? nil : policy.wait(.refusal, failures: failures))
  }

  /// The CA's no is final for this order; what to do about it, a human decides.
  private mutating func refuseOrder(_ order: Order, _ code: Problem.Code, _ detail: String, now: Date) -> Step {
    state = .recordingProblem(nil)
    return .record(.refuseOrder(order, Problem(code, detail, held: true, at: now)))
  }

  /// The same problem again is not written again.
  private mutating func note(_ problem: Problem, then wait: Wait?) -> Step {
    if let known = record.device.problem, known.code == problem.code, known.detail == problem.detail,
      known.held == problem.held, let wait
    {
      return end(.wait(wait))
    }
    state = .recordingProblem(wait)
    return .record(.trouble(record.device.id, problem))
  }
}
