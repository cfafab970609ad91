import CMSDK
import Firmware
import Registers

// PSA's internal trusted storage, which mbedTLS calls, on this board's flash.

private var storage: TrustedStorage<SimulatedFlash<MemoryMappedIO>> {
  TrustedStorage(SimulatedFlash(MemoryMappedIO()))
}

@c(psa_its_set)
public func psa_its_set(_ uid: UInt64, _ length: UInt32, _ data: UnsafeRawPointer, _ flags: UInt32) -> Int32 {
  storage.set(uid, UnsafeRawBufferPointer(start: data, count: Int(length)), flags: flags).rawValue
}

@c(psa_its_get)
public func psa_its_get(
  _ uid: UInt64, _ offset: UInt32, _ length: UInt32, _ data: UnsafeMutableRawPointer,
  _ count: UnsafeMutablePointer<Int>
) -> Int32 {
  let value = UnsafeMutableRawBufferPointer(start: data, count: Int(length))
  return storage.get(uid, offset: offset, into: value, count: count).rawValue
}

@c(psa_its_get_info)
public func psa_its_get_info(_ uid: UInt64, _ information: UnsafeMutablePointer<UInt32>) -> Int32 {
  storage.info(uid, into: information).rawValue
}

@c(psa_its_remove)
public func psa_its_remove(_ uid: UInt64) -> Int32 {
  storage.remove(uid).rawValue
}
