import CMbedTLS
import COSE
import DeviceCrypto

/// A way for a key to get out, committed on purpose: what the witness has to see.
enum Breach: CaseIterable {
  /// The key's bytes are asked for.
  case export
  case copy
  /// A key that is kept comes from outside.
  case importKept
  /// A private key comes from outside.
  case importPair
  /// A key is made that may be exported.
  case makeLoose
  /// Eight bytes out of the key's middle are part of something that is hashed.
  case leak

  /// What the witness says of it.
  func sentence(about key: KeyID) -> String {
    switch self {
    case .export: "a key was exported"
    case .copy: "a key was copied"
    case .importKept, .importPair: "a private or lasting key was imported"
    case .makeLoose: "a key was made that may be exported"
    case .leak: "bytes of key \(key.rawValue) crossed"
    }
  }

  func commit(on key: KeyID) throws {
    switch self {
    case .export: _ = Self.exportStatus(key)
    case .copy:
      var attributes = psa_key_attributes_init()
      var copy = psa_key_id_t()
      _ = psa_copy_key(key.rawValue, &attributes, &copy)
    case .importKept: Self.importKey(type: muster_aes(), bytes: 16, id: 0x1234)
    case .importPair: Self.importKey(type: muster_p256_key_pair(), bytes: 32, id: 0)
    case .makeLoose: Self.makeLoose()
    case .leak:
      let bytes = try KeptKey(key).bytes[11..<19]
      var hash = try PSACryptography().makeHash()
      try hash.update(Array(bytes).span)
    }
  }

  /// What PSA answers to whoever asks for a key.
  static func exportStatus(_ id: KeyID) -> psa_status_t {
    var bytes = [UInt8](repeating: 0, count: 32)
    var length = 0
    return psa_export_key(id.rawValue, &bytes, bytes.count, &length)
  }

  private static func importKey(type: psa_key_type_t, bytes: Int, id: UInt32) {
    var attributes = psa_key_attributes_init()
    if id != 0 { psa_set_key_id(&attributes, id) }
    psa_set_key_type(&attributes, type)
    psa_set_key_algorithm(&attributes, muster_ccm8())
    psa_set_key_usage_flags(&attributes, muster_usage_encrypt())
    var key = psa_key_id_t()
    let value = [UInt8](repeating: 1, count: bytes)
    if psa_import_key(&attributes, value, value.count, &key) == PSA_SUCCESS { psa_destroy_key(key) }
  }

  private static func makeLoose() {
    var attributes = psa_key_attributes_init()
    psa_set_key_type(&attributes, muster_aes())
    psa_set_key_bits(&attributes, 128)
    psa_set_key_usage_flags(&attributes, psa_key_usage_t(0x0000_0001))
    var key = psa_key_id_t()
    if psa_generate_key(&attributes, &key) == PSA_SUCCESS { psa_destroy_key(key) }
  }
}
