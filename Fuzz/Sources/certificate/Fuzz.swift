import COSE
import CoAP
import DeviceKit

/// Any bytes as a trust descriptor (first byte even) or as a delivery of certificates: nothing traps, a device that finds
/// no good signature accepts nothing, and what one accepts that finds all good is there after a restart.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCertificate(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let mode = bytes.first, bytes.count <= 1100 else { return 0 }
  let input = Array(bytes.dropFirst())
  for acceptsSignatures in [false, true] {
    let device = FuzzDevice()
    precondition(device.restart())
    device.keys.acceptsSignatures = acceptsSignatures
    if mode & 1 == 0 {
      device.keys.acceptsSignatures = true
      device.provision()
      device.keys.acceptsSignatures = acceptsSignatures
      let isTaken = device.trust(input) == .changed
      precondition(device.state == .provisioned)
      precondition(acceptsSignatures || !isTaken, "a descriptor without a good signature")
    } else {
      device.keys.acceptsSignatures = true
      device.provision()
      device.requestCSR()
      precondition(device.state == .keyMade)
      device.keys.acceptsSignatures = acceptsSignatures
      let isTaken = device.deliver(input) == .changed
      precondition(isTaken == (device.state == .certified))
      precondition(acceptsSignatures || !isTaken, "certificates without a good signature")
    }
    device.exchange()
    let state = device.state
    precondition(device.restart() && device.state == state, "what was taken is not there after a restart")
  }
  return 0
}
