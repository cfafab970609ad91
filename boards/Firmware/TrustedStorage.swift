import DeviceCrypto
import DeviceKit
public import Registers

/// PSA's internal trusted storage on DeviceKit's power-cut-safe key storage.
///
/// mbedTLS calls C functions without a context, so each board exports four of them that call these, with its own flash.
/// Everything is read from flash each time: there is nothing to keep in RAM.
public struct TrustedStorage<Memory: FlashMemory> {
  private let memory: Memory

  public init(_ memory: Memory) { self.memory = memory }

  public func set(_ uid: UInt64, _ value: UnsafeRawBufferPointer, flags: UInt32) -> StorageStatus {
    var storage = open()
    let bytes = Span<UInt8>(_unsafeBytes: value)
    do throws(FlashError) {
      try storage.store(bytes, under: uid, flags: flags)
      return .success
    } catch {
      return error == .outOfRange ? .insufficientStorage : .failed
    }
  }

  /// Copies up to `value.count` bytes from `offset` on, and says in `count` how many there were.
  public func get(
    _ uid: UInt64, offset: UInt32, into value: UnsafeMutableRawBufferPointer, count: UnsafeMutablePointer<Int>
  ) -> StorageStatus {
    let storage = open()
    var bytes = MutableSpan<UInt8>(_unsafeBytes: value)
    do throws(FlashError) {
      guard let found = try storage.read(uid, from: Int(offset), into: &bytes) else { return .doesNotExist }
      count.pointee = found
      return .success
    } catch {
      return .failed
    }
  }

  /// Writes the length of what is stored, then its flags: a `psa_storage_info_t`.
  public func info(_ uid: UInt64, into information: UnsafeMutablePointer<UInt32>) -> StorageStatus {
    let storage = open()
    do throws(FlashError) {
      guard let found = try storage.info(of: uid) else { return .doesNotExist }
      information[0] = UInt32(found.count)
      information[1] = found.flags
      return .success
    } catch {
      return .failed
    }
  }

  public func remove(_ uid: UInt64) -> StorageStatus {
    var storage = open()
    do throws(FlashError) {
      return try storage.remove(uid) ? .success : .doesNotExist
    } catch {
      return .failed
    }
  }

  private func open() -> KeyStorage<FlashRegion<Memory>> {
    KeyStorage(flash: StorageLayout.keys(in: memory))
  }
}

/// The answers of internal trusted storage, with the values that PSA gives them.
public enum StorageStatus: Int32 {
  case success = 0
  case doesNotExist = -140
  case insufficientStorage = -142
  case failed = -146
}
