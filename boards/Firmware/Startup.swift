import CBoard
import DeviceCrypto

/// Makes memory what a Swift program expects, right after reset: paints the stack, copies initial values out of flash,
/// clears the rest, and gives mbedTLS its arena.
///
/// A reset handler calls it first. It leaves alone what the linker script put outside `.data` and `.bss`.
public func prepareMemory() {
  paintStack()
  var source = board_data_load()
  var target = board_data_start()
  while target < board_data_end() {
    target.pointee = source.pointee
    target += 1
    source += 1
  }
  target = board_bss_start()
  while target < board_bss_end() {
    target.pointee = 0
    target += 1
  }
  CryptoArena.use(start: board_arena_start(), count: board_arena_end() - board_arena_start())
}
