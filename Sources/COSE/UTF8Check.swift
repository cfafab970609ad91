/// Whether bytes are UTF-8 (RFC 3629): shortest forms, no surrogates, nothing beyond U+10FFFF.
enum UTF8Check {
  static func accepts(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      index += 1
      guard first >= 0x80 else { continue }
      // How many bytes follow, and the least scalar that needs them.
      var (following, least): (Int, UInt32)
      switch first {
      case 0xC2...0xDF: (following, least) = (1, 0x80)
      case 0xE0...0xEF: (following, least) = (2, 0x800)
      case 0xF0...0xF4: (following, least) = (3, 0x1_0000)
      default: return false
      }
      guard following <= bytes.count - index else { return false }
      var scalar = UInt32(first) & (0x3F >> UInt32(following))
      while following > 0 {
        guard bytes[index] & 0xC0 == 0x80 else { return false }
        scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
        index += 1
        following -= 1
      }
      guard scalar >= least, scalar <= 0x10_FFFF, scalar & 0xFFFF_F800 != 0xD800 else { return false }
    }
    return true
  }
}
