/// All lines' routes, and whose deadline is next.
struct RouteTable {
  private(set) var all: [LineName: LineRoute]
  private var deadlines = DeadlineQueue<LineName>()

  init(_ lines: some Sequence<LineName>) { all = Dictionary(uniqueKeysWithValues: lines.map { ($0, LineRoute()) }) }

  /// When a line is to be looked at; nil when nothing waits on any.
  var deadline: UInt64? { deadlines.first?.deadline }

  subscript(line: LineName) -> LineRoute? {
    get { all[line] }
    _modify {
      defer { deadlines.set(line, all[line]?.deadline) }
      yield &all[line]
    }
  }

  /// The lines where something is to be given up now, in the order of their names. Each is to be written again, which gives it
  /// its next deadline.
  mutating func takeDue(now: UInt64) -> [LineName] {
    deadlines.removeDue(now: now).sorted { $0.rawValue < $1.rawValue }
  }
}
