import COSE

extension Whitelist {
  /// Finds the entry of a certificate: by halves among the fences, then one by one behind the last that is not beyond it.
  ///
  /// - Returns: its index in the list and what it says; nil when there is none.
  func find<Source: WhitelistSource & ~Copyable>(
    _ key: EntryKey, _ source: borrowing Source
  ) throws(ListFault) -> (index: Int, entry: WhitelistEntry)? {
    guard self.entryCount > 0 else { return nil }
    var cursor = ListCursor(self.content)
    var fault = WhitelistRefusal.entry
    // All fences below `low` begin with the key or with one before it; none from `high` on does.
    var low = 0
    var high = (self.entryCount + self.stride - 1) / self.stride
    while low < high {
      let middle = (low + high) / 2
      cursor.move(to: Int(self.fences[middle]))
      _ = try cursor.count(of: .array, source)
      if key < (try self.readKey(&cursor, source, &fault)) { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return nil }
    cursor.move(to: Int(self.fences[low - 1]))
    let first = (low - 1) * self.stride
    for index in first..<min(first + self.stride, self.entryCount) {
      let entry = try self.readEntry(&cursor, source, &fault)
      if entry.key == key { return (index, entry) }
    }
    return nil
  }
}
