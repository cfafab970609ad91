/// A table in CSV (RFC 4180): a head with the columns' names, then rows.
struct CSVTable {
  struct Row {
    /// The file and the line it begins in.
    let place: String
    private let cells: [String: String]

    init(place: String, cells: [String: String]) { (self.place, self.cells) = (place, cells) }

    /// What stands in a column, without spaces around it; nil when nothing does.
    subscript(column: String) -> String? {
      let cell = cells[column]?.split(whereSeparator: \.isWhitespace).joined(separator: " ") ?? ""
      return cell.isEmpty ? nil : cell
    }

    func fault(_ column: String, _ reason: String) -> PolicyError {
      PolicyError(.value, at: "\(place), \(column)", reason)
    }

    func required(_ column: String) throws(PolicyError) -> String {
      guard let cell = self[column] else { throw PolicyError(.missingField, at: "\(place), \(column)", "is empty.") }
      return cell
    }
  }

  let columns: [String]
  let rows: [Row]

  /// - Throws: ``PolicyError`` when a quote is not closed, or a row has another number of cells than the head.
  init(_ text: String, file: String) throws(PolicyError) {
    var lines = try Self.cells(text, file)[...]
    guard let head = lines.popFirst() else { throw PolicyError(.syntax, at: file, "the table is empty.") }
    columns = head.cells
    guard Set(columns).count == columns.count else {
      throw PolicyError(.duplicate, at: "\(file):1", "two columns have one name.")
    }
    var rows: [Row] = []
    for line in lines {
      guard line.cells.count == columns.count else {
        throw PolicyError(
          .syntax, at: "\(file):\(line.number)", "there are \(line.cells.count) cells, and \(columns.count) columns.")
      }
      rows.append(
        Row(place: "\(file):\(line.number)", cells: Dictionary(uniqueKeysWithValues: zip(columns, line.cells))))
    }
    self.rows = rows
  }

  private static func cells(_ text: String, _ file: String) throws(PolicyError) -> [(number: Int, cells: [String])] {
    var lines: [(number: Int, cells: [String])] = []
    var (cells, cell): ([String], String) = ([], "")
    var (number, start) = (1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    func endOfLine() {
      // An empty line is no row.
      if !cells.isEmpty || !cell.isEmpty || wasQuoted { lines.append((start, cells + [cell])) }
      (cells, cell, wasQuoted) = ([], "", false)
    }
    var characters = text[...]
    if characters.first == "\u{FEFF}" { characters = characters.dropFirst() }
    while let character = characters.popFirst() {
      if isQuoted {
        if character != "\"" {
          cell.append(character)
        } else if characters.first == "\"" {
          cell.append(characters.removeFirst())
        } else {
          isQuoted = false
        }
      } else if character == "\"" {
        guard cell.isEmpty, !wasQuoted else {
          throw PolicyError(.syntax, at: "\(file):\(number)", "a quote stands within a cell.")
        }
        (isQuoted, wasQuoted) = (true, true)
      } else if character == "," {
        cells.append(cell)
        (cell, wasQuoted) = ("", false)
      } else if character.isNewline {
        endOfLine()
        start = number + 1
      } else {
        guard !wasQuoted else {
          throw PolicyError(.syntax, at: "\(file):\(number)", "something stands behind a closing quote.")
        }
        cell.append(character)
      }
      if character.isNewline { number += 1 }
    }
    guard !isQuoted else { throw PolicyError(.syntax, at: "\(file):\(start)", "a quote is not closed.") }
    endOfLine()
    return lines
  }
}
