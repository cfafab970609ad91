/// Who has to be looked at, and when: the earliest first. Setting and removing cost the logarithm of how many there are, so that
/// a flood pays for itself and not for everybody the gateway knows.
///
/// A binary heap that knows where each of its members stands.
struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
  private var heap: [(key: Key, deadline: UInt64)] = []
  private var places: [Key: Int] = [:]

  /// The earliest deadline, and whose it is; nil when nobody has one.
  var first: (key: Key, deadline: UInt64)? { heap.first }

  var count: Int { heap.count }

  /// Gives a key a deadline, another deadline, or none.
  mutating func set(_ key: Key, _ deadline: UInt64?) {
    guard let deadline else { return remove(key) }
    guard let place = places[key] else {
      places[key] = heap.count
      heap.append((key, deadline))
      return rise(from: heap.count - 1)
    }
    let old = heap[place].deadline
    heap[place].deadline = deadline
    if deadline < old { rise(from: place) } else if deadline > old { sink(from: place) }
  }

  /// Takes out everybody whose time has come, the earliest first.
  mutating func removeDue(now: UInt64) -> [Key] {
    var due: [Key] = []
    while let first, first.deadline <= now {
      due.append(first.key)
      remove(first.key)
    }
    return due
  }

  private mutating func remove(_ key: Key) {
    guard let place = places.removeValue(forKey: key), let last = heap.popLast(), place < heap.count else { return }
    heap[place] = last
    places[last.key] = place
    rise(from: place)
    sink(from: place)
  }

  private mutating func rise(from start: Int) {
    var place = start
    while place > 0, heap[place].deadline < heap[(place - 1) / 2].deadline {
      exchange(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var place = start
    while true {
      var earliest = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[child].deadline < heap[earliest].deadline { earliest = child }
      guard earliest != place else { return }
      exchange(place, earliest)
      place = earliest
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    places[heap[a].key] = a
    places[heap[b].key] = b
  }
}
