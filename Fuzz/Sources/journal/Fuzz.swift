import COSE
import CoAP
import DeviceKit

/// Plays any bytes as the life of a device: requests, restarts, power cuts at any operation, damaged flash. Nothing
/// traps, and as long as flash was not damaged every start finds one whole state with the keys that belong to it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJournal(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var script = UnsafeBufferPointer(start: data, count: min(count, 64)).makeIterator()
  let device = FuzzDevice()
  var isDamaged = false
  precondition(device.restart())
  while let step = script.next() {
    let before = device.state
    switch step & 7 {
    case 0: device.provision()
    case 1: device.requestCSR()
    case 2: device.deliver(Fixture.certificates)
    case 3 where step & 8 != 0: device.trust(device.descriptor(epoch: UInt32(step >> 4) + 1))
    case 3: device.exchange()
    case 4: _ = device.ask(.post, "reset")
    case 5: device.chip.operationsLeft = Int(step >> 3) + 32 * Int(script.next() ?? 0)
    case 6:
      guard let high = script.next(), let low = script.next() else { break }
      device.chip.bytes[(Int(high) << 8 | Int(low)) % device.chip.bytes.count] ^= step | 1
      isDamaged = true
    default:
      // Off, perhaps in the middle of something, and on with power.
      device.chip.operationsLeft = nil
      let isStarted = device.restart()
      if !isDamaged { check(device, isStarted) }
    }
    if step & 7 < 3, device.chip.operationsLeft == nil, !isDamaged { checkStep(step & 7, before, device.state) }
  }
  device.chip.operationsLeft = nil
  let isStarted = device.restart()
  if !isDamaged { check(device, isStarted) }
  return 0
}

/// After a start there is a key exactly when there is an identity.
private func check(_ device: FuzzDevice, _ isStarted: Bool) {
  precondition(isStarted, "sound flash, and the device does not start")
  let hasIdentity = device.state == .keyMade || device.state == .certified
  precondition(device.keys.ids.count == (hasIdentity ? 1 : 0), "keys that belong to nobody, or an identity without")
}

/// Whether a step that no cut disturbed led where it should.
private func checkStep(_ step: UInt8, _ before: DeviceState?, _ after: DeviceState?) {
  switch (step, before) {
  case (0, nil): precondition(after == .provisioned)
  case (1, .provisioned?): precondition(after == .keyMade)
  case (2, .keyMade?): precondition(after == .certified)
  default: precondition(after == before)
  }
}
