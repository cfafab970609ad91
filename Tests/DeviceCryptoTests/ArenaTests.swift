import CMbedTLS
import TestKit
import Testing

/// The arena that stands for malloc on boards. It is one for the process, so its tests run one after another.
@Suite(.serialized) struct ArenaTests {
  /// Gives `body` an arena of so many bytes.
  private func withArena(bytes: Int, _ body: () throws -> Void) rethrows {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes)
    arena_use(memory, bytes)
    try body()
    arena_use(nil, 0)
  }

  @Test("Memory comes zeroed, also where it was used before")
  func zeroed() {
    withArena(bytes: 256) {
      for _ in 0..<3 {
        let memory = arena_calloc(3, 30)
        let bytes = UnsafeMutableRawBufferPointer(start: memory, count: 90)
        #expect(memory != nil)
        #expect(bytes.allSatisfy { $0 == 0 })
        for index in bytes.indices { bytes[index] = 0xFF }
        arena_free(memory)
      }
    }
  }

  @Test("An arena takes what fits beside a header of four bytes, and not a word more")
  func exactFit() {
    withArena(bytes: 256) {
      #expect(arena_calloc(1, 253) == nil)
      let whole = arena_calloc(1, 252)
      #expect(whole != nil)
      #expect(arena_calloc(1, 0) == nil)
      arena_free(whole)
      #expect(arena_calloc(63, 4) != nil)
      #expect(arena_peak_bytes() == 256)
    }
  }

  @Test("Free neighbours become one again, in whatever order they were freed")
  func merging() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
      withArena(bytes: 256) {
        let blocks = (0..<3).map { _ in arena_calloc(1, 76) }
        for index in order { arena_free(blocks[index]) }
        #expect(arena_calloc(1, 252) != nil, "freed in the order \(order)")
      }
    }
  }

  @Test("A product that overflows is refused")
  func overflow() {
    withArena(bytes: 256) {
      #expect(arena_calloc(.max, 2) == nil)
      #expect(arena_calloc(2, .max) == nil)
      #expect(arena_calloc(.max / 4 + 2, 4) == nil)
    }
  }

  @Test("Without memory there is nothing, and NULL may be freed")
  func nothing() {
    arena_use(nil, 0)
    #expect(arena_calloc(1, 1) == nil)
    arena_free(nil)
  }

  @Test("Blocks never overlap and nothing is lost in a long life", arguments: 0..<20)
  func longLife(seed: UInt64) {
    var random = SplitMix(seed: seed)
    withArena(bytes: 2048) {
      var alive: [(memory: UnsafeMutablePointer<UInt8>, count: Int, mark: UInt8)] = []
      for step in 0..<2_000 {
        if random.next() % 2 == 0, let block = alive.indices.randomElement(using: &random) {
          let (memory, count, mark) = alive.remove(at: block)
          #expect((0..<count).allSatisfy { memory[$0] == mark }, "seed \(seed), step \(step)")
          arena_free(memory)
        } else {
          let count = Int(random.next() % 120)
          guard let memory = arena_calloc(1, count)?.assumingMemoryBound(to: UInt8.self) else { continue }
          let mark = UInt8(truncatingIfNeeded: random.next())
          for index in 0..<count { memory[index] = mark }
          alive.append((memory, count, mark))
        }
      }
      for block in alive { arena_free(block.memory) }
      #expect(arena_calloc(1, 2044) != nil, "seed \(seed)")
    }
  }
}
