import CBoard

/// The pattern of stack that was never used: "STAC". scripts/sizes.py looks for its lowest word that changed.
private let paint: UInt32 = 0x4341_5453

/// Overwrites the unused part of the stack with the pattern.
@inline(never)
func paintStack() {
  // What lies above the stack pointer is in use. A few words below it are this function's own.
  let count = (Int(board_stack_pointer()) - Int(bitPattern: board_stack_start())) / 4 - 16
  let words = UnsafeMutableBufferPointer(start: board_stack_start(), count: max(0, count))
  for index in words.indices { words[index] = paint }
}

/// How deep the stack was since it was painted, in bytes from its top.
func usedStackBytes() -> UInt32 {
  let count = (Int(bitPattern: board_stack_end()) - Int(bitPattern: board_stack_start())) / 4
  let words = UnsafeBufferPointer(start: board_stack_start(), count: count)
  var untouched = 0
  while untouched < count, words[untouched] == paint { untouched += 1 }
  return UInt32((count - untouched) * 4)
}
